import rhea from 'rhea';
import { amqpBodyBytes } from '../../ledger/amqp-body.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type AmqpMessageFacts, readMessage } from '../amqp/read-message.ts';
import { heldMessage } from './held-message.ts';
import { type Arrival, HoldingLink } from './holding-link.ts';
import { LinkEnd } from './link-end.ts';
import type { HeldMessage } from './port.ts';
import type { QuarantineMover } from './quarantine-mover.ts';
import { RequestSize } from './request-size.ts';
import type { ScanConnection } from './scan-connection.ts';
import { chunkBytes, deliveriesLimit, groupedLimit, linkWindow, producerSkewMs, stepLinks } from './scan-limits.ts';

/** A connection of a scan; one on which messages are removed has a mover. */
export interface ScanPath {
  readonly connection: ScanConnection;
  readonly mover?: QuarantineMover;
}

/** The connections of a scan, at least one. */
export type ScanPaths = readonly [ScanPath, ...ScanPath[]];

/** A message that a link holds. */
export interface HeldDelivery extends Arrival {
  readonly message: HeldMessage;
}

/** Messages of one link, in the order of the queue. */
export interface Chunk {
  readonly link: HoldingLink;
  readonly path: ScanPath;
  readonly held: readonly HeldDelivery[];
}

/** Why no more is read: the end, or what prevented it. */
export type ReadingEnd =
  | { readonly complete: true; readonly note?: string }
  | { readonly complete: false; readonly note: string };

/** How far a queue is to be read. */
export interface ReadingLimits {
  readonly clock: Clock;
  readonly queue: string;
  /** Milliseconds since the Unix epoch. */
  readonly deadlineMs: number;
  /** Messages that were there at the start, as the broker counts them; undefined where that is not known. */
  readonly sizeAtStart?: number | undefined;
}

/** Undefined for bytes that are no message of AMQP 1.0. */
const factsOf = (bytes: Buffer): AmqpMessageFacts | undefined => {
  try {
    return readMessage(bytes);
  } catch {
    return undefined;
  }
};

const bodyOf = (bytes: Buffer): Uint8Array | undefined => amqpBodyBytes(rhea.message.decode(bytes).body);

/** A link that is being filled. */
interface Filling {
  readonly link: HoldingLink;
  readonly path: ScanPath;
  readonly held: HeldDelivery[];
}

/** The link to which the broker offers all messages of groups, and how many messages it holds. */
interface Grouped {
  readonly filling: Filling;
  held: number;
}

/**
 * Takes hold of a queue from its head on, by links of which each holds a part; docs/adr/0014-queue-scan.md says why. What
 * it holds stays held until `release`.
 */
export class QueueReader {
  readonly #limits: ReadingLimits;
  readonly #paths: ScanPaths;
  readonly #startedMs: number;
  readonly #links: HoldingLink[] = [];
  readonly #size = new RequestSize();
  #grouped: Grouped | undefined;
  /** The first groups that were met. */
  readonly #groups = new Set<string>();
  /** The link that was filled last; the broker may have messages left over for it. */
  #filled: Filling | undefined;
  #turn = 0;
  #seen = 0;
  #end: ReadingEnd | undefined;

  constructor(limits: ReadingLimits, paths: ScanPaths) {
    this.#limits = limits;
    this.#paths = paths;
    this.#startedMs = limits.clock.nowMs();
  }

  /** Messages that were read. */
  get seen(): number {
    return this.#seen;
  }

  /** Why no more is read; undefined while there may be more. */
  get end(): ReadingEnd | undefined {
    return this.#end;
  }

