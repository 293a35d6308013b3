import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';

/** A reason of a guard or gate, as a page shows it. */
export interface ShownReason {
  readonly code: string;
  readonly message: string;
}

/** What a page about a watch says. */
export interface WatchReport {
  readonly pair: string;
  readonly signal: string;
  readonly because: string;
  readonly evidence: readonly string[];
  /** Why the failover that the watch started refused; empty when it started none. */
  readonly blockers: readonly ShownReason[];
  /** What holds automatic runs back at the moment. */
  readonly stops: readonly ShownReason[];
  /** Whether the watch ends with this page; otherwise it goes on. */
  readonly ends: boolean;
  /** The Region that it runs in. */
  readonly region: string;
  readonly executionArn: string;
}

const subjectOf = ({ pair, blockers, stops, ends }: WatchReport): string => {
  const reasons = [...stops, ...blockers];
  if (!ends) return `automatic failover of ${pair} held back by ${reasons.map(({ code }) => code).join(', ')}`;
  return reasons.length > 0
    ? `automatic failover of ${pair} refused`
    : `${pair} may be down, the watch could not decide`;
};

const listed = (title: string, reasons: readonly ShownReason[]): readonly string[] =>
  reasons.length === 0 ? [] : [title, ...reasons.map(({ code, message }) => `- ${code}: ${message}`)];

/** The page about a watch that ends without a failover, or whose failover something holds back. */
export const watchMessage = (report: WatchReport): { readonly subject: string; readonly message: string } => {
  const { pair, signal, because, evidence, blockers, stops, ends, region, executionArn } = report;
  return {
    subject: pageSubject('now', subjectOf(report)),
    message: [
      ends ? `The watch of ${pair} has ended: ${because}.` : `The watch of ${pair} goes on: ${because}.`,
      `It was started by: ${signal}`,
      ...listed('Automatic runs are held back by:', stops),
      ...listed('The failover that it started refused to act:', blockers),
      'Last check:',
      ...evidence.map((line) => `- ${line}`),
      `Nothing was promoted. If the pair needs a failover, start it by hand:`,
      `  npx mq-dr start failover --region ${region} --pair ${pair} --accept-data-loss --reason "..."`,
      ends
        ? 'The next signal starts a new watch.'
        : 'It starts the failover by itself once nothing holds it back, if the signals still agree; it pages again at its end.',
      runbookLine('watch-paged'),
      `Run: ${executionArn}`,
    ].join('\n'),
  };
};
