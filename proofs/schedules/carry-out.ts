import { MqClient, PromoteCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';
import { failoverSettleMs } from '../../functions/promotion/request-failover.ts';
import { brokerAlarm } from '../../testbed/broker-alarm.ts';
import { east, ordersPlaces } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { receiveEvent } from '../baseline/observations.ts';
import type { Move } from './schedule.ts';
import type { ScheduleTraffic } from './traffic.ts';

/** All tries of a Task whose function never answers: six of 30 s, and some two minutes of back-off. */
export const triesSeconds = failoverSettleMs / 1_000 + 290;

/** An alarm about the broker of a Region; where no rule does, it is handed to the function that the rules hand it to. */
const sendAlarm = (testbed: Testbed, region: string, rules: boolean): void => {
  const place = region === east ? ordersPlaces.primary : ordersPlaces.replica;
  const alarm = testbed.aws.events.emit(brokerAlarm(place, 'schedule', 'ReplicaWaitTime', testbed.clock.nowMs()));
  if (!rules) receiveEvent(testbed, region, alarm);
};

const start = async (testbed: Testbed, what: Move & { readonly region: string }): Promise<void> => {
  const reason = 'schedule';
  switch (what.do) {
    case 'switchover':
      await testbed.start('switchover', what.region, { pair: 'orders', targetRegion: what.region, reason });
      return;
    case 'failback':
      await testbed.start('failback', what.region, { pair: 'orders', reason });
      return;
    case 'reconcile':
      await testbed.start('reconcile', what.region, { pair: 'orders', reason, mode: 'auto' });
      return;
    default:
      await testbed.start('failover', what.region, {
        pair: 'orders',
        reason,
        acceptDataLoss: true,
        automatic: what.do === 'automatic-failover',
        ...(what.do === 'override' && { overrideControl: 'schedule' }),
        dryRun: what.do === 'dry-run',
      });
  }
};

/** Every try of its write state pauses before it reads anything, for so long that the run may end first. */
const startLate = async (testbed: Testbed, what: Extract<Move, { readonly do: 'late-run' }>): Promise<void> => {
  const writer = what.workflow === 'failover' ? 'request-failover' : 'promote-replica';
  beginFault(testbed, {
    do: 'fault',
    fault: {
      kind: 'late-caller',
      delayMs: what.seconds * 1_000,
      operation: what.before,
      caller: `*: ${writer}*`,
    },
    seconds: triesSeconds,
  });
  await start(testbed, { do: what.workflow, region: what.region });
};

const beginFault = ({ aws, clock }: Testbed, what: Extract<Move, { readonly do: 'fault' }>): void => {
  const id = aws.faults.start(what.fault);
  const started = aws.faults.active(what.fault.kind).at(-1);
  clock.spawn(`end of ${id}`, async () => {
    await clock.sleepMs(what.seconds * 1_000);
    // Its count may have used it up.
    if (aws.faults.active(what.fault.kind).some((active) => active === started)) aws.faults.stop(id);
  });
};

/** Calls Amazon MQ as somebody in the AWS console does. */
const callOutside = async (
  testbed: Testbed,
  what: Extract<Move, { readonly do: 'promote-outside' | 'reboot-outside' }>,
): Promise<void> => {
  const broker = testbed.pair('orders').brokerIn(what.region);
  if (broker === undefined) return;
  const { brokerId: BrokerId } = broker;
  const client = testbed.client(MqClient, what.region);
  if (what.do === 'promote-outside') await client.send(new PromoteCommand({ BrokerId, Mode: what.mode }));
  else await client.send(new RebootBrokerCommand({ BrokerId }));
};

const unfreeze = async ({ operator }: Testbed, scope: string): Promise<void> => {
  const standing = await operator.guards(scope).readFreeze();
  if (standing !== undefined) await operator.guards(scope).unfreeze(standing, standing);
};

/**
 * Makes one move of a schedule.
 *
 * @param rules whether the deployment's rules are on
 * @throws what the move's calls throw in the trouble of the moment
 */
export const carryOut = async (
  testbed: Testbed,
  traffic: ScheduleTraffic,
  what: Move,
  rules = false,
): Promise<void> => {
  const { aws, clock, operator } = testbed;
  switch (what.do) {
    case 'late-run':
      return await startLate(testbed, what);
    case 'alarm':
      if (!aws.reachability.isDark(what.region)) sendAlarm(testbed, what.region, rules);
      return;
    case 'freeze':
      return await operator.guards(what.scope).freeze({ reason: 'test', by: 'schedule', atMs: clock.nowMs() });
    case 'brief-freeze':
      await operator.guards(what.scope).freeze({ reason: 'test', by: 'schedule', atMs: clock.nowMs() });
      await clock.sleepMs(what.seconds * 1_000);
      return await unfreeze(testbed, what.scope);
    case 'unfreeze':
      return await unfreeze(testbed, what.scope);
    case 'promote-outside':
    case 'reboot-outside':
      return await callOutside(testbed, what);
    case 'resume': {
      const guards = operator.guards('PAIR#orders');
      const stop = await guards.readStop();
      if (stop !== undefined) await guards.resume(stop, { reason: 'test', by: 'schedule', atMs: clock.nowMs() });
      return;
    }
    case 'answer':
      return await testbed.answerApproval('orders', what.answer);
    case 'acknowledge': {
      const epoch = await operator.guards('PAIR#orders').readEpoch();
      if (epoch !== undefined) await operator.guards('PAIR#orders').acknowledge(epoch.number, clock.nowMs());
      return;
    }
    case 'abort': {
      const [running] = testbed.running();
      if (running !== undefined) await testbed.stop(running.executionArn);
      return;
    }
    case 'consumer-crash':
      return traffic.crashConsumer(what.count);
    case 'skew':
      return testbed.setClock(what.region, what.seconds * 1_000);
    case 'fault':
      return beginFault(testbed, what);
    default:
      return await start(testbed, what);
  }
};
