import rhea, { type Message } from 'rhea';

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

/** What a message's data takes. */
const bodyBytes = 1_024;

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

/** Messages of 1 KiB. @param createdAtMs milliseconds since the Unix epoch */
export const messagesOf = (numbers: readonly number[], createdAtMs: number): readonly Message[] => {
  const body = rhea.message.data_section(Buffer.alloc(bodyBytes, 'x'));
  return numbers.map((number) => ({
    message_id: idOf(number),
    durable: true,
    creation_time: createdAtMs as unknown as Date,
    body,
  }));
};
