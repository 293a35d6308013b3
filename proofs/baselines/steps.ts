import { TaskFailure } from '../../simulator/engine/ports.ts';
import { sendMessages } from '../../testbed/messages.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';

/** What a guard inside a write state answers when it refuses what the assessment allowed. */
export const refusedAtWrite = {
  result: { outcome: 'refused', blockers: [{ code: 'TEST', message: 'test', evidence: {} }], warnings: [] },
};
/** A failure that nothing retries. */
export const broken = new TaskFailure('AccessDenied', 'a stub of the baseline');

/** Metrics are there after some minutes of replication, with messages on both sides. */
export const replicated: Baseline['before'] = async (testbed) => {
  await testbed.sleepSeconds(10);
  sendMessages(testbed, 'orders', 'orders.placed', ['m1', 'm2', 'm3', 'm4', 'm5']);
  await testbed.sleepSeconds(290);
};

/** An operator who approves within half a minute. */
export const approves = async (testbed: Testbed): Promise<void> => {
  for (;;) {
    await testbed.sleepSeconds(30);
    // It may be approved already.
    await testbed.answerApproval('orders', 'approved').catch(() => {});
  }
};
