import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { CrdrPair } from '../../simulator/world/broker/crdr-pair.ts';
import { randomStream } from '../../simulator/world/seeded-random.ts';
import { Stage } from '../../testbed/stage.ts';

/** What watching drains costs, and how soon their end is noticed. */
export interface PollingFigures {
  /** History events of a switchover whose drain takes 24 hours; half of an execution's 25,000 is the budget. */
  readonly historyEvents24h: number;
  readonly drains: number;
  /** From the exchange of roles to the look that sees it, in virtual seconds. */
  readonly noticedMedianSeconds: number;
  readonly noticedMaxSeconds: number;
  /** The same for drains whose rate changes up to sixteenfold between two looks, which nothing promises to catch. */
  readonly noticedMaxSecondsFasterChanges: number;
}

const startMs = Date.UTC(2026, 0, 5, 9);
const region = { primary: 'us-east-1', replica: 'us-west-2' } as const;

interface Drain {
  readonly seed: number;
  readonly backlogEvents: number;
  readonly eventsPerSecond: number;
  /** The rate of the link after each look, from the rate before it. */
  readonly nextRate: (eventsPerSecond: number) => number;
}

interface WatchedDrain {
  readonly historyEvents: number;
  readonly noticedSeconds: number;
  readonly drainSeconds: number;
}

/** A paired stage whose replication queue holds a backlog, switched over by the real workflow. */
const watchDrain = async (drain: Drain): Promise<WatchedDrain> => {
  const stage = await Stage.create({ seed: drain.seed, startMs });
  const { aws, clock, engine } = stage;
  const primary = aws.addBroker({ region: region.primary, brokerName: 'orders' });
  const replica = aws.addBroker({ region: region.replica, brokerName: 'orders-replica' });
  aws.pairBrokers(primary.brokerId, replica.brokerId);
  const link = stage.dataPlanes.replicationOf(primary.brokerId);
  if (link === undefined) throw new TypeError('the pair does not replicate');
  stage.configurePairs([
    {
      name: 'orders',
      brokers: [primary.brokerArn, replica.brokerArn],
      // A day of patience, and none lost on slow stretches: the bench is about polling, not about giving up.
      switchover: { deadlineSeconds: 86_400, stallSeconds: 86_400 },
    },
  ]);
  let exchangedAtMs = Number.NaN;
  let seenAtMs = Number.NaN;
  stage.observe({
    brokerChange: (change) => {
      // The first such change: the new primary opens its connectors a moment later.
      if (change.brokerId === replica.brokerId && change.role === 'primary' && Number.isNaN(exchangedAtMs)) {
        exchangedAtMs = change.atMs;
      }
    },
    log: ({ atMs, message, fields }) => {
      if (message === 'replication judged' && fields.verdict === 'exchanged') seenAtMs = atMs;
    },
  });
  changeRateAtLooks(stage, link, drain);
  return await clock.run('bench', async () => {
    await clock.sleepMs(300_000);
    link.setLinkRate(drain.eventsPerSecond);
    link.seedBacklog({ events: drain.backlogEvents });
    await clock.sleepMs(300_000);
    const requestedAtMs = clock.nowMs();
    const sfn = new SFNClient({ ...aws.clientSettings(), region: region.replica, maxAttempts: 1 });
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: stage.machineArn('switchover', region.replica),
        input: JSON.stringify({ pair: 'orders', targetRegion: region.replica, reason: 'bench' }),
      }),
    );
    await engine.waitForEnd(executionArn);
    const { status, output, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'SUCCEEDED' || !output?.includes('SwitchedOver')) {
      throw new Error(`drain with seed ${drain.seed} ended ${status}: ${cause ?? output}`);
    }
    const execution = engine.executions().find((candidate) => candidate.executionArn === executionArn);
    return {
      historyEvents: execution?.historyEvents ?? Number.NaN,
      noticedSeconds: (seenAtMs - exchangedAtMs) / 1_000,
      drainSeconds: (exchangedAtMs - requestedAtMs) / 1_000,
    };
  });
};

const changeRateAtLooks = (stage: Stage, link: CrdrPair, drain: Drain): void => {
  let rate = drain.eventsPerSecond;
  stage.observe({
    transition: ({ stateName, kind }) => {
      if (stateName !== 'ObserveSwitchover' || kind !== 'exited') return;
      rate = drain.nextRate(rate);
      link.setLinkRate(rate);
    },
  });
};

/** Drains of two minutes to some hours, whose rate wanders by at most `factor` between two looks. */
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
 * Runs the switchover workflow over seeded drains in the simulator.
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
