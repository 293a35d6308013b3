/**
 * Why automatic runs of a pair are stopped until a person acts: `denied` a failover was denied · `expired` nobody answered
 * in time, which means no · `never` the pair's policy never escalates · `loss-budget` the loss did not fit the budget ·
 * `stalled` a promotion showed no effect, and nobody knows who serves.
 */
export const automationStopKinds = ['denied', 'expired', 'never', 'loss-budget', 'stalled'] as const;

export type AutomationStopKind = (typeof automationStopKinds)[number];

/** A person's no, or what counts as one, as the workflow recorded it that got it. */
export interface AutomationStop {
  readonly kind: AutomationStopKind;
  /** What happened, for whoever is told that an automatic run did not act. */
  readonly reason: string;
  /** ARN of the execution that recorded it. */
  readonly by: string;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
}
