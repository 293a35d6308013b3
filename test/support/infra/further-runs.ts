import { TeamFunctionError } from '../../../simulator/world/lambda-service.ts';
import { enterLedger, sendMessages } from '../../../testbed/messages.ts';
import { createReplicaInput, east, west } from '../../../testbed/orders.ts';
import { createDriftTestbed, drift, oneDrift } from '../drift-testbed.ts';
import { createLedgerTestbed, createTestbed, switchoverInput } from '../testbed.ts';

/** Five minutes: metrics and heartbeats are there. */
const settledMs = 300_000;

const failover = { pair: 'orders', reason: 'test', acceptDataLoss: true };

/** A pair is made, with a person's approval, and ended again. */
const wholeLife = async (): Promise<void> => {
  const testbed = await createTestbed({ settings: { rebootApproval: 'required' } });
  await testbed.play(async () => {
    const created = await testbed.start('create-replica', east, createReplicaInput(testbed));
    while (!testbed.transitions.some(({ stateName }) => stateName === 'WaitForApproval')) {
      await testbed.clock.sleepMs(30_000);
    }
    await testbed.answerApproval('orders', 'approved');
    await testbed.end(created);
    const ended = { pair: 'orders', confirm: 'orders', reason: 'test', deleteReplica: true };
    const { brokerId } = testbed.broker('orders-replica');
    await testbed.run('unpair', east, { ...ended, replicaBrokerId: brokerId });
  });
};

/** Consumers are mappings and a customer hook, and the customer's fence fails when the old Region is back. */
const customerCutover = async (): Promise<void> => {
  const testbed = await createTestbed({ paired: true, consumers: 'hold' });
  const { aws, clock } = testbed;
  const hold = aws.addFunction(west, 'customer-hold', async () => ({ done: true }));
  const fence = aws.addFunction(east, 'customer-fence', async () => {
    throw new TeamFunctionError('no such network ACL');
  });
  const cutover = testbed.deployedPair('orders').cutover as object;
  testbed.configurePair('orders', {
    cutover: { ...cutover, holdFunctionArn: { [west]: hold }, fencingFunctionArn: { [east]: fence } },
  });
  await testbed.play(async () => {
    await clock.sleepMs(settledMs);
    aws.blackout(east);
    await testbed.run('failover', west, failover);
    aws.restore(east);
    await clock.sleepMs(settledMs);
    await testbed.invoke('enforce-fencing', east, {});
  });
};

/** The function that promoted dies before it could tell, and its next try looks whether clients still get in. */
const unconfirmedPromote = async (): Promise<void> => {
  const testbed = await createTestbed({ paired: true });
  testbed.aws.faults.start({ kind: 'kill-caller', when: 'after', service: 'mq', operation: 'Promote', count: 1 });
  await testbed.play(async () => {
    await testbed.clock.sleepMs(settledMs);
    await testbed.run('switchover', west, switchoverInput());
  });
};

/** A remediation that the broker refuses gives its lock back. */
const refusedPolicy = async (): Promise<void> => {
  const policies = [{ vhost: '/', name: 'wrong', pattern: '^x', definition: { 'max-length': 'many' }, priority: 3 }];
  const testbed = await createDriftTestbed({ version: '3.13.7' }, { policies });
  await testbed.play(() => drift(testbed, 'remediate'));
};

/** A remediation is taken back. */
const rollback = async (): Promise<void> => {
  const testbed = await createDriftTestbed(oneDrift);
  await testbed.play(async () => {
    await drift(testbed, 'remediate');
    await drift(testbed, 'rollback');
  });
};

/** A repair by an earlier manifest, of queues that CloudWatch knows. */
const repairByManifest = async (): Promise<void> => {
  const { testbed, fill } = await withQueues();
  await testbed.play(async () => {
    await fill();
    const report = await testbed.run('reconcile', east, { pair: 'orders', reason: 'test' });
    const { manifest } = report.output ?? {};
    await testbed.run('reconcile', east, { pair: 'orders', reason: 'test', mode: 'repair', manifest });
  });
};

const withQueues = async () => {
  const testbed = await createLedgerTestbed({ queues: { source: 'metrics' } });
  const fill = async (): Promise<void> => {
    sendMessages(testbed, 'orders', 'work', ['m1', 'm2']);
    await enterLedger(testbed, east, 'work', ['m2']);
    // Until the queue has points.
    await testbed.clock.sleepMs(settledMs);
  };
  return { testbed, fill };
};

/** A pair with a ledger is evaluated: its table, and the secret of the own Region. */
const readinessWithLedger = async (): Promise<void> => {
  const testbed = await createLedgerTestbed();
  await testbed.play(() => testbed.run('readiness', west, {}));
};

/** Somebody asks for a look at a cluster by an event. */
const driftEvent = async (): Promise<void> => {
  const testbed = await createDriftTestbed(oneDrift);
  const detail = { cluster: 'events', reason: 'test' };
  const event = { source: 'mq-dr', 'detail-type': 'Policy Drift Requested', time: '2026-01-05T09:00:00Z', detail };
  await testbed.play(() => testbed.invoke('receive-drift-event', east, event));
};

/** Somebody stops a remediation that holds the cluster's lock, which is then released. */
const stoppedRemediation = async (): Promise<void> => {
  const testbed = await createDriftTestbed(oneDrift);
  await testbed.play(async () => {
    const executionArn = await testbed.start('policy-drift', east, {
      cluster: 'events',
      mode: 'remediate',
      reason: 'test',
    });
    while (!testbed.transitions.some(({ stateName }) => stateName === 'WaitForEffect'))
      await testbed.clock.sleepMs(1_000);
    await testbed.stop(executionArn);
    await testbed.run('settle-run', east, { executionArn });
  });
};

/** Paths that no scenario takes. */
export const furtherRuns: Readonly<Record<string, () => Promise<void>>> = {
  wholeLife,
  customerCutover,
  unconfirmedPromote,
  refusedPolicy,
  rollback,
  repairByManifest,
  readinessWithLedger,
  driftEvent,
  stoppedRemediation,
};
