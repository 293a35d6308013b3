/** A series of CloudWatch. */
export interface MetricSpec {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Minimum' | 'Average' | 'Sum';
  readonly periodSeconds: number;
}

/** How loud an alarm is: `page` gets somebody up, `notice` is read in the morning. */
export type Severity = 'page' | 'notice';

/** One alarm of a Region. */
export interface AlarmSpec {
  /** Unique in the Region; begins with what it is about. */
  readonly name: string;
  /** What it means, in one sentence. */
  readonly means: string;
  readonly severity: Severity;
  /** Page of `docs/runbooks/`, and a heading of it after `#`. */
  readonly runbook: string;
  /** One series, or several whose values are added up. */
  readonly metrics: readonly [MetricSpec, ...MetricSpec[]];
  readonly threshold: number;
  readonly comparison: 'above' | 'at-least' | 'below';
  /** Periods looked at, and how many of them must breach. */
  readonly periods: { readonly of: number; readonly breaching: number };
  /** What a period without points means, and why. */
  readonly missing: { readonly is: 'breaching' | 'not-breaching'; readonly because: string };
}

/** What an alarm says when it fires: what happened, and where to read on. */
export const alarmDescription = ({
  means,
  severity,
  runbook,
}: Pick<AlarmSpec, 'means' | 'severity' | 'runbook'>): string =>
  `${severity.toUpperCase()}: ${means} Runbook: docs/runbooks/${runbook.replace(/(#|$)/, '.md$1')}`;
