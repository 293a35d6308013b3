import { eventBytes, type ReplicationEvent } from './replication-events.ts';

/** What an item of the log stands for. */
export type LogContent =
  | { readonly kind: 'store-event'; readonly event: ReplicationEvent }
  | { readonly kind: 'heartbeat' }
  /** Ends the stream: whoever reaches it is to become primary. */
  | { readonly kind: 'fail-over' }
  /** Many events without messages behind them, to rehearse drains of millions. */
  | { readonly kind: 'synthetic' };

/** Consecutive events of one kind; only synthetic ones come as more than one. */
interface LogItem {
  readonly content: LogContent;
  readonly firstSequence: number;
  readonly count: number;
  /** Creation of the first and of the last event; those between are spread evenly. */
  readonly firstCreatedMs: number;
  readonly lastCreatedMs: number;
  readonly bytesEach: number;
  /** Compacted away: it neither crosses nor counts. */
  dropped: boolean;
}

/** A run of events that crosses the link together. */
export interface Batch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Events in it, compacted ones not counted. */
  readonly events: number;
}

export interface BatchLimits {
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
}

/** Size of an event that carries no message. */
const controlEventBytes = 250;

/**
 * The primary's record of what has not been acknowledged: the intermediate queue of the plugin. Sequence numbers rise
 * strictly and are never used twice. docs/amazon-mq.md section 12.
 */
export class ReplicationLog {
  #items: LogItem[] = [];
  /** Items before this index have been acknowledged; they are cut off now and then. */
  #head = 0;
  #lastSequence = 0;
  #acknowledgedSequence = 0;
  #unacknowledged = 0;
  /** Where the send of a message stands that has not been acknowledged, by queue and key. */
  readonly #sends = new Map<string, LogItem>();

  /** Sequence number of the newest event. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Sequence number up to which everything has been acknowledged. */
  get acknowledgedSequence(): number {
    return this.#acknowledgedSequence;
  }

  /** Events that have not been acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  append(content: LogContent, createdMs: number): number {
    const bytes = content.kind === 'store-event' ? eventBytes(content.event) : controlEventBytes;
    const item = this.#push(content, 1, createdMs, createdMs, bytes);
    if (content.kind === 'store-event' && content.event.kind === 'send') {
      this.#sends.set(sendKey(content.event.queue, content.event.message.key), item);
    }
    return item.firstSequence;
  }

  /** Appends `count` events at once that were created evenly over a span of time. */
  appendSynthetic(count: number, bytesEach: number, firstCreatedMs: number, lastCreatedMs: number): void {
    if (count > 0) this.#push({ kind: 'synthetic' }, count, firstCreatedMs, lastCreatedMs, bytesEach);
  }

  /**
   * Drops the send of a message that is acknowledged before it was ever sent on, so that neither has to cross.
   * The plugin does that while no replica is attached.
   *
   * @returns whether there was such a send; if not, the acknowledgement must be appended
   */
  compactSend(queue: string, key: string, neverSentAfterSequence: number): boolean {
    const item = this.#sends.get(sendKey(queue, key));
    if (item === undefined || item.firstSequence <= neverSentAfterSequence) return false;
    this.#sends.delete(sendKey(queue, key));
    item.dropped = true;
    this.#unacknowledged--;
    return true;
  }

  /** The next events behind `afterSequence`, up to `upToSequence` and the limits; undefined when there are none. */
  batch(afterSequence: number, upToSequence: number, limits: BatchLimits): Batch | undefined {
    let events = 0;
    let bytes = 0;
    let lastSequence = afterSequence;
    for (let index = this.#indexOf(afterSequence + 1); index < this.#items.length; index++) {
      const item = this.#items[index];
      if (item === undefined || item.firstSequence > upToSequence) break;
      const from = Math.max(item.firstSequence, afterSequence + 1);
      const to = Math.min(item.firstSequence + item.count - 1, upToSequence);
      if (item.dropped) {
        lastSequence = to;
        continue;
      }
      const byEvents = limits.maxBatchEvents - events;
      const byBytes = Math.floor((limits.maxBatchBytes - bytes) / item.bytesEach);
      // One event above the limit still goes, alone.
      const fits = Math.min(byEvents, events === 0 ? Math.max(1, byBytes) : byBytes, to - from + 1);
      if (fits <= 0) break;
      events += fits;
      bytes += fits * item.bytesEach;
      lastSequence = from + fits - 1;
      if (lastSequence < to) break;
    }
    if (lastSequence === afterSequence) return undefined;
    return { firstSequence: afterSequence + 1, lastSequence, events };
  }

  /** Contents of the events in a range of sequence numbers, in order; synthetic ones come once for many. */
  *contents(firstSequence: number, lastSequence: number): Generator<LogContent> {
    for (let index = this.#indexOf(firstSequence); index < this.#items.length; index++) {
      const item = this.#items[index];
      if (item === undefined || item.firstSequence > lastSequence) return;
      if (!item.dropped) yield item.content;
    }
  }

  /** When the event was created, in milliseconds since the Unix epoch; it must not have been acknowledged. */
  createdMs(sequence: number): number | undefined {
    const item = this.#items[this.#indexOf(sequence)];
    if (item === undefined) return undefined;
    const fraction = item.count === 1 ? 0 : (sequence - item.firstSequence) / (item.count - 1);
    return item.firstCreatedMs + Math.max(0, fraction) * (item.lastCreatedMs - item.firstCreatedMs);
  }

  /** Removes everything up to and with `sequence`. */
  acknowledge(sequence: number): void {
    for (let item = this.#items[this.#head]; item !== undefined; item = this.#items[this.#head]) {
      const last = item.firstSequence + item.count - 1;
      const from = Math.max(item.firstSequence, this.#acknowledgedSequence + 1);
      if (!item.dropped) this.#unacknowledged -= Math.max(0, Math.min(last, sequence) - from + 1);
      if (last > sequence) break;
      this.#forgetSend(item);
      this.#head++;
    }
    this.#acknowledgedSequence = Math.max(this.#acknowledgedSequence, sequence);
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  #push(content: LogContent, count: number, firstCreatedMs: number, lastCreatedMs: number, bytesEach: number): LogItem {
    const item: LogItem = {
      content,
      firstSequence: this.#lastSequence + 1,
      count,
      firstCreatedMs,
      lastCreatedMs,
      bytesEach,
      dropped: false,
    };
    this.#items.push(item);
    this.#lastSequence += count;
    this.#unacknowledged += count;
    return item;
  }

  #forgetSend({ content }: LogItem): void {
    if (content.kind !== 'store-event' || content.event.kind !== 'send') return;
    this.#sends.delete(sendKey(content.event.queue, content.event.message.key));
  }

  /** Index of the item that holds a sequence number, or of the first one behind it. */
  #indexOf(sequence: number): number {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && item.firstSequence + item.count - 1 < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const sendKey = (queue: string, key: string): string => `${key} ${queue}`;
