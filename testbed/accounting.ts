import { deadLetterQueue } from '../simulator/world/broker/amqp-address.ts';
import { MessageLog } from './message-log.ts';

/** What the application knows about a message. Times are virtual milliseconds since the Unix epoch. */
export interface MessageEntry {
  readonly sentAtMs: number;
  readonly processedAtMs: readonly number[];
}

/** What one broker holds at the end of a run. */
export interface StoreContents {
  readonly brokerId: string;
  readonly queue: string;
  /** Whether clients can reach the broker now; a message on one that they cannot reach is stranded. */
  readonly serves: boolean;
  /** Application ids of the stored messages, `<producer>-<n>`. */
  readonly messageIds: readonly string[];
}

/** A message that needs naming, with what is known about it. Times are virtual milliseconds since the Unix epoch. */
export interface NamedMessage {
  readonly id: string;
  readonly queue: string;
  readonly sentAtMs: number;
  readonly processedAtMs: readonly number[];
  /** Brokers that still hold it. */
  readonly storedOn: readonly string[];
}

/**
 * Message totals of a run. Every confirmed message is in exactly one class, so
 * `confirmed = processedOnce + processedTwice + queued + stranded + deadLettered + setAside.unprocessed + lost`; sends
 * whose outcome nobody saw are counted apart, in `unknown`.
 */
export interface MessageTotals {
  /** Send attempts that reached a broker's connection. */
  readonly sent: number;
  /** Sends whose acceptance the producer saw. */
  readonly confirmed: number;
  readonly processedOnce: number;
  /** Processed twice or more. */
  readonly processedTwice: number;
  /** Confirmed, not processed, on a broker that serves: a consumer can still get it. */
  readonly queued: number;
  /** Confirmed, not processed, only on brokers that do not serve. */
  readonly stranded: number;
  /** Confirmed, not processed, and only on a dead-letter queue. */
  readonly deadLettered: number;
  /** Messages with a copy on a queue that they were not sent to, such as a quarantine. */
  readonly setAside: {
    /** Processed, so that the copy is all that is left of a second delivery. */
    readonly processed: number;
    /** Confirmed, not processed, and on no queue where a consumer would find them. */
    readonly unprocessed: number;
  };
  /** Confirmed, not processed, and on no broker. */
  readonly lost: number;
  /** Messages that took effect without anybody being able to record it; they are in one of the other classes too. */
  readonly uncertain: number;
  /** Sends that a broker refused. */
  readonly rejected: number;
  /** Sends that ended in a disconnect before any outcome. */
  readonly unknown: {
    readonly total: number;
    readonly processedOnce: number;
    readonly processedTwice: number;
    /** Not processed, on some broker. */
    readonly stored: number;
    /** Not processed, and on no broker: it never arrived. */
    readonly absent: number;
  };
  /** Deliveries of ids that no producer sent. */
  readonly foreign: number;
  readonly named: {
    readonly lost: readonly NamedMessage[];
    readonly processedTwice: readonly NamedMessage[];
    readonly stranded: readonly NamedMessage[];
    readonly deadLettered: readonly NamedMessage[];
    readonly setAsideUnprocessed: readonly NamedMessage[];
    readonly uncertain: readonly NamedMessage[];
  };
}

/** An id was sent twice: the producers' own numbering is broken, so no total could be trusted. */
export class DuplicateSendError extends Error {
  override readonly name = 'DuplicateSendError';

  constructor(id: string) {
    super(`message id "${id}" was sent twice by the traffic generator; every id must be sent once`);
  }
}

/**
 * The application's own delivery accounting: what was sent, what was confirmed, what took effect. It never asks a broker;
 * the brokers' stores are handed in at the end.
 */
export class Accounting {
  readonly #messages = new MessageLog();
  #confirmed = 0;
  #processed = 0;
  #foreign = 0;

