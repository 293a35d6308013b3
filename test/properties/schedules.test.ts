import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failoverSettleMs } from '../../functions/promotion/request-failover.ts';
import { GuardTable } from '../../functions/shared/adapters/guard-table.ts';
import { clockSkewSeconds, leaseSeconds } from '../../functions/shared/guards/guards.ts';
import type { WorldEvent } from '../../gameday/world/event-bridge.ts';
import type { FaultInput } from '../../gameday/world/fault-schema.ts';
import { controlOf } from '../support/operator.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const east = 'us-east-1';
const west = 'us-west-2';
const regions: [string, string] = [east, west];

/** Everything happens within this time; then faults and freezes are taken away. In seconds. */
const horizonSeconds = 400;

/** Longer than all that a run may wait for: a watch, an approval, a switchover's deadline, an hour of settle-run. */
const patienceSeconds = 4 * 3_600;

/** All tries of a Task whose function never answers: six of 30 s, and some two minutes of back-off. */
const triesSeconds = 320;

type Move =
  | { readonly do: 'switchover' | 'failover' | 'dry-run' | 'automatic-failover'; readonly region: string }
  | {
      readonly do: 'late-run';
      readonly workflow: 'switchover' | 'failover';
      readonly region: string;
      readonly seconds: number;
    }
  | { readonly do: 'alarm'; readonly region: string }
  | { readonly do: 'freeze' | 'unfreeze'; readonly scope: 'PAIR#orders' | 'GLOBAL' }
  | { readonly do: 'answer'; readonly answer: 'approved' | 'denied' }
  | { readonly do: 'acknowledge' | 'abort' }
  | { readonly do: 'fault'; readonly fault: FaultInput; readonly seconds: number };

const region = fc.constantFrom(...regions);

const fault: fc.Arbitrary<FaultInput> = fc.oneof(
  fc.constant<FaultInput>({ kind: 'link-cut', regions }),
  fc.constant<FaultInput>({ kind: 'partition', regions }),
  region.map((dark): FaultInput => ({ kind: 'region-blackout', region: dark })),
  fc
    .constantFrom('mq', 'dynamodb', 'monitoring', 'sns')
    // Of functions and operators alone: who audits must see everything at once.
    .map((service): FaultInput => ({ kind: 'throttling', service, probability: 0.4, caller: '*: *' })),
  region.map((of): FaultInput => ({ kind: 'metrics', effect: 'missing', region: of })),
  fc
    .constantFrom('SWITCHOVER' as const, 'FAILOVER' as const)
    .map((mode): FaultInput => ({ kind: 'stuck-promotion', mode, count: 1 })),
  fc
    .record({
      when: fc.constantFrom('before' as const, 'after' as const),
      operation: fc.constantFrom('Promote', 'Promote', 'PutItem', 'UpdateItem', 'DescribeBroker'),
    })
    .map(({ when, operation }): FaultInput => ({ kind: 'kill-caller', when, operation, caller: '*: *', count: 1 })),
  fc
    .record({
      when: fc.constantFrom('before' as const, 'after' as const),
      operation: fc.constantFrom('Promote', 'PutItem', 'UpdateItem', '*'),
    })
    .map(
      ({ when, operation }): FaultInput => ({ kind: 'connection-reset', when, operation, caller: '*: *', count: 3 }),
    ),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: region.map((to): Move => ({ do: 'switchover', region: to })) },
  { weight: 3, arbitrary: region.map((to): Move => ({ do: 'failover', region: to })) },
  { weight: 1, arbitrary: region.map((to): Move => ({ do: 'automatic-failover', region: to })) },
  { weight: 1, arbitrary: region.map((to): Move => ({ do: 'dry-run', region: to })) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('late-run' as const),
      workflow: fc.constantFrom('switchover' as const, 'failover' as const),
      region,
      seconds: fc.integer({ min: 15, max: 900 }),
    }),
  },
  { weight: 1, arbitrary: region.map((at): Move => ({ do: 'alarm', region: at })) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('freeze' as const, 'unfreeze' as const),
      scope: fc.constantFrom('PAIR#orders' as const, 'GLOBAL' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      answer: fc.constantFrom('approved' as const, 'denied' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('acknowledge' as const, 'abort' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault, seconds: fc.integer({ min: 1, max: 300 }) }),
  },
);

