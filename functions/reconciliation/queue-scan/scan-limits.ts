/** Messages that the visitor gets at a time: what one lookup in the ledger takes (docs/adr/0015-ledger.md). */
export const batchSize = 100;

/** Batches that are looked up side by side, so that the queue is not read slower than the ledger answers. */
export const concurrentVisits = 8;

/**
 * Messages that one link holds. The broker searches a link's messages from the oldest on for each acknowledgement, and
 * compares each with each when the link goes: 1,000 cost some 10 µs and 1 ms (docs/adr/0014-queue-scan.md).
 */
export const linkWindow = 1_000;

/**
 * Messages that one link may hold where groups forbid a second one: the broker needs some ten seconds to take back
 * 100,000 (docs/adr/0014-queue-scan.md), and the queue stands still meanwhile.
 */
export const groupedLimit = 100_000;

/**
 * Connections of a scan that removes: half of them remove while messages arrive on the other half. The broker stores every
 * step of a connection before it takes the next, so one alone would remove at a third of the rate of a plain consumer
 * (docs/adr/0014-queue-scan.md).
 */
export const removingConnections = 8;

/** Messages and bytes of one transaction: the broker keeps an open one in memory. */
export const transactionLimits = { messages: 500, bytes: 8 * 1024 * 1024 } as const;

/** Bytes that one chunk of the queue may take in this process; one message may be larger. */
export const chunkBytes = 16 * 1024 * 1024;

/** Links that are filled before their messages are judged, while those before are: 4,000 messages keep the ledger busy. */
export const stepLinks = 4;

/** Requests in a row that may stay unanswered, each for 150 ms: 30 s, as for every other answer. */
export const unansweredLimit = 200;

/**
 * A scan that dies adds one delivery to everything it holds, and JMS clients give up after six redeliveries by default
 * (docs/amazon-mq.md 14.3). So nothing is held that was delivered so often already.
 */
export const deliveriesLimit = 5;

/** How far a producer's clock may be ahead: what is newer than the scan by more than that arrived during the scan. */
export const producerSkewMs = 60_000;
