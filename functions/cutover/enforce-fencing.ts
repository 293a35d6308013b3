import type { CallCustomerHook } from '../aws/customer-hook.ts';
import type { Notification } from '../aws/notifications.ts';
import type { BrokerReader } from '../brokers/broker-snapshot.ts';
import type { GaugePort } from '../brokers/replication-gauges.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { checkFence, type Fence, type FenceProblem, fencingNotConfigured } from '../control/fence.ts';
import { type GuardReading, isHeldByOther } from '../control/guards.ts';
import type { HeartbeatReader } from '../control/heartbeat.ts';
import { ControlConflict } from '../runtime/errors.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { attemptCustomerHook } from './attempts.ts';
import { desiredFence } from './desired-fence.ts';
import { liftFence } from './lift-fence.ts';

/** What carrying out a fence uses; all of it in the old primary's own Region. */
export interface EnforcePorts {
  readonly fences: {
    read(pair: string, region: string): Promise<Fence | undefined>;
    change(
      pair: string,
      fence: Fence,
      change: Partial<Pick<Fence, 'status' | 'attemptedAtMs' | 'appliedAtMs' | 'replicaSeenAtMs' | 'reported'>>,
      nowMs: number,
    ): Promise<Fence>;
  };
  readonly readGuards: () => Promise<GuardReading>;
  readonly heartbeats: HeartbeatReader;
  /** The Region of the pair's other broker. */
  readonly otherRegion: () => Promise<string>;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly metrics: GaugePort;
  readonly callCustomerHook: CallCustomerHook;
  readonly page: (notification: Notification) => Promise<void>;
  readonly nowMs: () => number;
}

/** The outcome of one check of a pair's fence; `detail` says more, for the log. */
export interface Enforcement {
  readonly outcome:
    | 'not-wanted'
    | 'frozen'
    | 'lifted'
    | 'lifting'
    | 'lift-failed'
    | 'waiting'
    | 'not-configured'
    | 'hook-failed'
    | 'fenced'
    | 'clients-connected'
    | 'carried-out'
    | 'overtaken';
  readonly detail: string;
}

/** Ten minutes of points: they come once a minute and up to two minutes late (docs/amazon-mq.md 10.8). */
const windowSeconds = 600;

/**
 * One check of the fence of a pair's broker in this Region: it follows the role that is read (`desiredFence`). A fence that
 * belongs up is carried out: the customer hook is asked, and it counts only once a number of client connections from after
 * that reads zero. One that belongs down is lifted, whoever promoted the broker. A freeze stops both. It touches neither
 * the broker nor replication.
 *
 * @throws ServiceUnavailable, AccessDenied, UnexpectedAnswer from the Control table
 */
export const enforceFencing = async (pair: PairConfig, region: string, ports: EnforcePorts): Promise<Enforcement> => {
  const fence = await ports.fences.read(pair.name, region);
  if (fence === undefined || fence.status === 'undone') {
    return { outcome: 'not-wanted', detail: fence?.status ?? 'no fence' };
  }
  const guards = await ports.readGuards();
  if (!guards.known) return { outcome: 'waiting', detail: guards.reason };
  const freeze = guards.freeze ?? guards.globalFreeze;
  if (freeze !== undefined) return { outcome: 'frozen', detail: freeze.reason };
  const here = await ports.brokers.tryDescribe(fence);
  const there = await ports.heartbeats.read(pair.name, await ports.otherRegion());
  const nowMs = ports.nowMs();
  const desired = desiredFence({ fence, here, there, epoch: guards.epoch, nowMs });
  try {
    if (desired === 'down') {
      // The run that promotes lifts the fence itself, and says so.
      return await lift(pair, fence, isHeldByOther(guards.lock, '', nowMs), ports);
    }
    if (!here.known) return { outcome: 'waiting', detail: here.reason };
    const seen =
      here.broker.role === 'replica' && fence.replicaSeenAtMs === undefined
        ? await ports.fences.change(pair.name, fence, { replicaSeenAtMs: nowMs }, nowMs)
        : fence;
    if (seen.status !== 'wanted') return { outcome: 'not-wanted', detail: seen.status };
    return await carryOut(pair, seen, here.broker.brokerName, ports);
  } catch (error) {
    // Taken back by a promotion, or another run of this schedule was faster: the next check sees what is wanted.
    if (error instanceof ControlConflict) return { outcome: 'overtaken', detail: error.message };
    throw error;
  }
};

