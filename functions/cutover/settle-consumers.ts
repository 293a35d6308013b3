import type { Notification } from '../aws/notifications.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader } from '../brokers/broker-snapshot.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { ConsumerHold } from '../control/consumer-hold.ts';
import type { GuardReading } from '../control/guards.ts';
import type { HoldNote } from '../control/hold-table.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { judgeHeld } from './held-consumers.ts';
import type { ConsumersMoved } from './move-consumers.ts';

/** What the schedule uses to settle held consumers; all of it in their own Region. */
export interface SettleConsumersPorts {
  readonly holds: {
    read(pair: string, region: string): Promise<ConsumerHold | undefined>;
    note(pair: string, hold: ConsumerHold, change: HoldNote): Promise<void>;
    release(pair: string, hold: ConsumerHold, nowMs: number): Promise<void>;
  };
  /** Without a lock that its run left over. */
  readonly readGuards: () => Promise<GuardReading>;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly ownBroker: () => Promise<BrokerAddress>;
  /** Asks for the consumers to go on; called again, it goes on. */
  readonly release: () => Promise<Pick<ConsumersMoved, 'outcome' | 'blockers'>>;
  readonly page: (notification: Notification) => Promise<void>;
  readonly nowMs: () => number;
}

/** The outcome of one check of held consumers; `detail` says more, for the log. */
export interface ConsumersSettled {
  readonly outcome: 'not-held' | 'held' | 'releasing' | 'released' | 'overdue';
  readonly detail: string;
}

const pageOnce = async (
  pair: string,
  hold: ConsumerHold,
  detail: string,
  ports: SettleConsumersPorts,
): Promise<void> => {
  if (hold.reported === 'overdue') return;
  await ports.page({
    subject: pageSubject('now', `consumers of ${pair} in ${hold.region} are still held`),
    message: [
      `The consumers of ${pair} in ${hold.region} were held at ${new Date(hold.heldAtMs).toISOString()} and still are: ${detail}.`,
      'Their messages wait. It is attempted again each minute; this page is sent once.',
      runbookLine('consumers-held'),
      `Held by: ${hold.executionArn}`,
    ].join('\n'),
  });
  await ports.holds.note(pair, hold, { reported: 'overdue' });
};

/**
 * One check of the held consumers of a pair in this Region (`judgeHeld`): releases those that no run needs held any more,
 * and notifies operators that it did, or that it cannot.
 *
 * @throws ControlConflict when another run holds them meanwhile, and the errors of the Control table
 */
export const settleConsumers = async (
  pair: PairConfig,
  region: string,
  ports: SettleConsumersPorts,
): Promise<ConsumersSettled> => {
  if (cutoverOf(pair).consumers === 'live') return { outcome: 'not-held', detail: 'live' };
  const hold = await ports.holds.read(pair.name, region);
  if (hold === undefined) return { outcome: 'not-held', detail: 'no record' };
  const address = await ports.ownBroker();
  const broker = await ports.brokers.tryDescribe(address);
  const guards = await ports.readGuards();
  const nowMs = ports.nowMs();
  const judged = judgeHeld({ hold, guards, broker, brokerId: address.brokerId, nowMs });
  if (judged.serves && hold.servingSinceMs === undefined) {
    await ports.holds.note(pair.name, hold, { servingSinceMs: nowMs });
  }
  if (judged.step === 'keep') return { outcome: 'held', detail: judged.because };
  if (judged.step === 'frozen') {
    await pageOnce(pair.name, hold, judged.because, ports);
    return { outcome: 'overdue', detail: judged.because };
  }
  const moved = await ports.release();
  const missing = moved.blockers.map(({ message }) => message).join('; ');
  if (moved.outcome === 'pending') {
    if (hold.reported === undefined) await ports.holds.note(pair.name, hold, { reported: 'releasing' });
    return { outcome: 'releasing', detail: missing };
  }
  if (moved.outcome !== 'done') {
    await pageOnce(pair.name, hold, `they cannot be released (${missing})`, ports);
    return { outcome: 'overdue', detail: missing };
  }
  // Mappings that read as enabled at once were released by their run, which could not record it; a hook cannot tell.
  const acted = hold.reported !== undefined || cutoverOf(pair).holdFunctionArn[region] !== undefined;
  if (acted) await pageReleased(pair.name, hold, judged.because, ports);
  await ports.holds.release(pair.name, hold, nowMs);
  return { outcome: 'released', detail: judged.because };
};

const pageReleased = (pair: string, hold: ConsumerHold, because: string, ports: SettleConsumersPorts): Promise<void> =>
  ports.page({
    subject: pageSubject('today', `consumers of ${pair} in ${hold.region} released by the schedule`),
    message: [
      `The consumers of ${pair} in ${hold.region} were held at ${new Date(hold.heldAtMs).toISOString()}, and ${because}. They work again.`,
      'Messages may not be reconciled: what was processed before the promotion may come a second time. Start a reconciliation.',
      runbookLine('consumers-held'),
      `Held by: ${hold.executionArn}`,
    ].join('\n'),
  });
