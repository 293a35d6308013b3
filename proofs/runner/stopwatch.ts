/** Wall clock and processor time since it was made. */
export interface Elapsed {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Starts a stopwatch for this process; what children used is added by hand. */
export const startStopwatch = (): ((childCpuSeconds?: number) => Elapsed) => {
  const wallMs = performance.now();
  const cpu = process.cpuUsage();
  return (childCpuSeconds = 0) => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      seconds: round((performance.now() - wallMs) / 1_000),
      cpuSeconds: round((user + system) / 1e6 + childCpuSeconds),
    };
  };
};

/** Cases for each second of wall clock. */
export const rateOf = (cases: number, seconds: number): number => round(cases / Math.max(seconds, 0.001));