const lift = async (
  pair: PairConfig,
  fence: Fence,
  isRunActing: boolean,
  ports: EnforcePorts,
): Promise<Enforcement> => {
  const { region, brokerId, epoch } = fence;
  const { outcome, blockers } = await liftFence(pair, fence, null, ports);
  const detail = blockers.map(({ message }) => message).join('; ');
  if (outcome === 'pending') return { outcome: 'lifting', detail };
  if (outcome === 'failed') {
    const changed = await ports.fences.read(pair.name, region);
    if (changed !== undefined) await reportOnce(pair.name, changed, 'lift-failed', detail, ports);
    return { outcome: 'lift-failed', detail };
  }
  if (!isRunActing && fence.attemptedAtMs !== undefined) {
    await ports.page({
      subject: pageSubject('info', `fence of ${brokerId} lifted, it is the primary of ${pair.name}`),
      message: [
        `${brokerId} in ${region} was fenced since epoch ${epoch} and is the primary now. No run was lifting the fence, so the schedule did.`,
        'Somebody promoted it without mq-dr, or the run that did has ended early. Reconcile the pair before clients rely on it.',
        runbookLine('promoted-outside'),
      ].join('\n'),
    });
  }
  return { outcome: 'lifted', detail: `epoch ${epoch}` };
};

const carryOut = async (
  pair: PairConfig,
  fence: Fence,
  brokerName: string,
  ports: EnforcePorts,
): Promise<Enforcement> => {
  const { region, brokerId, epoch, appliedAtMs } = fence;
  const functionArn = cutoverOf(pair).fencingFunctionArn[region];
  if (functionArn === undefined) {
    const { message } = fencingNotConfigured(pair.name, region, brokerId);
    await reportOnce(pair.name, fence, 'not-configured', message, ports);
    return { outcome: 'not-configured', detail: message };
  }
  let connected = 'not asked before';
  if (appliedAtMs !== undefined) {
    const gauges = await ports.metrics.read(
      [{ region, brokerName, gauges: ['CurrentConnectionsCount'] }],
      windowSeconds,
    );
    const check = checkFence(gauges.CurrentConnectionsCount, appliedAtMs);
    if (check.clients === 'unknown') return { outcome: 'waiting', detail: check.reason };
    if (check.clients === 'gone') {
      await ports.fences.change(pair.name, fence, { status: 'carried-out' }, ports.nowMs());
      return { outcome: 'carried-out', detail: 'no client is connected' };
    }
    connected = `${check.connections} connections remain`;
  }
  // Recorded first: whoever takes the fence back waits until this attempt must have ended.
  const attempted = await ports.fences.change(pair.name, fence, { attemptedAtMs: ports.nowMs() }, ports.nowMs());
  const asked = { action: 'fence', pair: pair.name, region, epoch, brokerId } as const;
  const { status, reason } = await attemptCustomerHook(functionArn, asked, ports);
  if (status === 'failed') {
    await reportOnce(pair.name, attempted, 'hook-failed', reason, ports);
    return { outcome: 'hook-failed', detail: reason };
  }
  if (status !== 'done') return { outcome: 'waiting', detail: reason };
  await ports.fences.change(pair.name, attempted, { appliedAtMs: ports.nowMs() }, ports.nowMs());
  return { outcome: appliedAtMs === undefined ? 'fenced' : 'clients-connected', detail: connected };
};

const reportOnce = async (
  pair: string,
  fence: Fence,
  problem: FenceProblem,
  message: string,
  ports: EnforcePorts,
): Promise<void> => {
  if (fence.reported === problem) return;
  // Told first and noted after: a page that comes twice is better than one that never comes.
  const isLift = problem === 'lift-failed';
  await ports.page({
    subject: pageSubject(
      'now',
      isLift
        ? `primary of ${pair} in ${fence.region} may be fenced from its clients (${problem})`
        : `old primary of ${pair} in ${fence.region} is not fenced (${problem})`,
    ),
    message: [
      message,
      isLift
        ? `${fence.brokerId} is the primary. Let its clients in by hand.`
        : `Clients that still use ${fence.brokerId} write to a broker that is no longer the primary. What they send stays there.`,
      `Epoch ${fence.epoch}. This page is sent once; it is attempted again each minute.`,
      runbookLine('fence-not-carried-out'),
    ].join('\n'),
  });
  await ports.fences.change(pair, fence, { reported: problem }, ports.nowMs());
};
