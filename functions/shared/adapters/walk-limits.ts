/** Messages that the visitor gets at a time: what one look at the ledger takes (docs/adr/0015-ledger.md). */
export const batchSize = 100;

/** Batches that are looked up side by side, so that the queue is not read slower than the ledger answers. */
export const concurrentVisits = 8;

/**
 * Messages that one link holds. The broker searches a link's messages from the oldest on for each acknowledgement, and
 * compares each with each when the link goes: 1,000 cost some 10 µs and 1 ms (docs/adr/0014-queue-walk.md).
 */
export const linkWindow = 1_000;

/**
 * Messages that one link may hold where groups forbid a second one: the broker needs some ten seconds to take back
 * 100,000 (docs/adr/0014-queue-walk.md), and the queue stands still meanwhile.
 */
export const groupedLimit = 100_000;

/**
 * Connections of a walk that removes: half of them remove while messages arrive on the other half. The broker stores every
 * step of a connection before it takes the next, so one alone would remove at a third of the rate of a plain consumer
 * (docs/adr/0014-queue-walk.md).
 */
export const removingConnections = 8;

/** Messages and bytes of one transaction: the broker keeps an open one in memory. */
export const transactionLimits = { messages: 100, bytes: 8 * 1024 * 1024 } as const;

/** Bytes that one share of the queue may take in this process; one message may be larger. */
export const shareBytes = 16 * 1024 * 1024;

/** Messages that the first look at a queue asks for, before their size is known; later ones grow tenfold. */
const firstPull = 10;

/** Messages that a broker offers at a time unless set otherwise: `maxPageSize` (docs/amazon-mq.md 14.9). */
export const defaultPage = 200;

/** Pages below that are not believed: a broker that was only slow would be asked for single messages from then on. */
export const leastPage = 20;

/**
 * A walk that dies adds one delivery to everything it holds, and JMS clients give up after six redeliveries by default
 * (docs/amazon-mq.md 14.3). So nothing is held that was delivered so often already.
 */
export const deliveriesLimit = 5;

/** How far a producer's clock may be ahead: what is newer than the walk by more than that came during the walk. */
export const producerSkewMs = 60_000;

/**
 * How many messages to ask for next.
 *
 * @param room messages that the share still takes
 * @param page messages that the broker offers at a time
 * @param last what was asked for last, and the size in bytes of the largest that came; undefined at the beginning
 */
export const nextPull = (
  room: number,
  page: number,
  last: { readonly asked: number; readonly largestBytes: number } | undefined,
): number => {
  const grown = last === undefined ? firstPull : last.asked * 10;
  const fitting = Math.floor(shareBytes / Math.max(last?.largestBytes ?? 1, 1));
  return Math.max(1, Math.min(room, page, grown, fitting));
};
