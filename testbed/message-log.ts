/** What is known of one message. Times are virtual milliseconds since the Unix epoch. */
export interface LoggedMessage {
  readonly id: string;
  readonly queue: string;
  readonly sentAtMs: number;
  readonly processedAtMs: readonly number[];
  readonly outcome: SendOutcome;
  readonly uncertain: boolean;
}

/** What the sender saw. */
export type SendOutcome = (typeof outcomes)[number];

const outcomes = ['pending', 'confirmed', 'rejected'] as const;

/** Messages for which there is room at first. */
const firstCapacity = 1_024;

/** Numbers in columns, so that a message costs some twenty bytes and a million of them no garbage collection. */
class Columns {
  sentAtMs = new Float64Array(firstCapacity);
  /** Not a number while it was not processed. */
  processedAtMs = new Float64Array(firstCapacity).fill(Number.NaN);
  outcome = new Uint8Array(firstCapacity);
  queue = new Uint8Array(firstCapacity);
  isUncertain = new Uint8Array(firstCapacity);
  /** 1 where the message was sent. */
  isKnown = new Uint8Array(firstCapacity);
  /** Second and further times of processing, by number. */
  readonly more = new Map<number, number[]>();

  makeRoomFor(number: number): void {
    const capacity = this.sentAtMs.length;
    if (number < capacity) return;
    const grown = Math.max(capacity * 2, number + 1);
    const copy = <T extends Float64Array | Uint8Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    this.sentAtMs = copy(this.sentAtMs, new Float64Array(grown));
    this.processedAtMs = copy(this.processedAtMs, new Float64Array(grown).fill(Number.NaN));
    this.outcome = copy(this.outcome, new Uint8Array(grown));
    this.queue = copy(this.queue, new Uint8Array(grown));
    this.isUncertain = copy(this.isUncertain, new Uint8Array(grown));
    this.isKnown = copy(this.isKnown, new Uint8Array(grown));
  }
}

interface Place {
  readonly columns: Columns;
  readonly number: number;
}

/** Numbers beyond this are no count of messages. */
const mostMessages = 100_000_000;

/** Every message that was sent. Ids `<producer>-<number>` with numbers from about 1 on take little room, others more. */
export class MessageLog {
  readonly #producers = new Map<string, Columns>();
  /** Ids of another form, by the number that they got, and the other way round. */
  readonly #oddIds: string[] = [];
  readonly #oddNumbers = new Map<string, number>();
  readonly #queues: string[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns false where the id is known already */
  add(id: string, queue: string, atMs: number): boolean {
    if (parsed(id) === undefined && !this.#oddNumbers.has(id)) this.#oddNumbers.set(id, this.#oddIds.push(id) - 1);
    const [producer, number] = this.#located(id);
    const columns = this.#producers.get(producer) ?? new Columns();
    this.#producers.set(producer, columns);
    columns.makeRoomFor(number);
    if (columns.isKnown[number] === 1) return false;
    columns.isKnown[number] = 1;
    columns.sentAtMs[number] = atMs;
    columns.queue[number] = this.#queueNumber(queue);
    this.#size += 1;
    return true;
  }

  /** @returns whether that is news: a confirmation is the last word, a rejection follows on no word alone */
  settle(id: string, outcome: 'confirmed' | 'rejected'): boolean {
    const place = this.#find(id);
    if (place === undefined) return false;
    const { columns, number } = place;
    const known = outcomes[columns.outcome[number] ?? 0];
    if (known === 'confirmed' || (outcome === 'rejected' && known !== 'pending')) return false;
    columns.outcome[number] = outcomes.indexOf(outcome);
    return true;
  }

  /** @returns false for a message that nobody sent */
  processed(id: string, atMs: number): boolean {
    const place = this.#find(id);
    if (place === undefined) return false;
    const { columns, number } = place;
    if (Number.isNaN(columns.processedAtMs[number])) columns.processedAtMs[number] = atMs;
    else columns.more.set(number, [...(columns.more.get(number) ?? []), atMs]);
    return true;
  }

  uncertain(id: string): void {
    const place = this.#find(id);
    if (place !== undefined) place.columns.isUncertain[place.number] = 1;
  }

  /** What is known of a message; undefined for one that nobody sent. */
  entry(id: string): LoggedMessage | undefined {
    const place = this.#find(id);
    return place && this.#read(id, place);
  }

  /** All messages, producer by producer. */
  *entries(): Generator<LoggedMessage> {
    for (const [producer, columns] of this.#producers) {
      for (let number = 0; number < columns.isKnown.length; number++) {
        if (columns.isKnown[number] === 1) yield this.#read(this.#idOf(producer, number), { columns, number });
      }
    }
  }

  #read(id: string, { columns, number }: Place): LoggedMessage {
    const first = columns.processedAtMs[number] ?? Number.NaN;
    return {
      id,
      queue: this.#queues[columns.queue[number] ?? 0] ?? '',
      sentAtMs: columns.sentAtMs[number] ?? 0,
      processedAtMs: Number.isNaN(first) ? [] : [first, ...(columns.more.get(number) ?? [])],
      outcome: outcomes[columns.outcome[number] ?? 0] ?? 'pending',
      uncertain: columns.isUncertain[number] === 1,
    };
  }

  #find(id: string): Place | undefined {
    const [producer, number] = this.#located(id);
    const columns = this.#producers.get(producer);
    return columns?.isKnown[number] === 1 ? { columns, number } : undefined;
  }

  #located(id: string): readonly [producer: string, number: number] {
    return parsed(id) ?? [oddProducer, this.#oddNumbers.get(id) ?? -1];
  }

  #idOf(producer: string, number: number): string {
    return producer === oddProducer ? (this.#oddIds[number] ?? '') : `${producer}-${number}`;
  }

  #queueNumber(queue: string): number {
    const known = this.#queues.indexOf(queue);
    if (known >= 0) return known;
    // A scenario has at most twenty queues; a number of a queue is one byte.
    return this.#queues.push(queue) - 1;
  }
}

/** No producer is called so. */
const oddProducer = '';

const parsed = (id: string): readonly [producer: string, number: number] | undefined => {
  const dash = id.lastIndexOf('-');
  const digits = id.slice(dash + 1);
  if (dash < 1 || !/^(?:0|[1-9]\d*)$/.test(digits)) return undefined;
  const number = Number(digits);
  return number <= mostMessages ? [id.slice(0, dash), number] : undefined;
};
