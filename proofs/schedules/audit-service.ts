import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';

/** How often the pair is polled, in virtual milliseconds; short against every bound below. */
const pollMs = 5_000;

/**
 * Bounds in seconds in which nothing else is broken.
 *
 * `fenced`: the fencing schedule comes once a minute, sees who is primary, waits for an attempt to fence that may still be
 * running, and lifts the fence: five turns, one of which may fail. `held`: consumers wait for a
 * promotion, its reconciliation and a clean-up after the run; the longest lease is seven minutes. `dark`: a watch of two
 * minutes after three missed heartbeats and an alarm that is two minutes late ends in a promotion or in a page.
 */
const boundSeconds = { fenced: 300, held: 900, dark: 600 } as const;

/** A condition and for how long it has lasted, in calm milliseconds. */
interface Lasting {
  readonly sinceMs: number;
  readonly calmSinceMs: number;
  told: boolean;
}

/**
 * Polls what clients of the pair get: a broker that is primary is not fenced for longer than the bound, consumers are not
 * held for longer than theirs without a page, and no time without service is longer than the promise without a page.
 *
 * @param calmMs virtual milliseconds without any fault so far
 * @param watches whether anybody watches the pair: the deployment's rules are on
 * @param isOver whether polling ends
 */
export const auditService = (
  testbed: Testbed,
  {
    calmMs,
    watches,
    isOver,
  }: { readonly calmMs: () => number; readonly watches: boolean; readonly isOver: () => boolean },
  violations: Violations,
): void => {
  const { aws, clock } = testbed;
  const pair = testbed.pair('orders');
  const lasting = new Map<string, Lasting>();
  /** Calls `tell` once when a condition has lasted for longer than its bound. */
  const follow = (what: string, holds: boolean, bound: number, tell: (sinceMs: number) => string | undefined): void => {
    if (!holds) {
      lasting.delete(what);
      return;
    }
    const known = lasting.get(what) ?? { sinceMs: clock.nowMs(), calmSinceMs: calmMs(), told: false };
    lasting.set(what, known);
    if (known.told || calmMs() - known.calmSinceMs <= bound * 1_000) return;
    known.told = true;
    const told = tell(known.sinceMs);
    if (told !== undefined) violations.push(`${timeOf(clock.nowMs())} ${told}`);
  };
  const pagedSince = (sinceMs: number, word: RegExp): boolean =>
    aws
      .notifications()
      .some(({ atMs, subject = '', message }) => atMs >= sinceMs && word.test(`${subject} ${message}`));
  const poll = (): void => {
    const views = pair.views();
    for (const { brokerId, region, role } of views) {
      const fenced = aws.faults.active('clients-denied').some(({ id }) => id === `fence of ${brokerId}`);
      // Of two that say primary the one that was not promoted last stays fenced.
      const isSole = role === 'primary' && views.filter((view) => view.role === 'primary').length === 1;
      follow(`fence of ${region}`, fenced && isSole, boundSeconds.fenced, (sinceMs) => {
        return `the primary in ${region} has been fenced since ${timeOf(sinceMs)} [fence]`;
      });
    }
    const serving = views.find(({ serves, role }) => serves && role === 'primary');
    const [endpoint] = (serving && testbed.broker(serving.brokerName).amqpAddresses) ?? [];
    const held = endpoint !== undefined && !pair.consumes(endpoint);
    follow('hold', held, boundSeconds.held, (sinceMs) =>
      pagedSince(sinceMs, /consumer/i)
        ? undefined
        : `the consumers of ${serving?.region} have been held since ${timeOf(sinceMs)}, and no page says so [hold]`,
    );
    const bothDark = [east, west].every((region) => aws.reachability.isDark(region));
    follow('dark', watches && serving === undefined && !bothDark, boundSeconds.dark, (sinceMs) =>
      pagedSince(sinceMs - 60_000, /ACT NOW/)
        ? undefined
        : `no broker has served since ${timeOf(sinceMs)}, and nobody was paged [dark]`,
    );
  };
  clock.spawn('auditor of service', async () => {
    while (!isOver()) {
      poll();
      await clock.sleepMs(pollMs);
    }
  });
};
