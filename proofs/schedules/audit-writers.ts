import { tookEffect } from '../../simulator/api/api-call.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';
import { executionOf, lineageOf } from './lineage.ts';
import { isOverridden } from './run-input.ts';

/** Calls by which a run changes a pair: its brokers, its consumers, its endpoint. */
const writes: ReadonlySet<string> = new Set([
  'mq CreateBroker',
  'mq DeleteBroker',
  'mq Promote',
  'mq RebootBroker',
  'mq UpdateBroker',
  'lambda UpdateEventSourceMapping',
  'ssm PutParameter',
]);

/**
 * At most one run writes for a pair, and none while it is frozen: whoever does holds its lock at that instant, or a run
 * that waits for it does, and the lease has not ended.
 */
export const auditWriters = (testbed: Testbed, violations: Violations): void => {
  const { aws, clock, operator } = testbed;
  const guards = operator.guards('PAIR#orders');
  const check = async (what: string, executionArn: string, atMs: number): Promise<void> => {
    const reading = await guards.read();
    const { lock, freeze, globalFreeze } = reading.known ? reading : {};
    if (isOverridden(testbed, executionArn)) return;
    const isOwn = lock !== undefined && lineageOf(testbed, executionArn).includes(lock.owner);
    const found = [
      ...(isOwn ? [] : [`the lock is held by ${lock?.owner ?? 'nobody'}`]),
      ...(isOwn && lock.expiresAtMs <= atMs ? ['its lease has ended'] : []),
      ...[freeze, globalFreeze].flatMap((frozen) =>
        frozen !== undefined && frozen.atMs < atMs ? [`frozen since ${timeOf(frozen.atMs)}`] : [],
      ),
    ];
    violations.push(...found.map((each) => `${timeOf(atMs)} ${what}: ${each}`));
  };
  aws.onApiCall(({ service, operation, region, caller = '', attemptedByRegion = region, outcome }) => {
    if (!tookEffect({ outcome }) || !writes.has(`${service} ${operation}`)) return;
    const executionArn = executionOf(testbed, caller, attemptedByRegion);
    if (executionArn === undefined) return;
    const atMs = clock.nowMs();
    clock.spawn('auditor', () => check(`${service} ${operation} in ${region} by ${caller}`, executionArn, atMs));
  });
  testbed.observe({
    transition: ({ machineName, stateName, executionArn, kind, atMs }) => {
      if (machineName !== 'reconcile' || stateName !== 'RepairQueues' || kind !== 'entered') return;
      clock.spawn('auditor', () => check(`repair by ${executionArn}`, executionArn, atMs));
    },
  });
};
