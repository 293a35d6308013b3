import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';

/** Messages of a broker, by id. */
export type MessagesOf = (brokerId: string) => readonly string[];

/**
 * Compares a broker's messages before a repair with those after it: what left the broker altogether was acknowledged by
 * the application, or it was removed without a copy in the quarantine.
 *
 * @param isAcknowledged whether the application has acknowledged a message on a broker
 */
export const auditRepairs = (
  testbed: Testbed,
  messagesOf: MessagesOf,
  isAcknowledged: (brokerId: string, id: string) => boolean,
  violations: Violations,
): void => {
  const serving = () => testbed.aws.brokers().filter(({ dataPlane }) => dataPlane?.acceptsClients === true);
  const before = new Map<string, ReadonlyMap<string, readonly string[]>>();
  testbed.observe({
    transition: ({ machineName, stateName, executionArn, kind, atMs }) => {
      if (machineName !== 'reconcile' || stateName !== 'RepairQueues' || kind === 'retried') return;
      const now = new Map(serving().map(({ brokerId }) => [brokerId, messagesOf(brokerId)]));
      for (const [brokerId, ids] of now) {
        const left = new Set(ids);
        const gone = (before.get(executionArn)?.get(brokerId) ?? []).filter((id) => !left.has(id));
        for (const id of gone.filter((each) => !isAcknowledged(brokerId, each))) {
          violations.push(`${timeOf(atMs)} message ${id} was removed from ${brokerId}, and there is no copy of it`);
        }
      }
      if (kind === 'entered') before.set(executionArn, now);
      else before.delete(executionArn);
    },
  });
};
