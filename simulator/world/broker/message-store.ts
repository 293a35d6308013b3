import { deadLetterQueue } from './amqp-address.ts';
import type { IncomingMessage } from './amqp-message.ts';
import type { QueueStatistics } from './embedded-broker.ts';
import type { ApplyResult, ReplicationEvent } from './replication-events.ts';
import { type QueueEntry, type StoredMessage, StoredQueue } from './stored-queue.ts';

/** Limits of ActiveMQ's default destination policy. */
export const storePolicy = {
  /** Messages that one browse shows at most. docs/amazon-mq.md section 13, row 16. */
  maxBrowsePageSize: 400,
  /** Messages from the head that a selective consumer is matched against. docs/amazon-mq.md section 14. */
  maxPageSize: 200,
} as const;

export interface MessageStoreOptions {
  /** Goes into the ids that the broker gives, so that two brokers never give the same one. */
  readonly brokerId: string;
  nowMs(): number;
}

/** A message handed to a consumer, who must accept, release or reject it. */
export interface AcquiredMessage {
  readonly message: StoredMessage;
  /** Failed deliveries before this one. */
  readonly deliveryCount: number;
}

/** What a consumer asks a queue for. */
export interface AcquireRequest {
  /** Names the consumer; messages of one group go to one consumer as long as it stays. */
  readonly holder: string;
  /** JMSMessageID that the message must have. */
  readonly messageId?: string | undefined;
}

/** Counts of one queue; see `QueueStatistics` for what each means. */
export type StoredQueueStatistics = Omit<QueueStatistics, 'consumers'>;

/** A stored message as an observer outside the broker sees it. */
export interface StoredMessageView {
  readonly id: string;
  readonly deliveryCount: number;
  /** Whether a consumer holds it. */
  readonly acquired: boolean;
}

/** The queues of one broker. Knows no protocol, no replication link and no clock but the one it is given. */
export class MessageStore {
  /** Gets every change that crosses to a replica, in order. Only a primary has one. */
  observer: ((event: ReplicationEvent) => void) | undefined;
  /** Called when a queue may have something for a waiting consumer. */
  onAvailable: (queue: string) => void = () => {};
  readonly #options: MessageStoreOptions;
  readonly #queues = new Map<string, StoredQueue>();
  #lastSequence = 0;

  constructor(options: MessageStoreOptions) {
    this.#options = options;
  }

  /** Messages per queue, in the order of first use. */
  depths(): ReadonlyMap<string, number> {
    return new Map([...this.#queues].map(([name, queue]) => [name, queue.depth]));
  }

  /** What the broker counts for each queue, in the order of first use. */
  statistics(): ReadonlyMap<string, StoredQueueStatistics> {
    return new Map(
      [...this.#queues].map(([name, { depth, held, counters }]) => [
        name,
        { size: depth, inFlight: held, ...counters },
      ]),
    );
  }

  /** All messages of a queue in store order, without the limit of a browse; none for an unknown queue. */
  view(queue: string): readonly StoredMessageView[] {
    return [...(this.#queues.get(queue)?.all() ?? [])].map(({ message, deliveryCount, holder }) => ({
      id: message.id,
      deliveryCount,
      acquired: holder !== undefined,
    }));
  }

  /** Creates a queue that does not exist, as ActiveMQ does when a client first names it. */
  declare(queue: string): void {
    this.#open(queue);
  }

  /** Stores a message at the end of a queue. */
  enqueue(queue: string, incoming: IncomingMessage): StoredMessage {
    const sequence = ++this.#lastSequence;
    const { brokerId } = this.#options;
    const message: StoredMessage = {
      key: `${brokerId}/${sequence}`,
      id: incoming.id ?? `ID:${brokerId}-1:1:1:1:${sequence}`,
      bytes: incoming.bytes,
      idFromClient: incoming.id !== undefined,
      durable: incoming.durable,
      expiresAtMs: incoming.expiresAtMs,
      groupId: incoming.groupId,
      deliveryCount: incoming.deliveryCount,
    };
    this.#append(queue, message);
    return message;
  }

  /** Hands the first fitting message to a consumer; undefined when there is none now. */
  acquire(queue: string, request: AcquireRequest): AcquiredMessage | undefined {
    const stored = this.#queues.get(queue);
    if (stored === undefined) return undefined;
    for (;;) {
      const entry = this.#firstFitting(stored, request);
      if (entry === undefined) return undefined;
      if (this.#expired(entry.message)) {
        this.#expire(queue, stored, entry);
        continue;
      }
      stored.hold(entry, request.holder);
      const { groupId } = entry.message;
      if (groupId !== undefined) stored.groupOwners.set(groupId, request.holder);
      return { message: entry.message, deliveryCount: entry.deliveryCount };
    }
  }

  /** The consumer is done with the message: it leaves the queue. */
  accept(queue: string, key: string): void {
    const stored = this.#open(queue);
    const entry = stored.find(key);
    if (entry !== undefined) this.#remove(queue, stored, entry);
  }

