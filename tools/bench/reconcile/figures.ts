/** Seconds that each thing took in a round, or the shortest of all rounds. */
export interface RoundSeconds {
  readonly scan: number;
  readonly lookups: number;
  readonly drain: number;
  /** Repair of a queue of which a part is processed. */
  readonly repair: number;
  /** Repair of a queue of which everything is processed. */
  readonly removal: number;
}

/** Peaks of resident memory in MiB, each of a process that did one thing to a queue of one length. */
export interface PeakRssMiB {
  readonly scan: number;
  readonly scanOfTenth: number;
  readonly repair: number;
  readonly repairOfTenth: number;
  readonly synthetic: number;
}

const rounded = (value: number): number => Number(value.toFixed(3));

/** The shortest of each measure. @throws RangeError for no round at all */
export const fastestOf = <K extends string>(rounds: readonly Readonly<Record<K, number>>[]): Record<K, number> => {
  const [first, ...others] = rounds;
  if (first === undefined) throw new RangeError('no round was measured');
  const fastest: Record<K, number> = { ...first };
  for (const round of others) {
    for (const key of Object.keys(fastest) as K[]) fastest[key] = Math.min(fastest[key], round[key]);
  }
  return fastest;
};

/**
 * The bench's figures.
 *
 * @param messages in the queue, each time
 * @param processed of them, where only a part is
 * @returns `scanRatio` the scan over the slower of bare drain and bare lookups; `repairRatio` the rate of removal over
 * that of the bare drain, and `repairPassRatio` the rate at which a repair goes through the queue of which a part is
 * processed over the same; `rssGrowthMiB` what ten times the messages cost a scan or a repair, whichever more; and what
 * they are made of
 */
export const figuresOf = (
  messages: number,
  processed: number,
  seconds: RoundSeconds,
  peakRssMiB: PeakRssMiB,
): Readonly<Record<string, number>> => {
  const growth = Math.max(peakRssMiB.scan - peakRssMiB.scanOfTenth, peakRssMiB.repair - peakRssMiB.repairOfTenth);
  const figures = {
    scanRatio: seconds.scan / Math.max(seconds.drain, seconds.lookups),
    repairRatio: seconds.drain / seconds.removal,
    repairPassRatio: seconds.drain / seconds.repair,
    rssGrowthMiB: growth,
    syntheticPeakRssMiB: peakRssMiB.synthetic,
    messages,
    processed,
    scanSeconds: seconds.scan,
    bareLookupSeconds: seconds.lookups,
    bareDrainSeconds: seconds.drain,
    repairSeconds: seconds.repair,
    removalSeconds: seconds.removal,
    scannedPerSecond: messages / seconds.scan,
    drainedPerSecond: messages / seconds.drain,
    removedPerSecond: messages / seconds.removal,
    scanPeakRssMiB: peakRssMiB.scan,
    scanPeakRssMiBOfTenth: peakRssMiB.scanOfTenth,
    repairPeakRssMiB: peakRssMiB.repair,
    repairPeakRssMiBOfTenth: peakRssMiB.repairOfTenth,
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]));
};
