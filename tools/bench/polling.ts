import type { CrdrPair } from '../../simulator/world/broker/crdr-pair.ts';
import { randomStream } from '../../simulator/world/seeded-random.ts';
import { orders, west } from '../../testbed/orders.ts';
import { Testbed } from '../../testbed/testbed.ts';

/** What watching drains costs, and how soon their end is noticed. */
export interface PollingFigures {
  /** History events of a switchover whose drain takes 24 hours; half of an execution's 25,000 is the budget. */
  readonly historyEvents24h: number;
  readonly drains: number;
  /** From the exchange of roles to the poll that sees it, in virtual seconds. */
  readonly noticedMedianSeconds: number;
  readonly noticedMaxSeconds: number;
  /** The same for drains whose rate changes up to sixteenfold between two polls, which nothing promises to catch. */
  readonly noticedMaxSecondsFasterChanges: number;
}

interface Drain {
  readonly seed: number;
  readonly backlogEvents: number;
  readonly eventsPerSecond: number;
  /** The rate of the link after each poll, from the rate before it. */
  readonly nextRate: (eventsPerSecond: number) => number;
}

interface WatchedDrain {
  readonly historyEvents: number;
  readonly noticedSeconds: number;
  readonly drainSeconds: number;
}

/** A pair whose replication queue holds a backlog, switched over by the real workflow. */
const watchDrain = async (drain: Drain): Promise<WatchedDrain> => {
  // A deadline of a day that slow stretches do not use up: the bench is about polling, not about giving up.
  const settings = { switchover: { deadlineSeconds: 86_400, stallSeconds: 86_400 } };
  const testbed = await Testbed.create({ seed: drain.seed, pairs: orders({ settings }) });
  const { clock } = testbed;
  const { primaryId, replicaId } = testbed.pair('orders');
  const link = testbed.dataPlanes.replicationOf(primaryId);
  if (link === undefined) throw new TypeError('the pair does not replicate');
  let exchangedAtMs = Number.NaN;
  let seenAtMs = Number.NaN;
  testbed.observe({
    brokerChange: (change) => {
      // The first such change: the new primary opens its connectors a moment later.
      if (change.brokerId === replicaId && change.role === 'primary' && Number.isNaN(exchangedAtMs)) {
        exchangedAtMs = change.atMs;
      }
    },
    log: ({ atMs, message, fields }) => {
      if (message === 'replication judged' && fields.verdict === 'exchanged') seenAtMs = atMs;
    },
  });
  changeRateAtPolls(testbed, link, drain);
  return await testbed.play(async () => {
    await clock.sleepMs(300_000);
    link.setLinkRate(drain.eventsPerSecond);
    link.seedBacklog({ events: drain.backlogEvents });
    await clock.sleepMs(300_000);
    const requestedAtMs = clock.nowMs();
    const end = await testbed.run('switchover', west, { pair: 'orders', targetRegion: west, reason: 'bench' });
    if (end.outcome !== 'SwitchedOver') {
      throw new Error(`drain with seed ${drain.seed} ended ${end.status}: ${end.cause ?? end.outcome}`);
    }
    return {
      historyEvents: testbed.execution(end.executionArn)?.historyEvents ?? Number.NaN,
      noticedSeconds: (seenAtMs - exchangedAtMs) / 1_000,
      drainSeconds: (exchangedAtMs - requestedAtMs) / 1_000,
    };
  });
};

const changeRateAtPolls = (testbed: Testbed, link: CrdrPair, drain: Drain): void => {
  let rate = drain.eventsPerSecond;
  testbed.observe({
    transition: ({ stateName, kind }) => {
      if (stateName !== 'ObserveSwitchover' || kind !== 'exited') return;
      rate = drain.nextRate(rate);
      link.setLinkRate(rate);
    },
  });
};

/** Drains of two minutes to some hours, whose rate wanders by at most `factor` between two polls. */
const seededDrain = (seed: number, factor: number): Drain => {
  const random = randomStream(seed, `drains changing ${factor}-fold`);
  const usual = 20 + 180 * random();
  return {
    seed,
    backlogEvents: Math.round(usual * (120 + 7_080 * random() ** 2)),
    eventsPerSecond: usual,
    nextRate: (rate) => {
      const changed = rate * factor ** (2 * random() - 1);
      // Within a factor of eight of the usual rate, so that a drain neither ends at once nor never.
      return Math.min(usual * 8, Math.max(usual / 8, changed));
    },
  };
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/**
 * Runs the switchover workflow over seeded drains on a test bed.
 *
 * @param drains how many drains; a quarter as many again with faster changes
 * @param onProgress told about each finished drain
 */
export const benchPolling = async (
  drains: number,
  onProgress: (done: number, of: number) => void,
): Promise<PollingFigures> => {
  const eventsPerSecond = 50;
  const day = await watchDrain({
    seed: 1,
    backlogEvents: 85_000 * eventsPerSecond,
    eventsPerSecond,
    nextRate: (rate) => rate,
  });
  if (day.drainSeconds < 84_000) throw new Error(`the drain of a day took only ${day.drainSeconds} s`);
  const noticed: number[] = [];
  const noticedFaster: number[] = [];
  for (let seed = 1; seed <= drains; seed++) {
    noticed.push((await watchDrain(seededDrain(seed, 4))).noticedSeconds);
    // A quarter as many: they are reported for comparison only.
    if (seed % 4 === 0) noticedFaster.push((await watchDrain(seededDrain(seed, 16))).noticedSeconds);
    onProgress(seed, drains);
  }
  return {
    historyEvents24h: day.historyEvents,
    drains,
    noticedMedianSeconds: median(noticed),
    noticedMaxSeconds: Math.max(...noticed),
    noticedMaxSecondsFasterChanges: Math.max(...noticedFaster),
  };
};