  /**
   * The next messages, a few links full; none at the end. The connections take turns, because the broker sends nothing
   * over one while it works on a transaction of it.
   *
   * @throws AccessDenied, NotFound, ServiceUnavailable
   */
  async read(): Promise<readonly Chunk[]> {
    const chunks: Chunk[] = [];
    while (chunks.length < stepLinks) {
      if (this.#grouped !== undefined) {
        // The link with the groups goes on alone.
        chunks.push(await this.#readGrouped(this.#grouped));
        break;
      }
      const filled = this.#filled;
      this.#filled = undefined;
      const next = this.#mustStop() ? undefined : await this.#attach();
      if (filled !== undefined) {
        if (next !== undefined) await this.#flush(filled);
        chunks.push(filled);
      }
      if (next === undefined) break;
      await this.#fill(next);
      if (this.#grouped === undefined) this.#filled = next;
      else chunks.push(next);
    }
    return chunks.filter(({ held }) => held.length > 0);
  }

  /**
   * Returns everything that is held to the queue, from its head on, so that its order is as it was.
   *
   * @throws ServiceUnavailable when a connection is lost; what the others hold is returned all the same
   */
  async release(): Promise<void> {
    let first: unknown;
    for (const link of this.#links.splice(0)) {
      await link.release().catch((error: unknown) => {
        first ??= error;
      });
    }
    if (first !== undefined) throw first;
  }

  /** Attaches a link on the connection whose turn it is; the queue's messages go to this one alone from now on. */
  async #attach(): Promise<Filling> {
    const path = this.#paths[this.#turn % this.#paths.length] ?? this.#paths[0];
    this.#turn += 1;
    const link = await HoldingLink.attach(path.connection, this.#limits.queue);
    this.#links.push(link);
    return { link, path, held: [] };
  }

  /** Fills a new link. One for which nothing at all comes is the end. */
  async #fill(filling: Filling): Promise<void> {
    const { link, held } = filling;
    const linkEnd = new LinkEnd();
    for (let room = linkWindow; room > 0 && weight(held) < chunkBytes && !this.#mustStop(); ) {
      const answer = await link.request(this.#size.next(room));
      const came = this.#hold(filling);
      const nothingMore = linkEnd.reached(answer, came);
      if (nothingMore && held.length === 0) this.#stop({ complete: true });
      if (nothingMore || answer !== 'drained' || this.#grouped !== undefined) return;
      room -= came;
    }
  }

  /**
   * Gets what the broker has left over for a link that another one has taken the queue over from: this link is offered
   * nothing new, so what comes had been given to it before.
   *
   * @throws ServiceUnavailable
   */
  async #flush(filling: Filling): Promise<void> {
    const linkEnd = new LinkEnd();
    for (let answer = await filling.link.request(linkWindow); !linkEnd.reached(answer, this.#hold(filling)); ) {
      answer = await filling.link.request(linkWindow);
    }
  }

  /** Reads on by the link that owns message groups. Only the end of the queue or of the scan parts from it. */
  async #readGrouped(grouped: Grouped): Promise<Chunk> {
    const { link, path } = grouped.filling;
    const filling: Filling = { link, path, held: [] };
    const linkEnd = new LinkEnd();
    for (let room = linkWindow; room > 0 && weight(filling.held) < chunkBytes && !this.#mustStop(); ) {
      const answer = await link.request(this.#size.next(room));
      const came = this.#hold(filling);
      if (linkEnd.reached(answer, came)) this.#stop({ complete: true });
      room -= came;
      grouped.held += came;
    }
    return filling;
  }

  #stop(end: ReadingEnd): void {
    this.#end ??= end;
  }

  #mustStop(): boolean {
    const { clock, deadlineMs, queue } = this.#limits;
    if (clock.nowMs() >= deadlineMs)
      this.#stop({ complete: false, note: 'the time ran out before the end of the queue' });
    if ((this.#grouped?.held ?? 0) >= groupedLimit)
      this.#stop({ complete: false, note: tooManyGrouped(queue, this.#groups) });
    return this.#end !== undefined;
  }

  /** Takes what has arrived on a link; gives how many messages. */
  #hold(filling: Filling): number {
    const arrivals = filling.link.take();
    this.#size.arrived(arrivals);
    filling.held.push(...this.#accepted(arrivals));
    for (const { message } of filling.held) {
      if (message.groupId !== undefined && this.#groups.size < namedGroups) this.#groups.add(message.groupId);
    }
    if (this.#groups.size > 0) {
      this.#grouped ??= { filling, held: filling.held.length };
      // Another link has the queue by now, and nobody would get the groups' messages.
      if (filling.link !== this.#links.at(-1)) this.#stop({ complete: false, note: groupsParted(this.#groups) });
    }
    return arrivals.length;
  }

  #accepted(arrivals: readonly Arrival[]): readonly HeldDelivery[] {
    const held: HeldDelivery[] = [];
    let newer = 0;
    for (const arrival of this.#end?.complete === false ? [] : arrivals) {
      const facts = factsOf(arrival.bytes);
      const { deliveryCount = 0, createdAtMs = 0 } = facts ?? {};
      if (deliveryCount >= deliveriesLimit) {
        this.#stop({ complete: false, note: worn(this.#seen, deliveryCount) });
        break;
      }
      const place = { position: this.#seen, arrivedAtMs: this.#limits.clock.nowMs() };
      held.push({ ...arrival, message: heldMessage(arrival.bytes, facts, place, bodyOf) });
      this.#seen += 1;
      if (createdAtMs > this.#startedMs + producerSkewMs) newer += 1;
    }
    if (newer > 0 && newer === arrivals.length) this.#stopAtNewer();
    return held;
  }

  /**
   * Producers may send as fast as this reads. Creation times alone do not show that what was there is read: a producer's
   * clock may be ahead. The broker's count does, and without it this goes on as long as all clocks may be right.
   */
  #stopAtNewer(): void {
    const { clock, sizeAtStart } = this.#limits;
    if (sizeAtStart !== undefined) {
      if (this.#seen >= sizeAtStart) this.#stop({ complete: true, note: onlyNewer });
    } else if (clock.nowMs() > this.#startedMs + producerSkewMs) {
      this.#stop({ complete: false, note: guessedEnd });
    }
  }
}

/** Groups that a note names; it is read by an operator. */
const namedGroups = 5;

const weight = (held: readonly HeldDelivery[]): number => held.reduce((sum, { bytes }) => sum + bytes.length, 0);

const onlyNewer = 'not every message that arrived during the scan was read';

const guessedEnd =
  'only messages whose creation time is after the start of the scan were left to read, and the scan ended there: where a ' +
  "producer's clock is ahead, older ones may lie behind them, and without the broker's counters nothing shows that none does";

const namesOf = (groups: ReadonlySet<string>): string => [...groups].map((group) => JSON.stringify(group)).join(', ');

const tooManyGrouped = (queue: string, groups: ReadonlySet<string>): string =>
  `${queue} has message groups, of which the broker lets one link hold all, and more than ${groupedLimit} messages are too ` +
  `many for one; the first groups are ${namesOf(groups)}`;

const groupsParted = (groups: ReadonlySet<string>): string =>
  `the first message of a group came late, and others of ${namesOf(groups)} can no longer be read; run again`;

const worn = (position: number, deliveries: number): string =>
  `the message at position ${position} was delivered ${deliveries} times already, and a scan that broke off would add one ` +
  'more: nothing from there on was read. Consume it or move it away, then run again';
