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
  /** Failed deliveries that the sender had counted. */
  readonly deliveryCount: number;
}

/** A stored message with its state on this broker, which does not replicate. */
export interface QueueEntry {
  readonly message: StoredMessage;
  /** Failed deliveries, as far as the broker remembers them: a restart forgets those that it counted itself. */
  deliveryCount: number;
  /** The consumer that holds the message; undefined is available. */
  holder: string | undefined;
  /** Index in the queue's array; moves when the array is compacted. */
  position: number;
}

/** Entries removed from the middle leave holes; an array with fewer is not worth compacting. */
const smallestCompaction = 1_024;

/** What a queue has counted since its broker's process started; the broker keeps no count across a restart. */
export interface QueueCounters {
  enqueued: number;
  /** Messages that left: acknowledged, expired, dead-lettered or purged. docs/amazon-mq.md section 14. */
  dequeued: number;
  expired: number;
}

const noCounts: QueueCounters = { enqueued: 0, dequeued: 0, expired: 0 };

/** One queue: messages in store order, some of them held by consumers. */
export class StoredQueue {
  readonly counters: QueueCounters = { ...noCounts };
  /** The consumer that gets the messages of a group, by group id. */
  readonly groupOwners = new Map<string, string>();
  readonly #byKey = new Map<string, QueueEntry>();
  #entries: (QueueEntry | undefined)[] = [];
  /** Every available entry before this position was released. */
  #cursor = 0;
  /** Available entries that were released, in the order in which that happened. */
  readonly #returned = new Set<QueueEntry>();
  #held = 0;

  get depth(): number {
    return this.#byKey.size;
  }

  /** Messages that consumers hold. */
  get held(): number {
    return this.#held;
  }

  find(key: string): QueueEntry | undefined {
    return this.#byKey.get(key);
  }

  append(message: StoredMessage): void {
    const { deliveryCount } = message;
    const position = this.#entries.length;
    const entry: QueueEntry = { message, deliveryCount, holder: undefined, position };
    this.#entries.push(entry);
    this.#byKey.set(message.key, entry);
  }

  remove(entry: QueueEntry): void {
    if (!this.#byKey.delete(entry.message.key)) return;
    this.#letGo(entry);
    this.#returned.delete(entry);
    this.#entries[entry.position] = undefined;
    if (this.#entries.length >= smallestCompaction && this.#byKey.size * 2 < this.#entries.length) this.#compact();
  }

  hold(entry: QueueEntry, holder: string): void {
    if (entry.holder === undefined) this.#held++;
    entry.holder = holder;
    this.#returned.delete(entry);
  }

  /**
   * Makes a held entry available again: behind those that were released before it, and before everything that was
   * never handed out, wherever it stands in the store. docs/amazon-mq.md section 14.
   */
  release(entry: QueueEntry): void {
    if (entry.holder === undefined) return;
    this.#letGo(entry);
    this.#returned.add(entry);
  }

  /** Available entries in the order in which they are handed out. The queue must not change while this is read. */
  *available(): Generator<QueueEntry> {
    yield* this.#returned;
    for (let position = this.#firstAvailable(); position < this.#entries.length; position++) {
      const entry = this.#entries[position];
      if (entry !== undefined && this.#isFresh(entry)) yield entry;
    }
  }

  /** What a broker that starts again makes of it: nobody holds anything, and only the order of the store counts. */
  restart(): void {
    Object.assign(this.counters, noCounts);
    this.groupOwners.clear();
    this.#returned.clear();
    this.#cursor = 0;
    for (const entry of [...this.all()]) {
      this.#letGo(entry);
      entry.deliveryCount = entry.message.deliveryCount;
      if (!entry.message.durable) this.remove(entry);
    }
  }

  /** All entries in store order, held ones too. */
  *all(): Generator<QueueEntry> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry;
  }

  /** Whether nobody has had the entry since it was stored. */
  #isFresh(entry: QueueEntry): boolean {
    return entry.holder === undefined && !this.#returned.has(entry);
  }

  #letGo(entry: QueueEntry): void {
    if (entry.holder !== undefined) this.#held--;
    entry.holder = undefined;
  }

  #firstAvailable(): number {
    while (this.#cursor < this.#entries.length) {
      const entry = this.#entries[this.#cursor];
      if (entry !== undefined && this.#isFresh(entry)) break;
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
