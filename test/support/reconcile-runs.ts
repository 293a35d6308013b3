import { enterLedger, sendMessages } from '../../testbed/messages.ts';
import { east } from '../../testbed/orders.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';

/** Input of reconcile and failback for `orders`. */
export const runInput = (more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  reason: 'test',
  ...more,
});

/** `m1`, `m2`, … */
export const idsUpTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `m${index + 1}`);

/** Codes of the findings in a run's output. */
export const codesIn = (end: WorkflowEnd, list: 'blockers' | 'warnings'): readonly string[] =>
  ((end.output?.[list] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

/** Five messages in `work`, of which the ledger of the east proves `processed`. */
export const fillWork = async (testbed: Testbed, ...processed: readonly string[]): Promise<void> => {
  sendMessages(testbed, 'orders', 'work', idsUpTo(5));
  await enterLedger(testbed, east, 'work', processed);
};

/** Who holds the pair's lock now. */
export const lockOf = async ({ operator }: Testbed) => {
  const reading = await operator.guards('PAIR#orders').read();
  return reading.known ? reading.lock : undefined;
};

/** Subjects of the notifications that operators got. */
export const pagesOf = ({ aws }: Testbed): readonly (string | undefined)[] =>
  aws.notifications().map(({ subject }) => subject);
