import rhea from 'rhea';
import { type MessageFacts, readMessage } from '../amqp/read-message.ts';
import { amqpBodyBytes } from '../amqp-body.ts';
import type { Clock } from '../clock.ts';
import { heldMessage } from '../held-message.ts';
import type { HeldMessage } from '../queue-walk.ts';
import type { WalkConnection } from './walk-connection.ts';
import type { WalkLane } from './walk-lane.ts';
import {
  defaultPage,
  deliveriesLimit,
  groupedLimit,
  leastPage,
  linkWindow,
  nextPull,
  producerSkewMs,
  shareBytes,
} from './walk-limits.ts';
import { type Arrival, flushingPull, WalkLink } from './walk-link.ts';

/** A connection of a walk; one on which messages are removed has a lane. */
export interface WalkPath {
  readonly connection: WalkConnection;
  readonly lane?: WalkLane;
}

/** A message that a link holds. */
export interface Held extends Arrival {
  readonly message: HeldMessage;
}

/** Messages of one link, in the order of the queue. */
export interface Share {
  readonly link: WalkLink;
  readonly path: WalkPath;
  readonly held: readonly Held[];
}

/** Why no more is read: the end, or what was in the way. */
export type ReadingEnd =
  | { readonly complete: true; readonly remark?: string }
  | { readonly complete: false; readonly remark: string };

/** How far a queue is to be read. */
export interface ReadingLimits {
  readonly clock: Clock;
  readonly queue: string;
  /** Milliseconds since the Unix epoch. */
  readonly deadlineMs: number;
}

/** What is known of a message that is none of AMQP 1.0: nothing. */
const unreadable: MessageFacts = {
  messageId: undefined,
  correlationId: undefined,
  groupId: undefined,
  createdAtMs: undefined,
  expiresAtMs: undefined,
  timeToLiveMs: undefined,
  durable: false,
  deliveryCount: 0,
};

const factsOf = (bytes: Buffer): MessageFacts => {
  try {
    return readMessage(bytes);
  } catch {
    return unreadable;
  }
};

const bodyOf = (bytes: Buffer): Uint8Array | undefined => amqpBodyBytes(rhea.message.decode(bytes).body);

/**
 * Takes hold of a queue from its head on, by links of which each holds a part; docs/adr/0014-queue-walk.md says why. What
 * it holds stays held until `giveBack`.
 */
export class WalkReader {
  readonly #limits: ReadingLimits;
  readonly #paths: readonly WalkPath[];
  readonly #startedMs: number;
  readonly #links: WalkLink[] = [];
  #lastPull: { readonly asked: number; readonly largestBytes: number } | undefined;
  /** The link that owns message groups, if one does: the broker offers their messages to no other. */
  #grouped: { readonly link: WalkLink; readonly path: WalkPath; held: number } | undefined;
  #rounds = 0;
  #seen = 0;
  /** Messages that the broker offers at a time, as far as it has shown. */
  #page = defaultPage;
  /** Pulls in a row that brought nothing. */
  #empty = 0;
  #end: ReadingEnd | undefined;

