/** The most that a bundle may have in KiB: with rhea, the AMQP library, and without it. */
export const maxKib = { withAmqp: 700, withoutAmqp: 550 } as const;

/** The most that a bundle may be of a bare handler's with the same clients. */
export const maxSizeRatio = 1.4;

/** The most that its import in a fresh process may take of the bare handler's. */
export const maxColdRatio = 1.3;

/** What is measured of a bundle; ratios are null where no bare handler compares. */
export interface MeasuredBundle {
  readonly function: string;
  readonly kib: number;
  readonly sizeRatio: number | null;
  readonly coldRatio: number | null;
}

/** What of a bundle exceeds its limits: one sentence each, with what was found and what is allowed. */
export const exceededLimits = (
  { function: name, kib, sizeRatio, coldRatio }: MeasuredBundle,
  amqp: boolean,
): readonly string[] => {
  const allowedKib = amqp ? maxKib.withAmqp : maxKib.withoutAmqp;
  const limits = [
    { found: kib, allowed: allowedKib, what: `KiB ${amqp ? 'with' : 'without'} AMQP` },
    { found: sizeRatio, allowed: maxSizeRatio, what: 'times the size of a bare handler' },
    { found: coldRatio, allowed: maxColdRatio, what: 'times the import of a bare handler' },
  ];
  return limits.flatMap(({ found, allowed, what }) =>
    found !== null && found > allowed ? [`${name} has ${found} ${what}; ${allowed} are allowed`] : [],
  );
};
