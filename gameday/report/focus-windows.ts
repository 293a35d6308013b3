import { duration } from '../../testbed/page/format.ts';
import type { Journal } from '../journal/journal.ts';
import { type Promotion, promotionsOf } from '../journal/promotions.ts';
import type { Outage } from '../traffic/outages.ts';
import type { TimeWindow } from './time-scale.ts';

/** A part of the run that is shown at a larger scale. */
export interface FocusWindow extends TimeWindow {
  readonly title: string;
  readonly pair: string;
}

/** Calm time shown before and after the event, so that the normal state is in sight. */
const marginMs = { before: 12_000, after: 25_000 };

/** Shorter outages are in the figures; a panel of their own would add nothing. */
const smallestOutageMs = 3_000;

/** More panels than this no one reads; the longest outages are kept. */
const mostOutagePanels = 6;

/** One window for each promotion, and one for each notable outage outside of them, in order of time. */
export const focusWindows = (journal: Journal): readonly FocusWindow[] => {
  const outages = journal.traffic.flatMap((traffic) =>
    traffic.sends.outages.map((outage) => ({ ...outage, pair: traffic.pair })),
  );
  const promotions = promotionsOf(journal).map((promotion) => windowOf(promotion, outages));
  const others = outages
    .filter((outage) => outage.toMs - outage.fromMs >= smallestOutageMs)
    .filter((outage) => !promotions.some((window) => overlaps(window, outage)))
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, mostOutagePanels)
    .map((outage) => ({
      pair: outage.pair,
      title: `Clients of ${outage.pair} could not send for ${duration(outage.toMs - outage.fromMs)}`,
      fromMs: outage.fromMs - marginMs.before,
      toMs: outage.toMs + marginMs.after,
    }));
  return [...promotions, ...others].sort((a, b) => a.fromMs - b.fromMs);
};

const overlaps = (window: TimeWindow, outage: Outage): boolean =>
  outage.fromMs < window.toMs && outage.toMs > window.fromMs;

const windowOf = (promotion: Promotion, outages: readonly (Outage & { readonly pair: string })[]): FocusWindow => {
  const events = [promotion.requestedAtMs, promotion.completedAtMs, promotion.detectedAtMs].filter(
    (atMs) => atMs !== undefined,
  );
  const near = outages.filter(
    (outage) =>
      outage.pair === promotion.pair && outage.fromMs <= Math.max(...events) && outage.toMs >= promotion.requestedAtMs,
  );
  const verb = promotion.mode === 'FAILOVER' ? 'Failover' : 'Switchover';
  return {
    pair: promotion.pair,
    title: `${verb} of ${promotion.pair} to ${promotion.brokerName} in ${promotion.region}`,
    fromMs: Math.min(...events, ...near.map((outage) => outage.fromMs)) - marginMs.before,
    toMs: Math.max(...events, ...near.map((outage) => outage.toMs)) + marginMs.after,
  };
};
