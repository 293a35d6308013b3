import type { Journal } from './journal.ts';
import { type Promotion, promotionsOf } from './promotions.ts';

/**
 * How long each part of a failover took that followed on the loss of a Region, in virtual milliseconds. The parts
 * follow on each other, so they add up; a part that did not happen is null.
 */
export interface FailoverTimeline {
  readonly pair: string;
  /** When the Region went dark, milliseconds since the Unix epoch. */
  readonly blackoutAtMs: number;
  /** From the blackout to the start of the watch; 0 for one that was running already. */
  readonly firstSignalMs: number | null;
  /** From there until both signals agreed. */
  readonly agreementMs: number | null;
  /** From there, or from the blackout for a failover by hand, until Amazon MQ took the Promote call. */
  readonly promoteMs: number;
  /** From there until the first message that the promoted broker took from a producer. */
  readonly firstMessageMs: number | null;
}

/** The timeline of every failover that followed on a blackout. */
export const failoverTimelinesOf = (journal: Journal): readonly FailoverTimeline[] =>
  promotionsOf(journal)
    .filter(({ mode }) => mode === 'FAILOVER')
    .flatMap((promotion) => {
      const blackout = journal.records.faults.findLast(
        ({ region, atMs, endedAtMs = Number.POSITIVE_INFINITY }) =>
          region !== undefined &&
          region !== promotion.region &&
          atMs <= promotion.requestedAtMs &&
          endedAtMs > promotion.requestedAtMs,
      );
      return blackout === undefined ? [] : [timelineOf(journal, promotion, blackout.atMs)];
    });

const timelineOf = (journal: Journal, promotion: Promotion, blackoutAtMs: number): FailoverTimeline => {
  const { pair, requestedAtMs } = promotion;
  const { workflows, verdicts } = journal.records;
  const watch = workflows.findLast(
    ({ machine, startedAtMs, endedAtMs = Number.POSITIVE_INFINITY }) =>
      machine === 'watch' && startedAtMs <= requestedAtMs && endedAtMs >= requestedAtMs,
  );
  const signalAtMs = watch && Math.max(watch.startedAtMs, blackoutAtMs);
  const agreed = verdicts.find(
    (verdict) =>
      verdict.pair === pair &&
      verdict.verdict === 'agree' &&
      verdict.atMs >= blackoutAtMs &&
      verdict.atMs <= requestedAtMs,
  );
  const served = journal.traffic
    .find((traffic) => traffic.pair === pair)
    ?.sends.outages.find((outage) => outage.fromMs <= requestedAtMs && outage.toMs > requestedAtMs);
  return {
    pair,
    blackoutAtMs,
    firstSignalMs: signalAtMs === undefined ? null : signalAtMs - blackoutAtMs,
    agreementMs: signalAtMs === undefined || agreed === undefined ? null : agreed.atMs - signalAtMs,
    promoteMs: requestedAtMs - (agreed?.atMs ?? blackoutAtMs),
    firstMessageMs: served === undefined ? null : served.toMs - requestedAtMs,
  };
};
