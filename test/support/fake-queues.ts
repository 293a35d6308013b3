import type { DestinationCounts, QueueCounts } from '../../functions/reconciliation/queue-counts.ts';
import type {
  HeldMessage,
  QueueScan,
  ScanOptions,
  ScanSummary,
  ScanVerdict,
} from '../../functions/reconciliation/queue-scan/port.ts';
import { noonMs } from './brokers.ts';

/** A message as a scan holds it: made a minute ago, without expiry or properties, unless told otherwise. */
export const heldMessage = (
  changes: Partial<HeldMessage> & { readonly properties?: Readonly<Record<string, string>> } = {},
): HeldMessage => {
  const { properties = {}, ...rest } = changes;
  return {
    position: 0,
    messageId: 'm1',
    correlationId: undefined,
    groupId: undefined,
    createdAtMs: noonMs - 60_000,
    expiresAtMs: undefined,
    deliveryCount: 0,
    bytes: 100,
    property: (name) => properties[name],
    bodySha256: () => undefined,
    ...rest,
  };
};

/** A message in a queue; equal ids are different messages. */
export type QueuedMessage = Omit<HeldMessage, 'position'>;

/** What is in the way of a scan, or happens beside it. */
export interface ScanDisturbance {
  /** Messages that a batch has at most. */
  readonly batchSize?: number;
  /** So many batches are looked at side by side, the later ones first. */
  readonly lanes?: number;
  /** The scan dies in this batch, counted from 0, after so many of its removals; the last one may be half done. */
  readonly crash?: { readonly batch: number; readonly removals: number; readonly halfDone: boolean };
  /** The scan ends before this batch with an incomplete summary. */
  readonly endsBefore?: number;
  /** Happens before the batch. */
  readonly beforeBatch?: (batch: number) => void;
  readonly notes?: readonly string[];
}

/** The process died. */
export class ScanCrashed extends Error {
  override readonly name = 'ScanCrashed';
}

interface StoredQueue {
  messages: QueuedMessage[];
  enqueued: number;
  dequeued: number;
}

/** Queues in memory and a scan of them, with the promises of the real one; nothing waits. */
export class FakeQueues implements QueueScan {
  readonly #queues = new Map<string, StoredQueue>();
  #held: Set<QueuedMessage> = new Set();
  /** Of the next scan. */
  disturbance: ScanDisturbance = {};
  /** Queues that were scanned, in order. */
  readonly scans: { readonly queue: string; readonly options: ScanOptions }[] = [];

  /** Puts messages at the end of a queue, as a producer does. */
  send(queue: string, messages: readonly QueuedMessage[]): this {
    const stored = this.#stored(queue);
    stored.messages.push(...messages);
    stored.enqueued += messages.length;
    return this;
  }

  /** Sends one message for each id. */
  sendIds(queue: string, ...ids: readonly string[]): this {
    return this.send(
      queue,
      ids.map((messageId) => heldMessage({ messageId })),
    );
  }

  /** Takes the first messages that a scan does not hold, as a consumer does. */
  consume(queue: string, count = 1): this {
    for (const message of this.messages(queue)
      .filter((candidate) => !this.#held.has(candidate))
      .slice(0, count)) {
      this.#remove(queue, message);
    }
    return this;
  }

  /** Takes one message, as a consumer does that chose it. */
  take(queue: string, message: QueuedMessage): this {
    this.#remove(queue, message);
    return this;
  }

  messages(queue: string): readonly QueuedMessage[] {
    return this.#queues.get(queue)?.messages ?? [];
  }

  idsIn(queue: string): readonly string[] {
    return this.messages(queue).map(({ messageId }) => String(messageId));
  }

  /** As the broker's console shows them. */
  readonly counts = async (): Promise<DestinationCounts> => ({
    queues: new Map(
      [...this.#queues].map(([queue, { messages, enqueued, dequeued }]): [string, QueueCounts] => [
        queue,
        { size: messages.length, enqueued, dequeued, consumers: 0 },
      ]),
    ),
    durableSubscriptions: [],
  });

  async scan(
    queue: string,
    options: ScanOptions,
    visit: (batch: readonly HeldMessage[]) => Promise<readonly ScanVerdict[]>,
  ): Promise<ScanSummary> {
    const { batchSize = 100, lanes = 1, crash, endsBefore, beforeBatch, notes = [] } = this.disturbance;
    this.disturbance = {};
    this.scans.push({ queue, options });
    const seen = new Set<QueuedMessage>();
    this.#held = seen;
    let removed = 0;
    for (let batch = 0; ; ) {
      const group: { readonly batch: number; readonly messages: readonly QueuedMessage[]; readonly from: number }[] =
        [];
      while (group.length < lanes) {
        if (batch === endsBefore) break;
        beforeBatch?.(batch);
        const messages = this.messages(queue)
          .filter((message) => !seen.has(message))
          .slice(0, batchSize);
        if (messages.length === 0) break;
        group.push({ batch, messages, from: seen.size });
        for (const message of messages) seen.add(message);
        batch += 1;
      }
      // The lookup of a later batch may be through first.
      const judged: { readonly batch: number; readonly remove: readonly QueuedMessage[] }[] = [];
      for (const { batch: number, messages, from } of group.toReversed()) {
        const verdicts = await visit(messages.map((message, index) => ({ ...message, position: from + index })));
        judged.unshift({ batch: number, remove: messages.filter((_, index) => verdicts[index] === 'remove') });
      }
      for (const { batch: number, remove } of judged) {
        for (const [index, message] of remove.entries()) {
          const dies = crash?.batch === number && crash.removals === index;
          if (dies && !crash.halfDone) throw new ScanCrashed('before the copy');
          if (options.quarantine === undefined) throw new TypeError('nothing may be removed without a quarantine');
          this.send(options.quarantine, [message]);
          if (dies) throw new ScanCrashed('between copy and removal');
          this.#remove(queue, message);
          removed += 1;
        }
        if (crash?.batch === number) throw new ScanCrashed('after the batch');
      }
      if (group.length < lanes) break;
    }
    this.#held = new Set();
    const complete = endsBefore === undefined;
    return { seen: seen.size, removed, complete, notes, deliveries: { before: 0, after: 1 } };
  }

  #remove(queue: string, message: QueuedMessage): void {
    const stored = this.#stored(queue);
    stored.messages.splice(stored.messages.indexOf(message), 1);
    stored.dequeued += 1;
  }

  #stored(queue: string): StoredQueue {
    const known = this.#queues.get(queue) ?? { messages: [], enqueued: 0, dequeued: 0 };
    this.#queues.set(queue, known);
    return known;
  }
}

/** Documents in memory; `keys` in the order in which they were written. */
export class FakeStore {
  readonly #texts = new Map<string, string>();
  readonly keys: string[] = [];
  /** Thrown by the next `put`. */
  failNext: Error | undefined;

  readonly put = async (key: string, text: string): Promise<void> => {
    const error = this.failNext;
    this.failNext = undefined;
    if (error !== undefined) throw error;
    this.keys.push(key);
    this.#texts.set(key, text);
  };

  readonly get = async (key: string): Promise<string | undefined> => this.#texts.get(key);

  /** The document, for a test that knows that it is there. */
  text(key: string): string {
    const text = this.#texts.get(key);
    if (text === undefined) throw new TypeError(`no document ${key} among ${[...this.#texts.keys()].join(', ')}`);
    return text;
  }

  /** Loses a document. */
  drop(key: string): void {
    this.#texts.delete(key);
  }
}