/** What happens to a pair, and when. */
const schedule = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  escalation: fc.constantFrom({ mode: 'never' }, { mode: 'ask' }, { mode: 'auto', lossBudgetEvents: 1_000 }),
  antiFlapSeconds: fc.constantFrom(0, 3_600),
  // Few instants, so that much comes together.
  moves: fc.array(fc.record({ atSeconds: fc.integer({ min: 0, max: horizonSeconds / 20 }).map((n) => n * 20), move }), {
    minLength: 2,
    maxLength: 6,
  }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** Somebody at the Control table. */
const operatorOf = ({ stage: { clock, world } }: WorkflowStage) => {
  const { items, records } = controlOf({ clock, aws: world.clientSettings() });
  return { records, guards: (scope: string) => new GuardTable(items, scope) };
};

/** What went wrong; nothing may. */
type Violations = string[];

const iso = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

/** Looks, at the instant of every promotion that Amazon MQ took, at who holds the lock and what is frozen. */
const audit = (stage: WorkflowStage, mayBeStuck: boolean, violations: Violations): void => {
  const { clock, world } = stage.stage;
  const operator = operatorOf(stage);
  const promotions = new Map<string, number>();
  let previous: { readonly request: string; readonly atMs: number; readonly roleChanges: number } | undefined;
  const roles = new Map<string, string>();
  let roleChanges = 0;
  stage.stage.observe({
    brokerChange: ({ brokerId, role }) => {
      if (roles.get(brokerId) !== role) roleChanges += 1;
      roles.set(brokerId, role);
    },
  });
  const look = async (caller: string, request: string): Promise<void> => {
    const atMs = clock.nowMs();
    const wrong = (what: string): void => {
      violations.push(`${iso(atMs)} Promote by ${caller}: ${what}`);
    };
    // Whoever lost the answer must first see by the roles that the call had no effect, and only a fault lets it have none.
    if (previous?.request === request && previous.roleChanges === roleChanges) {
      if (!mayBeStuck || atMs - previous.atMs < failoverSettleMs) wrong('the same again, with nothing in between');
    }
    previous = { request, atMs, roleChanges };
    const guards = await operator.guards('PAIR#orders').read();
    const intent = await operator.records.readIntent('orders', 'Promote');
    if (intent === undefined) return wrong('without an intent');
    const count = (promotions.get(intent.decision) ?? 0) + 1;
    promotions.set(intent.decision, count);
    if (count > 1) wrong(`number ${count} for the decision of intent ${intent.sequence}`);
    const execution = intent.executionArn.split(':').at(-1) ?? '';
    if (!caller.includes(` ${execution}: `)) wrong(`the open intent is of ${execution}`);
    if (!guards.known) return wrong(guards.reason);
    const { lock, freeze, globalFreeze } = guards;
    if (lock?.owner !== intent.executionArn) wrong(`the lock is held by ${lock?.owner ?? 'nobody'}`);
    if (lock !== undefined && lock.expiresAtMs <= atMs) wrong('the lease has ended');
    for (const frozen of [freeze, globalFreeze]) {
      if (frozen !== undefined && frozen.atMs < atMs) wrong(`frozen since ${iso(frozen.atMs)}`);
    }
  };
  world.onEvent((event) => {
    const { eventName, errorCode, userIdentity, requestParameters } = event.detail as {
      readonly eventName?: string;
      readonly errorCode?: string;
      readonly userIdentity?: { readonly arn: string };
      readonly requestParameters?: unknown;
    };
    if (eventName !== 'Promote' || errorCode !== undefined) return;
    clock.spawn('auditor', () =>
      look(userIdentity?.arn.split('assumed-role/')[1] ?? '', JSON.stringify(requestParameters)),
    );
  });
};

/** Hands an event to the function that rules hand it to. */
const receive = (stage: WorkflowStage, at: string, event: unknown): void => {
  // A function that fails has logged its error; here EventBridge gives up at once.
  stage.stage.clock.spawn(`event in ${at}`, () => stage.stage.invoke('receive-event', at, event).catch(() => {}));
};

const onStatusChange =
  (stage: WorkflowStage) =>
  (event: WorldEvent): void => {
    if (event.source !== 'aws.states' || stage.stage.world.reachability.isDark(event.region)) return;
    const { status, stateMachineArn } = event.detail;
    const ended = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(String(status));
    if (ended && !String(stateMachineArn).endsWith(':settle-run')) receive(stage, event.region, event);
  };

const alarm = (stage: WorkflowStage, at: string) => ({
  version: '0',
  id: 'alarm',
  account: stage.stage.world.accountId,
  time: new Date(stage.stage.clock.nowMs()).toISOString(),
  region: at,
  resources: [],
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: 'schedule',
    configuration: {
      metrics: [
        {
          id: 'm',
          metricStat: {
            metric: {
              namespace: 'AWS/AmazonMQ',
              name: 'HeapUsage',
              dimensions: { Broker: at === east ? 'orders-1' : 'orders-replica-1' },
            },
            period: 60,
            stat: 'Maximum',
          },
        },
      ],
    },
    state: { value: 'ALARM', reason: 'test', timestamp: new Date(stage.stage.clock.nowMs()).toISOString() },
  },
});

