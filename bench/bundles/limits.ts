/** The most that a bundle may have in KiB: with rhea, the AMQP library, and without it. */
export const maxKib = { withAmqp: 700, withoutAmqp: 550 } as const;

/** The most that a bundle may be of a bare handler's with the same clients. */
export const maxSizeRatio = 1.4;