  /** Running number of confirmed sends and of processings, for a live display. */
  get counters(): { readonly sent: number; readonly confirmed: number; readonly processed: number } {
    return { sent: this.#messages.size, confirmed: this.#confirmed, processed: this.#processed };
  }

  /**
   * A send goes out now; until an outcome is reported it counts as unknown.
   *
   * @throws DuplicateSendError when the id was used before
   */
  sent(id: string, queue: string, atMs: number): void {
    if (!this.#messages.add(id, queue, atMs)) throw new DuplicateSendError(id);
  }

  confirmed(id: string): void {
    if (this.#messages.settle(id, 'confirmed')) this.#confirmed += 1;
  }

  rejected(id: string): void {
    this.#messages.settle(id, 'rejected');
  }

  /** The message took effect: the consumer's side effect happened, whatever the outcome of its acknowledgement. */
  processed(id: string, atMs: number): void {
    if (this.#messages.processed(id, atMs)) this.#processed += 1;
    else this.#foreign += 1;
  }

  /** The message took effect, and whoever saw it could not record that. */
  uncertain(id: string): void {
    this.#messages.uncertain(id);
  }

  /** What is known of a message; undefined for one that no producer sent. */
  entry(id: string): MessageEntry | undefined {
    return this.#messages.entry(id);
  }

  /** Classifies every message against what the brokers hold now. */
  totals(stores: readonly StoreContents[]): MessageTotals {
    const whereabouts = locate(stores, (id) => this.#messages.entry(id)?.queue);
    const totals = {
      sent: this.#messages.size,
      confirmed: 0,
      processedOnce: 0,
      processedTwice: 0,
      queued: 0,
      stranded: 0,
      deadLettered: 0,
      setAside: { processed: 0, unprocessed: 0 },
      lost: 0,
      uncertain: 0,
      rejected: 0,
      unknown: { total: 0, processedOnce: 0, processedTwice: 0, stored: 0, absent: 0 },
      foreign: this.#foreign,
      named: {
        lost: [] as NamedMessage[],
        processedTwice: [] as NamedMessage[],
        stranded: [] as NamedMessage[],
        deadLettered: [] as NamedMessage[],
        setAsideUnprocessed: [] as NamedMessage[],
        uncertain: [] as NamedMessage[],
      },
    };
    for (const message of this.#messages.entries()) {
      const { id, queue, sentAtMs, processedAtMs } = message;
      const holders = whereabouts.get(id) ?? nowhere;
      const storedOn = holders === nowhere ? [] : [...new Set(Object.values(holders).flat())];
      const named: NamedMessage = { id, storedOn, queue, sentAtMs, processedAtMs };
      const times = processedAtMs.length;
      if (times > 1) totals.named.processedTwice.push(named);
      if (times > 0 && holders.setAside.length > 0) totals.setAside.processed += 1;
      if (message.uncertain) {
        totals.uncertain += 1;
        totals.named.uncertain.push(named);
      }
      if (message.outcome === 'confirmed') {
        totals.confirmed += 1;
        if (times === 1) totals.processedOnce += 1;
        else if (times > 1) totals.processedTwice += 1;
        else if (holders.serving.length > 0) totals.queued += 1;
        else if (holders.notServing.length > 0) {
          totals.stranded += 1;
          totals.named.stranded.push(named);
        } else if (holders.deadLetters.length > 0) {
          totals.deadLettered += 1;
          totals.named.deadLettered.push(named);
        } else if (holders.setAside.length > 0) {
          totals.setAside.unprocessed += 1;
          totals.named.setAsideUnprocessed.push(named);
        } else {
          totals.lost += 1;
          totals.named.lost.push(named);
        }
      } else if (message.outcome === 'rejected') {
        totals.rejected += 1;
      } else {
        totals.unknown.total += 1;
        if (times === 1) totals.unknown.processedOnce += 1;
        else if (times > 1) totals.unknown.processedTwice += 1;
        else if (storedOn.length > 0) totals.unknown.stored += 1;
        else totals.unknown.absent += 1;
      }
    }
    return totals;
  }
}

/** Brokers that hold a message, by where on them. */
interface Whereabouts {
  /** On the queue that it was sent to, which clients can reach. */
  readonly serving: string[];
  readonly notServing: string[];
  readonly deadLetters: string[];
  /** On any other queue. */
  readonly setAside: string[];
}

const nowhere: Whereabouts = { serving: [], notServing: [], deadLetters: [], setAside: [] };

const locate = (
  stores: readonly StoreContents[],
  queueOf: (id: string) => string | undefined,
): Map<string, Whereabouts> => {
  const found = new Map<string, Whereabouts>();
  for (const { brokerId, queue, serves, messageIds } of stores) {
    for (const id of messageIds) {
      const entry = found.get(id) ?? { serving: [], notServing: [], deadLetters: [], setAside: [] };
      if (queue === queueOf(id)) (serves ? entry.serving : entry.notServing).push(brokerId);
      else if (queue === deadLetterQueue) entry.deadLetters.push(brokerId);
      else entry.setAside.push(brokerId);
      found.set(id, entry);
    }
  }
  return found;
};
