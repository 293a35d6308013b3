import type { Notification } from '../aws/notifications.ts';
import type { BrokerReader } from '../brokers/broker-snapshot.ts';
import type { GaugePort } from '../brokers/replication-gauges.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { GuardReading } from '../control/guards.ts';
import { ControlConflict } from '../runtime/errors.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { attemptCustomerHook } from './attempts.ts';
import type { CallCustomerHook } from './customer-hook.ts';
import { checkFence, type Fence, type FenceProblem, fencingNotConfigured } from './fence.ts';

/** What carrying out a fence uses; all of it in the old primary's own Region. */
export interface EnforcePorts {
  readonly fences: {
    read(pair: string, region: string): Promise<Fence | undefined>;
    change(
      pair: string,
      fence: Fence,
      change: Partial<Pick<Fence, 'status' | 'attemptedAtMs' | 'appliedAtMs' | 'reported'>>,
      nowMs: number,
    ): Promise<Fence>;
  };
  readonly readGuards: () => Promise<GuardReading>;
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
    | 'current-primary'
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
 * One check of the fence of a pair's broker in this Region. It asks the customer hook, and counts the fence as carried
 * out only when a count of client connections from after that reads zero. A freeze stops it, and the broker that the newest
 * epoch names as the primary is never fenced. It touches neither the broker nor replication.
 *
 * @throws ServiceUnavailable, AccessDenied, UnexpectedAnswer from the Control table
 */
export const enforceFencing = async (pair: PairConfig, region: string, ports: EnforcePorts): Promise<Enforcement> => {
  const fence = await ports.fences.read(pair.name, region);
  if (fence?.status !== 'wanted') return { outcome: 'not-wanted', detail: fence?.status ?? 'no fence' };
  const guards = await ports.readGuards();
  if (!guards.known) return { outcome: 'waiting', detail: guards.reason };
  const freeze = guards.freeze ?? guards.globalFreeze;
  if (freeze !== undefined) return { outcome: 'frozen', detail: freeze.reason };
  if (guards.epoch?.primaryBrokerId === fence.brokerId) {
    return { outcome: 'current-primary', detail: `epoch ${guards.epoch.number}` };
  }
  const reading = await ports.brokers.tryDescribe(fence);
  if (!reading.known) return { outcome: 'waiting', detail: reading.reason };
  try {
    return await carryOut(pair, fence, reading.broker.brokerName, ports);
  } catch (error) {
    // Taken back by a promotion, or another run of this schedule was faster: the next check sees what is wanted.
    if (error instanceof ControlConflict) return { outcome: 'overtaken', detail: error.message };
    throw error;
  }
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
  await ports.page({
    subject: pageSubject('now', `old primary of ${pair} in ${fence.region} is not fenced (${problem})`),
    message: [
      message,
      `Clients that still use ${fence.brokerId} write to a broker that is no longer the primary. What they send stays there.`,
      `Epoch ${fence.epoch}. This page is sent once; fencing is attempted again each minute.`,
      runbookLine('fence-not-carried-out'),
    ].join('\n'),
  });
  await ports.fences.change(pair, fence, { reported: problem }, ports.nowMs());
};
