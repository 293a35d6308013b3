import type { ReconcileStage } from './reconcile-stage.ts';
import { east } from './reconcile-stage.ts';
import type { RunEnd } from './workflow-stage.ts';

/** Input of reconcile and failback for the stage's pair. */
export const runInput = (more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  reason: 'test',
  ...more,
});

/** `m1`, `m2`, … */
export const idsUpTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `m${index + 1}`);

/** Codes of the findings in a run's output. */
export const codesIn = (end: RunEnd, list: 'blockers' | 'warnings'): readonly string[] =>
  ((end.output?.[list] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

/** Five messages in `work`, of which the ledger of the east proves `processed`. */
export const fillWork = async (stage: ReconcileStage, ...processed: readonly string[]): Promise<void> => {
  await stage.sendIds('orders', 'work', idsUpTo(5));
  await stage.enter(east, 'work', processed);
};

/** Who holds the pair's lock now. */
export const lockOf = async ({ stage }: ReconcileStage) => {
  const reading = await stage.guardTable('PAIR#orders').read();
  return reading.known ? reading.lock : undefined;
};

/** Subjects of the messages that people got. */
export const pagesOf = ({ stage }: ReconcileStage): readonly (string | undefined)[] =>
  stage.stage.aws.notifications().map(({ subject }) => subject);