  /**
   * The consumer gives the message back. A failed delivery counts, and nothing follows from the count here: the limit of
   * redeliveries belongs to JMS clients. docs/amazon-mq.md section 14.
   */
  release(queue: string, key: string, options: { readonly deliveryFailed: boolean }): void {
    const stored = this.#open(queue);
    const entry = stored.find(key);
    if (entry === undefined) return;
    if (options.deliveryFailed) entry.deliveryCount++;
    stored.release(entry);
    this.onAvailable(queue);
  }

  /** The consumer refuses the message: it goes to the dead-letter queue. docs/amazon-mq.md section 14. */
  reject(queue: string, key: string): void {
    const stored = this.#open(queue);
    const entry = stored.find(key);
    if (entry !== undefined) this.#deadLetter(queue, stored, entry);
  }

  /** A consumer is gone: its message groups are free. What it holds must be released by `release`. */
  forgetConsumer(queue: string, holder: string): void {
    const { groupOwners } = this.#open(queue);
    for (const [group, owner] of groupOwners) if (owner === holder) groupOwners.delete(group);
    this.onAvailable(queue);
  }

  /**
   * Copies of the messages at the head of a queue, held ones too, that have the given JMSMessageID. The page limit
   * counts before the selector, so a message behind the first page is never found.
   */
  browse(queue: string, messageId?: string): readonly AcquiredMessage[] {
    const stored = this.#open(queue);
    const page: AcquiredMessage[] = [];
    const expired: QueueEntry[] = [];
    let seen = 0;
    for (const entry of stored.all()) {
      const { message, deliveryCount } = entry;
      if (entry.holder === undefined && this.#expired(message)) {
        expired.push(entry);
        continue;
      }
      if (seen++ === storePolicy.maxBrowsePageSize) break;
      if (messageId === undefined || message.id === messageId) page.push({ message, deliveryCount });
    }
    for (const entry of expired) this.#expire(queue, stored, entry);
    return page;
  }

  /** Removes every message of a queue. Unlike the removal of one message in a console, this crosses. */
  purge(queue: string): void {
    this.#purge(queue);
    this.observer?.({ kind: 'purge', queue });
  }

  /** What a stopped process forgets: messages that no client asked to persist, who held which message, and counts. */
  restart(): void {
    for (const stored of this.#queues.values()) stored.restart();
  }

  /** Applies a change that crossed from the other broker. Nothing of it crosses back. */
  apply(event: ReplicationEvent): ApplyResult {
    const stored = this.#create(event.queue);
    switch (event.kind) {
      case 'queue-created':
        return 'applied';
      case 'purge':
        this.#purge(event.queue);
        return 'applied';
      case 'send':
        if (stored.find(event.message.key) !== undefined) return 'skipped';
        stored.append(event.message);
        stored.counters.enqueued++;
        return 'applied';
      case 'ack': {
        const entry = stored.find(event.key);
        if (entry === undefined) return 'skipped';
        stored.remove(entry);
        stored.counters.dequeued++;
        return 'applied';
      }
    }
  }

  #firstFitting(stored: StoredQueue, request: AcquireRequest): QueueEntry | undefined {
    let seen = 0;
    for (const entry of stored.available()) {
      if (seen++ === storePolicy.maxPageSize) return undefined;
      const { id, groupId } = entry.message;
      if (request.messageId !== undefined && id !== request.messageId) continue;
      const owner = groupId === undefined ? undefined : stored.groupOwners.get(groupId);
      if (owner === undefined || owner === request.holder) return entry;
    }
    return undefined;
  }

  #expired(message: StoredMessage): boolean {
    return message.expiresAtMs !== undefined && message.expiresAtMs <= this.#options.nowMs();
  }

  #expire(queue: string, stored: StoredQueue, entry: QueueEntry): void {
    stored.counters.expired++;
    this.#deadLetter(queue, stored, entry);
  }

  /** Moves a message to the dead-letter queue; one that is not durable, or failed there too, is dropped. */
  #deadLetter(queue: string, stored: StoredQueue, entry: QueueEntry): void {
    const { message } = entry;
    if (message.durable && queue !== deadLetterQueue) {
      const key = `${this.#options.brokerId}/${++this.#lastSequence}`;
      this.#append(deadLetterQueue, { ...message, key, expiresAtMs: undefined, deliveryCount: 0 });
    }
    this.#remove(queue, stored, entry);
  }

  #append(queue: string, message: StoredMessage): void {
    const stored = this.#open(queue);
    stored.append(message);
    stored.counters.enqueued++;
    if (message.durable) this.observer?.({ kind: 'send', queue, message });
    this.onAvailable(queue);
  }

  #remove(queue: string, stored: StoredQueue, entry: QueueEntry): void {
    stored.remove(entry);
    stored.counters.dequeued++;
    if (entry.message.durable) this.observer?.({ kind: 'ack', queue, key: entry.message.key });
  }

  #purge(queue: string): void {
    const stored = this.#create(queue);
    stored.counters.dequeued += stored.depth;
    for (const entry of [...stored.all()]) stored.remove(entry);
  }

  #open(queue: string): StoredQueue {
    if (!this.#queues.has(queue)) this.observer?.({ kind: 'queue-created', queue });
    return this.#create(queue);
  }

  #create(queue: string): StoredQueue {
    let stored = this.#queues.get(queue);
    if (stored === undefined) {
      stored = new StoredQueue();
      this.#queues.set(queue, stored);
    }
    return stored;
  }
}
