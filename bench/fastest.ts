/**
 * The shortest of several times of each body, in milliseconds: what it costs when nothing else takes the host. The bodies
 * take turns.
 */
export const fastestMs = async <const T extends readonly (() => Promise<unknown> | unknown)[]>(
  rounds: number,
  bodies: T,
): Promise<{ readonly [K in keyof T]: number }> => {
  const shortest: number[] = bodies.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [index, body] of bodies.entries()) {
      const startedMs = performance.now();
      await body();
      shortest[index] = Math.min(shortest[index] ?? 0, performance.now() - startedMs);
    }
  }
  return shortest as unknown as { readonly [K in keyof T]: number };
};