const carryOut = async (stage: WorkflowStage, what: Move): Promise<void> => {
  const { clock, engine, world } = stage.stage;
  const operator = operatorOf(stage);
  switch (what.do) {
    case 'switchover':
      await stage.start('switchover', what.region, { pair: 'orders', targetRegion: what.region, reason: 'test' });
      return;
    case 'failover':
    case 'dry-run':
    case 'automatic-failover':
      await stage.start('failover', what.region, {
        pair: 'orders',
        reason: 'test',
        acceptDataLoss: true,
        automatic: what.do === 'automatic-failover',
        dryRun: what.do === 'dry-run',
      });
      return;
    case 'late-run': {
      // Every try of its write state stands still before it looks, for so long that the run may end before it does.
      const writer = what.workflow === 'failover' ? 'request-failover' : 'promote-replica';
      const late: Move = {
        do: 'fault',
        fault: {
          kind: 'late-caller',
          delayMs: what.seconds * 1_000,
          operation: 'DescribeBroker',
          caller: `*: ${writer}*`,
        },
        seconds: triesSeconds,
      };
      await carryOut(stage, late);
      await carryOut(stage, { do: what.workflow, region: what.region });
      return;
    }
    case 'alarm':
      if (!world.reachability.isDark(what.region)) receive(stage, what.region, alarm(stage, what.region));
      return;
    case 'freeze':
      await operator.guards(what.scope).freeze({ reason: 'test', by: 'schedule', atMs: clock.nowMs() });
      return;
    case 'unfreeze': {
      const standing = await operator.guards(what.scope).readFreeze();
      if (standing !== undefined) await operator.guards(what.scope).unfreeze(standing, standing);
      return;
    }
    case 'answer': {
      const id = world.notifications().findLast(({ message }) => /^Approval /m.test(message));
      const approvalId = /^Approval (\w+)/m.exec(id?.message ?? '')?.[1];
      if (approvalId !== undefined) {
        const decision = { status: what.answer, decidedBy: 'schedule' };
        await operator.records.decideApproval('orders', approvalId, decision, clock.nowMs());
      }
      return;
    }
    case 'acknowledge': {
      const epoch = await operator.guards('PAIR#orders').readEpoch();
      if (epoch !== undefined) await operator.guards('PAIR#orders').acknowledge(epoch.number, clock.nowMs());
      return;
    }
    case 'abort': {
      const running = engine.executions().find(({ status }) => status === 'RUNNING');
      if (running === undefined) return;
      await stage.sfn(running.region).send(new StopExecutionCommand({ executionArn: running.executionArn }));
      return;
    }
    case 'fault': {
      const id = world.faults.start(what.fault);
      const started = world.faults.active(what.fault.kind).at(-1);
      clock.spawn(`end of ${id}`, async () => {
        await clock.sleepMs(what.seconds * 1_000);
        // Its count may have used it up.
        if (world.faults.active(what.fault.kind).some((active) => active === started)) world.faults.stop(id);
      });
      return;
    }
  }
};

