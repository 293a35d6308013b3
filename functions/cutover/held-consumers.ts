import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import type { ConsumerHold } from '../control/consumer-hold.ts';
import { type GuardReading, isHeldByOther } from '../control/guards.ts';
import { isOpen } from '../control/intent.ts';

/**
 * How long consumers may be held once the broker that they belong to serves, in milliseconds: 45 minutes. A promotion that
 * goes well needs its polls (failover 300 s, fence and release 60 s each), one reconciliation of at most 1,800 s, and the
 * retries of one Task, 415 s; that is 2,635 s, rounded up.
 */
export const heldLimitMs = 2_700_000;

/** What is known about consumers that are held. */
export interface HeldFacts {
  readonly hold: ConsumerHold;
  /** Without a lock that its run left over. */
  readonly guards: GuardReading;
  /** The broker of the consumers' own Region. */
  readonly broker: BrokerReading;
  readonly brokerId: string;
  readonly nowMs: number;
}

/**
 * `keep` a run needs them held, or nobody serves them anyway · `release` · `frozen` they would be released, and somebody
 * has stopped all writes. `late` says that the run that holds them takes longer than `heldLimitMs`.
 */
export interface HeldStep {
  readonly step: 'keep' | 'release' | 'frozen';
  readonly serves: boolean;
  readonly late: boolean;
  readonly because: string;
}

/**
 * Whether held consumers are to be released by the schedule of their Region. A run releases them itself; the schedule does
 * so for runs that ended early, that lost the Control table, or that take too long. Consumers of a broker that serves
 * nobody lose nothing while an exchange may still come.
 */
export const judgeHeld = ({ hold, guards, broker, brokerId, nowMs }: HeldFacts): HeldStep => {
  const serves = broker.known && broker.broker.role === 'primary' && broker.broker.state === 'RUNNING';
  const late = serves && hold.servingSinceMs !== undefined && nowMs - hold.servingSinceMs >= heldLimitMs;
  const judged = (step: HeldStep['step'], because: string): HeldStep => ({ step, serves, late, because });
  if (!broker.known) return judged('keep', broker.reason);
  if (!guards.known) return judged('keep', guards.reason);
  const { lock, promotion, freeze = guards.globalFreeze } = guards;
  if (isHeldByOther(lock, '', nowMs) && !late) return judged('keep', `a run of ${lock.purpose} is acting`);
  const awaited = isOpen(promotion) && promotion.subject === brokerId && broker.broker.role !== 'primary';
  if (awaited) return judged('keep', 'the promotion of their broker is still open, and it serves nobody');
  const why = late ? 'the run that holds them takes too long' : 'no run needs them held any more';
  return freeze === undefined ? judged('release', why) : judged('frozen', `${why}, but ${freeze.by} froze all writes`);
};
