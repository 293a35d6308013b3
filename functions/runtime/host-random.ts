/** The host's chance, for jitter where nobody hands in a seeded one: a number in [0, 1). */
export const hostRandom = (): number => Math.random();
