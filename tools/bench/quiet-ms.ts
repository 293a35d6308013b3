/**
 * What each body takes when the host leaves it alone, in milliseconds: a quarter of its rounds were at least that quick.
 * The bodies take turns, so that whatever else the host does weighs on all alike. The very shortest time would say less
 * on a busy host: a short body gets through between two disturbances more often than a long one.
 */
export const quietMs = async <const T extends readonly (() => Promise<unknown> | unknown)[]>(
  rounds: number,
  bodies: T,
): Promise<{ readonly [K in keyof T]: number }> => {
  const times: number[][] = bodies.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, body] of bodies.entries()) {
      const startedMs = performance.now();
      await body();
      times[index]?.push(performance.now() - startedMs);
    }
  }
  const quartiles = times.map((all) => all.sort((a, b) => a - b)[Math.floor(all.length / 4)] ?? 0);
  return quartiles as unknown as { readonly [K in keyof T]: number };
};
