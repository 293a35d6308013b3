/** Names that the whole bench uses. */
export const scene = {
  pair: 'orders',
  queue: 'orders.new',
  quarantine: 'mq-dr.quarantine.orders.new',
  table: 'mq-dr-processed-messages',
  /** Of the broker that is gone through. */
  region: 'us-west-2',
  otherRegion: 'us-east-1',
} as const;

/** The ledger is older than every message, and keeps its items for fourteen days, by default. */
export const ledgerSpan = { startMs: 0, retentionSeconds: 1_209_600 } as const;

/** Of ten messages so many are processed, in no order that a batch could profit from. */
const processedOfTen = 3;

/** A message-id as JMS clients make them. */
export const idOf = (number: number): string => `ID:ip-10-0-4-17.ec2.internal-41207-1763821093331-1:1:1:1:${number}`;

/** Whether the ledger has a proof of the message: three of ten. */
export const isProcessed = (number: number): boolean => (number * 7) % 10 < processedOfTen;

/** Where it was processed: every third one before the promotion, in the other Region. */
export const regionOf = (number: number): string => (number % 3 === 0 ? scene.otherRegion : scene.region);

/** The numbers below `end`. */
export const numbersTo = (end: number): readonly number[] => Array.from({ length: end }, (_, number) => number);
