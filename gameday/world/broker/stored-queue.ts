/** A message as a broker stores it. Replication copies it unchanged, so both brokers hold the same bytes. */
export interface StoredMessage {
  /** Names this one copy on both brokers. A client's message-id may repeat, this does not. */
  readonly key: string;
  /** JMSMessageID. */
  readonly id: string;
  /** The encoded message as the client sent it. */
  readonly bytes: Buffer;
  /** Whether the client set the message-id; if not, consumers get `id`. */
  readonly idFromClient: boolean;
  readonly durable: boolean;
  /** Milliseconds since the Unix epoch; undefined never expires. */
  readonly expiresAtMs: number | undefined;
  readonly groupId: string | undefined;
}

/** A stored message with its state on this broker, which does not replicate. */
export interface QueueEntry {
  readonly message: StoredMessage;
  /** Failed deliveries. */
  deliveryCount: number;
  /** The consumer that holds the message; undefined is available. */
  holder: string | undefined;
  /** Index in the queue's array; moves when the array is compacted. */
  position: number;
}

/** Entries removed from the middle leave holes; an array with fewer is not worth compacting. */
const smallestCompaction = 1_024;

/** One queue: messages in store order, some of them held by consumers. */
export class StoredQueue {
  /** The consumer that gets the messages of a group, by group id. */
  readonly groupOwners = new Map<string, string>();
  readonly #byKey = new Map<string, QueueEntry>();
  #entries: (QueueEntry | undefined)[] = [];
  /** No entry before this position is available. */
  #cursor = 0;

  get depth(): number {
    return this.#byKey.size;
  }

  find(key: string): QueueEntry | undefined {
    return this.#byKey.get(key);
  }

  append(message: StoredMessage, deliveryCount: number): void {
    const entry: QueueEntry = { message, deliveryCount, holder: undefined, position: this.#entries.length };
    this.#entries.push(entry);
    this.#byKey.set(message.key, entry);
  }

  remove(entry: QueueEntry): void {
    if (!this.#byKey.delete(entry.message.key)) return;
    this.#entries[entry.position] = undefined;
    if (this.#entries.length >= smallestCompaction && this.#byKey.size * 2 < this.#entries.length) this.#compact();
  }

  hold(entry: QueueEntry, holder: string): void {
    entry.holder = holder;
  }

  /** Makes a held entry available again, at the place it had. */
  release(entry: QueueEntry): void {
    entry.holder = undefined;
    this.#cursor = Math.min(this.#cursor, entry.position);
  }

  /** Available entries in store order. The queue must not change while this is read. */
  *available(): Generator<QueueEntry> {
    for (let position = this.#firstAvailable(); position < this.#entries.length; position++) {
      const entry = this.#entries[position];
      if (entry !== undefined && entry.holder === undefined) yield entry;
    }
  }

  /** All entries in store order, held ones too. */
  *all(): Generator<QueueEntry> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry;
  }

  #firstAvailable(): number {
    while (this.#cursor < this.#entries.length) {
      const entry = this.#entries[this.#cursor];
      if (entry !== undefined && entry.holder === undefined) break;
      this.#cursor++;
    }
    return this.#cursor;
  }

  #compact(): void {
    const kept = this.#entries.filter((entry) => entry !== undefined);
    this.#entries = kept;
    this.#cursor = 0;
    for (const [position, entry] of kept.entries()) entry.position = position;
  }
}