/** Plays a schedule to its end and tells what was violated. */
const play = async ({ seed, escalation, antiFlapSeconds, moves }: Schedule): Promise<Violations> => {
  const violations: Violations = [];
  const stage = await WorkflowStage.create({
    seed,
    paired: true,
    // The record of a call comes at the call, for the audit.
    mq: { trailDelayMs: 0 },
    pair: {
      automaticFailover: true,
      antiFlapSeconds,
      escalation,
      approvalSeconds: 120,
      watchSeconds: 120,
      switchover: { stallSeconds: 60, deadlineSeconds: 300 },
    },
  });
  const { clock, engine, world } = stage.stage;
  const mayBeStuck = moves.some(({ move: what }) => what.do === 'fault' && what.fault.kind === 'stuck-promotion');
  audit(stage, mayBeStuck, violations);
  world.onEvent(onStatusChange(stage));
  await stage.play(async () => {
    await clock.sleepMs(300_000);
    for (const { atSeconds, move: what } of moves) {
      clock.spawn(`${atSeconds} s: ${what.do}`, async () => {
        await clock.sleepMs(atSeconds * 1_000);
        // An operator whose call fails in the trouble of the moment gives up.
        await carryOut(stage, what).catch(() => {});
      });
    }
    const beats = moves.some(({ move: { do: kind } }) => kind === 'alarm');
    for (let seconds = 0; seconds < horizonSeconds; seconds += 60) {
      if (beats) {
        for (const at of regions) {
          if (world.reachability.isDark(at)) continue;
          clock.spawn(`heartbeat ${at}`, () => stage.stage.invoke('write-heartbeat', at, {}).catch(() => {}));
        }
      }
      await clock.sleepMs(60_000);
    }
    world.faults.stopAll();
    for (const scope of ['PAIR#orders', 'GLOBAL'] as const) await carryOut(stage, { do: 'unfreeze', scope });
    const deadlineMs = clock.nowMs() + patienceSeconds * 1_000;
    const running = () => engine.executions().filter(({ status }) => status === 'RUNNING');
    while (running().length > 0 && clock.nowMs() < deadlineMs) await clock.sleepMs(60_000);
    for (const { name, machineName } of running()) violations.push(`${machineName} ${name} never ends`);
    // A run that was stopped cannot give its lock back; late functions may still be at it until then.
    await clock.sleepMs(Math.max(900, leaseSeconds + clockSkewSeconds) * 1_000);
    const taken = await operatorOf(stage).guards('PAIR#orders').acquire('auditor', 'audit', clock.nowMs());
    if (!taken.acquired) violations.push(`the lock is still held by ${taken.lock.owner}`);
  });
  await stage.stage.close();
  return violations;
};

it('holds its promises in 200 random schedules of runs, operators, faults and crashes', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (plan) => {
      expect(await play(plan)).toEqual([]);
    }),
    {
      numRuns: Number(process.env.SCHEDULES ?? 200),
      seed: Number(process.env.SCHEDULES_SEED ?? 20_261_122),
      endOnFailure: true,
    },
  );
});