  constructor(limits: ReadingLimits, paths: readonly WalkPath[]) {
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

  /** Reads no further. */
  stop(end: ReadingEnd): void {
    this.#end ??= end;
  }

  /**
   * The next messages, one share for each connection of one half; none at the end. The halves take turns, because the
   * broker sends nothing over a connection while it works on a transaction of it.
   *
   * @throws as WalkLink
   */
  async read(): Promise<readonly Share[]> {
    const shares: Share[] = [];
    const half = Math.ceil(this.#paths.length / 2);
    const paths = this.#rounds % 2 === 0 ? this.#paths.slice(0, half) : this.#paths.slice(-half);
    this.#rounds += 1;
    for (const path of paths) {
      if (this.#end !== undefined) break;
      const share = await this.#readShare(path);
      if (share.held.length > 0) shares.push(share);
      // The link with the groups goes on alone.
      if (this.#grouped !== undefined) break;
    }
    return shares;
  }

  /**
   * Gives back everything that is held, from the head of the queue on, so that its order is as it was.
   *
   * @throws ServiceUnavailable when a connection is lost; what the others hold is given back all the same
   */
  async giveBack(): Promise<void> {
    let first: unknown;
    for (const link of this.#links.splice(0)) await link.giveBack().catch((error: unknown) => (first ??= error));
    if (first !== undefined) throw first;
  }

  async #readShare(path: WalkPath): Promise<Share> {
    const { link, path: pathOfLink } = this.#grouped ?? { link: await this.#attach(path), path };
    const held: Held[] = [];
    let bytes = 0;
    let unsure = false;
    while (((held.length < linkWindow && bytes < shareBytes) || unsure) && !this.#mustStop()) {
      const room = nextPull(linkWindow - held.length, this.#page, this.#lastPull);
      const asked = unsure ? flushingPull : room;
      const { arrivals, pausedAfter } = await link.pull(asked);
      unsure = pausedAfter !== undefined && arrivals.length > 0;
      if (pausedAfter !== undefined && pausedAfter > 0) this.#page = Math.max(pausedAfter, leastPage);
      // Asked twice: what the broker drops as expired may take the place of what it offers.
      this.#empty = arrivals.length === 0 ? this.#empty + 1 : 0;
      if (this.#empty === 2) this.stop({ complete: true });
      this.#lastPull = { asked, largestBytes: Math.max(...arrivals.map((arrival) => arrival.bytes.length), 1) };
      bytes += arrivals.reduce((sum, arrival) => sum + arrival.bytes.length, 0);
      held.push(...this.#hold(arrivals));
      if (this.#grouped === undefined && held.some(({ message }) => message.groupId !== undefined)) {
        this.#grouped = { link, path: pathOfLink, held: 0 };
      }
    }
    if (this.#grouped !== undefined) this.#grouped.held += held.length;
    return { link, path: pathOfLink, held };
  }

  async #attach({ connection }: WalkPath): Promise<WalkLink> {
    const link = await WalkLink.attach(connection, this.#limits.queue);
    this.#links.push(link);
    return link;
  }

  #mustStop(): boolean {
    const { clock, deadlineMs, queue } = this.#limits;
    if (clock.nowMs() >= deadlineMs) this.stop({ complete: false, remark: 'the time was over before the end' });
    if ((this.#grouped?.held ?? 0) >= groupedLimit) {
      const remark = `${queue} has message groups, of which the broker lets one link hold all, and more than ${groupedLimit} messages are too many for one`;
      this.stop({ complete: false, remark });
    }
    return this.#end !== undefined;
  }

  #hold(arrivals: readonly Arrival[]): readonly Held[] {
    const held: Held[] = [];
    let newer = 0;
    for (const arrival of arrivals) {
      const facts = factsOf(arrival.bytes);
      if (facts.deliveryCount >= deliveriesLimit) {
        this.stop({ complete: false, remark: worn(this.#seen, facts.deliveryCount) });
        break;
      }
      const place = { position: this.#seen, arrivedAtMs: this.#limits.clock.nowMs() };
      held.push({ ...arrival, message: heldMessage(arrival.bytes, facts, place, bodyOf) });
      this.#seen += 1;
      if ((facts.createdAtMs ?? 0) > this.#startedMs + producerSkewMs) newer += 1;
    }
    if (newer > 0 && newer === arrivals.length) {
      this.stop({ complete: true, remark: 'messages that came during the walk were not all looked at' });
    }
    return held;
  }
}

const worn = (position: number, deliveries: number): string =>
  `the message at position ${position} was delivered ${deliveries} times already, and a walk that broke off would add one ` +
  'more: nothing from it on was looked at. Consume it or move it away, then run again';
