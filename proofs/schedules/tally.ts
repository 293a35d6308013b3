/** Counts by what they count. */
export type Tally = ReadonlyMap<string, number>;

/** The sum of several, in the order of the first. */
export const sumOfTallies = (tallies: readonly Tally[]): Tally => {
  const sum = new Map<string, number>();
  for (const tally of tallies) {
    for (const [name, count] of tally) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return sum;
};
