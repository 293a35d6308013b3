/** The middle one of several times of `body`, in milliseconds. */
export const medianMs = async (rounds: number, body: () => Promise<unknown> | unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    await body();
    times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
};
