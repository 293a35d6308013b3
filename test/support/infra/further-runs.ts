import { TeamFunctionError } from '../../../simulator/world/lambda-service.ts';
import { addTeamCutover } from '../../../testbed/team-cutover.ts';
import { DriftStage, oneDrift } from '../drift-stage.ts';
import { ReconcileStage } from '../reconcile-stage.ts';
import { WorkflowStage } from '../workflow-stage.ts';

const east = 'us-east-1';
const west = 'us-west-2';

/** Five minutes: metrics and heartbeats are there. */
const settledMs = 300_000;

const failover = { pair: 'orders', reason: 'test', acceptDataLoss: true };

/** A pair is made, with a person's approval, and ended again. */
const wholeLife = async (): Promise<void> => {
  const stage = await WorkflowStage.create({ pair: { rebootApproval: 'required' } });
  await stage.play(async () => {
    const created = await stage.start('create-replica', east, stage.createReplicaInput());
    while (!stage.transitions.some(({ stateName }) => stateName === 'WaitForApproval')) {
      await stage.stage.clock.sleepMs(30_000);
    }
    const asked = stage.stage.aws.notifications().at(-1)?.message ?? '';
    await stage.answerApproval(/Approval (\w+)/.exec(asked)?.[1] ?? '', 'approved');
    await stage.end(created);
    const ended = { pair: 'orders', confirm: 'orders', reason: 'test', deleteReplica: true };
    const { brokerId } = stage.broker('orders-replica');
    await stage.run('unpair', east, { ...ended, replicaBrokerId: brokerId });
  });
};

/** Consumers are mappings and a function of the team, and the team's fence fails when the old Region is back. */
const teamCutover = async (): Promise<void> => {
  const stage = await WorkflowStage.create({ paired: true });
  const { aws, clock } = stage.stage;
  const team = addTeamCutover(aws, {
    name: 'orders',
    regions: [east, west],
    consumers: 'hold',
    brokers: () => aws.brokers(),
  });
  const hold = aws.addFunction(west, 'team-hold', async () => ({ done: true }));
  const fence = aws.addFunction(east, 'team-fence', async () => {
    throw new TeamFunctionError('no such network ACL');
  });
  stage.configure({
    cutover: { ...team.settings, holdFunctionArn: { [west]: hold }, fencingFunctionArn: { [east]: fence } },
  });
  await stage.play(async () => {
    await clock.sleepMs(settledMs);
    aws.blackout(east);
    await stage.run('failover', west, failover);
    aws.restore(east);
    await clock.sleepMs(settledMs);
    await stage.stage.invoke('enforce-fencing', east, {});
  });
};

/** The function that promoted dies before it could tell, and its next try looks whether clients still get in. */
const unconfirmedPromote = async (): Promise<void> => {
  const stage = await WorkflowStage.create({ paired: true });
  stage.stage.aws.faults.start({ kind: 'kill-caller', when: 'after', service: 'mq', operation: 'Promote', count: 1 });
  await stage.play(async () => {
    await stage.stage.clock.sleepMs(settledMs);
    await stage.run('switchover', west, stage.switchoverInput());
  });
};

/** A remediation that the broker refuses gives its lock back. */
const refusedPolicy = async (): Promise<void> => {
  const policies = [{ vhost: '/', name: 'wrong', pattern: '^x', definition: { 'max-length': 'many' }, priority: 3 }];
  const stage = await DriftStage.create({ version: '3.13.7' }, { policies });
  await stage.play(() => stage.drift('remediate'));
};

/** A remediation is taken back. */
const rollback = async (): Promise<void> => {
  const stage = await DriftStage.create(oneDrift);
  await stage.play(async () => {
    await stage.drift('remediate');
    await stage.drift('rollback');
  });
};

/** A repair by an earlier manifest, of queues that CloudWatch knows. */
const repairByManifest = async (): Promise<void> => {
  const { stage, ...reconcile } = await withQueues();
  await stage.play(async () => {
    await reconcile.fill();
    const report = await stage.run('reconcile', east, { pair: 'orders', reason: 'test' });
    const { manifest } = report.output ?? {};
    await stage.run('reconcile', east, { pair: 'orders', reason: 'test', mode: 'repair', manifest });
  });
};

const withQueues = async () => {
  const reconcile = await ReconcileStage.create({ queues: { source: 'metrics' } });
  const fill = async (): Promise<void> => {
    await reconcile.sendIds('orders', 'work', ['m1', 'm2']);
    await reconcile.enter(east, 'work', ['m2']);
    // Until the queue has points.
    await reconcile.stage.stage.clock.sleepMs(settledMs);
  };
  return { stage: reconcile.stage, fill };
};

/** A pair with a ledger is evaluated: its table, and the secret of the own Region. */
const readinessWithLedger = async (): Promise<void> => {
  const { stage } = await ReconcileStage.create();
  await stage.play(() => stage.run('readiness', west, {}));
};

/** Somebody asks for a look at a cluster by an event. */
const driftEvent = async (): Promise<void> => {
  const { flow } = await DriftStage.create(oneDrift);
  const detail = { cluster: 'events', reason: 'test' };
  const event = { source: 'mq-dr', 'detail-type': 'Policy Drift Requested', time: '2026-01-05T09:00:00Z', detail };
  await flow.play(() => flow.stage.invoke('receive-drift-event', east, event));
};

/** Paths that no scenario takes. */
export const furtherRuns: Readonly<Record<string, () => Promise<void>>> = {
  wholeLife,
  teamCutover,
  unconfirmedPromote,
  refusedPolicy,
  rollback,
  repairByManifest,
  readinessWithLedger,
  driftEvent,
};
