import type { Clock } from '../runtime/clock.ts';
import { InvalidInput } from '../runtime/errors.ts';
import { mapWithConcurrency } from '../runtime/map-with-concurrency.ts';
import type { AbandonResult, ClaimResult, ConfirmResult } from './claim-result.ts';
import { isCanonicalDestination } from './destination.ts';
import { processedRecords, regionItems } from './entry-from-items.ts';
import { type HeldClaim, HeldClaims, type Named } from './held-claims.ts';
import { identifyMessage, type MessageIdentity } from './identify-message.ts';
import { confirmMarginMs, leaseSkewMs } from './lease.ts';
import type { ClaimableMessage, LedgerEntry, LedgerLookup, MessageKey, ProcessedRecord } from './ledger-entry.ts';
import { claimKey, partitionKey, processedKey } from './ledger-key.ts';
import type { LedgerMessage } from './ledger-message.ts';
import { type LedgerLog, type LedgerObserver, loggedKey, loggedKeys } from './ledger-observer.ts';
import {
  type ClaimItem,
  type ClaimRequest,
  type EarlierRecord,
  itemName,
  type LedgerItem,
  type LedgerItemKey,
  type LedgerReader,
  type LedgerTable,
  type ProcessedItem,
} from './ledger-table.ts';
import { TableLookup } from './lookup-entries.ts';
import { provesProcessed } from './proves-processed.ts';

/** Conditional writes on their way at once: a hundred claims take five round trips, and half of the SDK's 50 sockets. */
const writesAtOnce = 20;

/** Records of older messages with the same id that one item keeps: its size bounds what every read of it costs. */
const earlierRecords = 20;

/** A message to be claimed, and what is recorded of others that had its id. */
interface Wanted extends Named {
  readonly createdAtMs: number | undefined;
  readonly others: readonly ProcessedRecord[];
  /** Those of this Region, as its item has them. */
  readonly earlier: readonly EarlierRecord[];
}

/** What a ledger works with. */
export interface LedgerSettings {
  readonly pair: string;
  /** Region of the broker that is consumed from, and of this process. */
  readonly region: string;
  readonly otherRegion: string;
  /** The own Region's replica of the table. */
  readonly table: LedgerTable;
  /** The other Region's replica, for lookups; undefined when it must not be asked. */
  readonly otherTable: LedgerReader | undefined;
  /** Name of the consumer, as the records show it. */
  readonly consumer: string;
  /** Unique to one run of one consumer: a process, or an invocation of a function. */
  readonly owner: string;
  readonly leaseSeconds: number;
  readonly retentionSeconds: number;
  readonly identity: MessageIdentity;
  readonly clock: Clock;
  readonly log: LedgerLog;
  readonly observer: LedgerObserver;
}

/**
 * The ledger of processed messages as one run of one consumer uses it: claim, cause the side effect, confirm, and only
 * then acknowledge. Claims exclude the consumers of one Region from each other; between Regions, confirmations do.
 *
 * Every method throws ServiceUnavailable, AccessDenied, NotFound, RequestRejected and UnexpectedAnswer when the table
 * cannot be used, and InvalidInput for a key with an empty part.
 */
export class Ledger implements LedgerLookup {
  readonly settings: LedgerSettings;
  readonly #held = new HeldClaims();
  readonly #lookup: TableLookup;

  constructor(settings: LedgerSettings) {
    this.settings = settings;
    const { table, otherRegion, otherTable, clock } = settings;
    this.#lookup = new TableLookup({ own: table, otherRegion, other: otherTable, clock });
  }

  /** The same ledger for another run of the consumer, which holds no claims yet. */
  withOwner(owner: string): Ledger {
    return new Ledger({ ...this.settings, owner });
  }

  /** The key of a message. @throws MessageUnidentifiable when it lacks what the ledger identifies messages by */
  keyOf(message: LedgerMessage): ClaimableMessage {
    const { pair, identity } = this.settings;
    const { destination, createdAtMs } = message;
    const key = { pair, destination, id: identifyMessage(message, identity, destination) };
    return createdAtMs === undefined ? key : { ...key, createdAtMs };
  }

  async claim(message: ClaimableMessage): Promise<ClaimResult> {
    const [result] = await this.claimAll([message]);
    return result ?? { status: 'repeated', key: message };
  }

  /**
   * Claims messages, one result for each in their order. What this process has in flight already counts as claimed
   * elsewhere, since a message that comes again while its handler runs must not run twice. A record of an older message
   * with the same id is no reason to skip one: it is claimed, and the observer is told.
   *
   * @param options.leaseUntilMs when the claims end, in milliseconds since the Unix epoch; by default a lease from now
   * @throws InvalidInput for a destination that is not one queue or one subscription of a topic
   */
  async claimAll(
    messages: readonly ClaimableMessage[],
    options: { readonly leaseUntilMs?: number } = {},
  ): Promise<readonly ClaimResult[]> {
    const { table, otherRegion, clock } = this.settings;
    this.#held.forgetBefore(clock.nowMs());
    const named = messages.map(({ createdAtMs, ...key }) => ({ key, pk: claimedPartition(key), createdAtMs }));
    const firsts = [...new Map(named.toReversed().map((each) => [each.pk, each])).values()].reverse();
    // Side effects whose confirmation failed: their messages are processed, whoever gets them next.
    await this.confirmAll(this.#held.unconfirmed());
    const readAtMs = clock.nowMs();
    const items = await table.read(
      firsts.flatMap(({ pk }) => [processedKey(pk, table.region), processedKey(pk, otherRegion)]),
    );
    const results = await mapWithConcurrency(clock, firsts, writesAtOnce, async (each) => {
      const records = this.#recordsIn(items, each.pk);
      const processed = records.filter((record) => provesProcessed(record, each.createdAtMs));
      if (processed.length > 0) return { status: 'processed', key: each.key, processed } as const;
      const wanted = { ...each, others: records, earlier: earlierIn(items, processedKey(each.pk, table.region)) };
      return await this.#claimOne(wanted, readAtMs, options.leaseUntilMs);
    });
    const byPartition = new Map(firsts.map((each, index) => [each.pk, { ...each, result: results[index] }]));
    const given = new Set<string>();
    return named.map(({ key, pk, createdAtMs }): ClaimResult => {
      const first = byPartition.get(pk);
      if (first?.result !== undefined && !given.has(pk)) {
        given.add(pk);
        return first.result;
      }
      // Another message with the same id: it must wait until the first one is done with, and come again.
      return isSameMessage(first?.createdAtMs, createdAtMs)
        ? { status: 'repeated', key }
        : this.#waitsFor(key, first?.result, options.leaseUntilMs);
    });
  }

  async confirm(key: MessageKey): Promise<ConfirmResult> {
    const [result] = await this.confirmAll([key]);
    return result ?? { status: 'not-claimed', key };
  }

  /**
   * Records that the side effects happened, now. After an error nobody knows which were recorded: ask again, or claim
   * the message when it comes back, which confirms it first.
   */
  async confirmAll(keys: readonly MessageKey[]): Promise<readonly ConfirmResult[]> {
    const { table, clock } = this.settings;
    const nowMs = clock.nowMs();
    const named = keys.map((key): Named => ({ key, pk: partitionKey(key) }));
    const held = named.map((each) => this.#held.confirming(each, nowMs));
    // As long as its lease lasts nobody else can have recorded the message, so nothing is overwritten.
    const safe = held.filter((claim) => claim !== undefined && nowMs + confirmMarginMs <= claim.leaseUntilMs);
    const safeClaims = [...new Set(safe as HeldClaim[])];
    if (safeClaims.length > 0) {
      const untilMs = Math.min(...safeClaims.map(({ leaseUntilMs }) => leaseUntilMs));
      await table.putProcessed(
        safeClaims.map((claim) => this.#processedWrite(claim)),
        untilMs,
      );
    }
    const done = new Set(safeClaims);
    const results = await mapWithConcurrency(
      clock,
      named,
      writesAtOnce,
      async ({ key, pk }): Promise<ConfirmResult> => {
        const claim = this.#held.get(pk);
        const status = claim === undefined ? await this.#findOwnRecord(pk) : await this.#confirmOne(claim, done);
        return { key, status };
      },
    );
    for (const { pk } of named) this.#held.release(pk);
    return results;
  }

  async abandon(key: MessageKey): Promise<AbandonResult> {
    const [result] = await this.abandonAll([key]);
    return result ?? { status: 'not-held', key };
  }

  /**
   * Gives claims back, for messages whose side effect did **not** happen: the next consumer gets them at once. A message
   * whose handler may have done its work must be left to its lease instead, so that it is named uncertain.
   */
  async abandonAll(keys: readonly MessageKey[]): Promise<readonly AbandonResult[]> {
    const { table, clock, owner } = this.settings;
    return await mapWithConcurrency(clock, keys, writesAtOnce, async (key): Promise<AbandonResult> => {
      const pk = partitionKey(key);
      const claim = this.#held.get(pk);
      // Once a confirmation was sent it may arrive at any time.
      if (claim === undefined || claim.confirmAtMs !== undefined) return { key, status: 'not-held' };
      this.#held.release(pk);
      const { atMs } = claim;
      const ended = await table.end(claimKey(pk, table.region), { owner, atMs }, clock.nowMs());
      return { key, status: ended ? 'abandoned' : 'not-held' };
    });
  }

  /**
   * Lets claims end a whole lease from now, for a handler that takes longer than it thought.
   *
   * @returns the keys whose claim was lost
   */
  async renewAll(keys: readonly MessageKey[]): Promise<readonly MessageKey[]> {
    const { clock } = this.settings;
    const renewed = await mapWithConcurrency(clock, keys, writesAtOnce, async (key) => {
      const claim = this.#held.get(partitionKey(key));
      return claim !== undefined && (await this.#extend(claim));
    });
    return keys.filter((_, index) => renewed[index] !== true);
  }

  lookup(keys: readonly MessageKey[]): Promise<readonly LedgerEntry[]> {
    return this.#lookup.lookup(keys);
  }

  /** Tells the log and the observer about side effects that happened but could not be recorded. */
  reportUnconfirmed(keys: readonly MessageKey[], error: unknown): void {
    this.settings.log.error(
      'ledger: side effects could not be confirmed; if their messages are delivered again, they are uncertain',
      { ...loggedKeys(keys), error: String(error) },
    );
    this.settings.observer.onUnconfirmed?.(keys, error);
  }

  /** Tells the log about claims that could not be abandoned. */
  reportNotGivenBack(keys: readonly MessageKey[], error: unknown): void {
    this.settings.log.error('ledger: claims could not be released; they end with their leases', {
      ...loggedKeys(keys),
      error: String(error),
    });
  }

  #recordsIn(items: ReadonlyMap<string, LedgerItem>, pk: string): readonly ProcessedRecord[] {
    const { region, otherRegion } = this.settings;
    return [region, otherRegion].flatMap((each) =>
      processedRecords(regionItems(each, items.get(itemName(processedKey(pk, each))), undefined)),
    );
  }

  async #claimOne(wanted: Wanted, readAtMs: number, untilMs: number | undefined): Promise<ClaimResult> {
    const { table, clock, owner } = this.settings;
    const { key, pk, createdAtMs, earlier } = wanted;
    const inHand = this.#held.get(pk);
    const atMs = clock.nowMs();
    if (inHand !== undefined && atMs < inHand.leaseUntilMs) {
      const { leaseUntilMs } = inHand;
      return { status: 'elsewhere', key, owner, leaseUntilMs, refusals: 0, retryAfterMs: leaseUntilMs - atMs };
    }
    const request = this.#request(atMs, untilMs);
    const item = claimKey(pk, table.region);
    // Only a lease that had ended before the `P` items were read: its owner may have recorded the message until then.
    const taken =
      (await table.takeFree(item, request)) ?? (await table.takeOver(item, request, readAtMs - leaseSkewMs));
    const claim = taken ?? (await table.refuse(item, request.expiresAtSeconds));
    const late = claim.late.filter((record) => provesProcessed(record, createdAtMs));
    if (late.length > 0) return await this.#settleLate({ key, pk }, { ...claim, late }, taken !== undefined);
    // A call whose answer was lost had taken it nevertheless.
    if (claim.owner !== owner || claim.atMs !== atMs || claim.endedAtMs !== undefined) {
      return this.#refused(wanted, claim);
    }
    const { leaseUntilMs } = request;
    this.#held.add({ key, pk, atMs, leaseUntilMs, createdAtMs, earlier });
    this.#reportClaim(wanted, claim);
    return { status: 'claimed', key, leaseUntilMs, attempt: claim.attempt };
  }

  #waitsFor(key: MessageKey, first: ClaimResult | undefined, untilMs: number | undefined): ClaimResult {
    const { owner, clock, leaseSeconds } = this.settings;
    const leaseUntilMs =
      first !== undefined && 'leaseUntilMs' in first
        ? first.leaseUntilMs
        : (untilMs ?? clock.nowMs() + leaseSeconds * 1_000);
    const retryAfterMs = Math.max(0, leaseUntilMs + leaseSkewMs + 1 - clock.nowMs());
    return { status: 'elsewhere', key, owner, leaseUntilMs, refusals: 0, retryAfterMs };
  }

  #refused({ key, others }: Wanted, claim: ClaimItem): ClaimResult {
    const { owner = 'nobody', endedAtMs, leaseUntilMs } = claim;
    const waitMs = endedAtMs === undefined ? leaseUntilMs + leaseSkewMs + 1 - this.settings.clock.nowMs() : 0;
    // Refusals are counted for the id. This message has not been processed under it, so it must not be given up.
    const refusals = others.length > 0 ? 0 : claim.refusals;
    return { status: 'elsewhere', key, owner, leaseUntilMs, refusals, retryAfterMs: Math.max(0, waitMs) };
  }

  /** A consumer finished after it had lost its claim: the message is processed, and whoever holds the claim records it. */
  async #settleLate({ key, pk }: Named, claim: ClaimItem, isHolder: boolean): Promise<ClaimResult> {
    const { table, region } = this.settings;
    const [first] = claim.late;
    if (isHolder && first !== undefined) {
      await table.putProcessedOnce({
        key: processedKey(pk, region),
        item: first,
        expiresAtSeconds: this.#expiresAt(first.atMs),
      });
    }
    return { status: 'processed', key, processed: processedRecords({ region, processed: undefined, claim }) };
  }

  /** Confirms what the batch did not: renews the claim, so that nobody takes it over meanwhile, and records once. */
  async #confirmOne(claim: HeldClaim, done: ReadonlySet<HeldClaim>): Promise<ConfirmResult['status']> {
    if (done.has(claim)) return 'confirmed';
    const { table, owner } = this.settings;
    if (await this.#extend(claim)) {
      const existing = await table.putProcessedOnce(this.#processedWrite(claim));
      if (existing === undefined) return 'confirmed';
      if (provesProcessed(existing, claim.createdAtMs)) {
        if (existing.owner === owner) return 'already';
      } else {
        // The claim was renewed a moment ago, so nobody else writes; what is recorded of another message is kept.
        const { leaseUntilMs } = this.#held.get(claim.pk) ?? claim;
        await table.putProcessed([this.#processedWrite({ ...claim, earlier: withEarlier(existing) })], leaseUntilMs);
        return 'confirmed';
      }
    } else if ((await this.#findOwnRecord(claim.pk)) === 'already') return 'already';
    return await this.#recordLate(claim);
  }

  async #recordLate(claim: HeldClaim): Promise<'late'> {
    const { table, owner, consumer: by, log, observer } = this.settings;
    const { key, pk, createdAtMs, confirmAtMs: atMs = this.settings.clock.nowMs() } = claim;
    const late = { atMs, by, owner, ...(createdAtMs !== undefined && { createdAtMs }) };
    await table.recordLate(claimKey(pk, table.region), late, this.#expiresAt(atMs));
    log.warn('ledger: a message was processed by a consumer that had lost its claim; it may be processed twice', {
      ...loggedKey(key),
      owner,
    });
    observer.onDuplicate?.({ key, owner });
    return 'late';
  }

  async #findOwnRecord(pk: string): Promise<'already' | 'not-claimed'> {
    const { table, owner } = this.settings;
    const key = processedKey(pk, table.region);
    const found = (await table.read([key])).get(itemName(key));
    return found?.kind === 'processed' && found.owner === owner ? 'already' : 'not-claimed';
  }

  async #extend(claim: HeldClaim): Promise<boolean> {
    const { table, clock, leaseSeconds } = this.settings;
    const untilMs = Math.max(claim.leaseUntilMs, clock.nowMs() + leaseSeconds * 1_000);
    const extended = await table.extend(claimKey(claim.pk, table.region), this.#request(claim.atMs, untilMs));
    if (extended) this.#held.extend(claim.pk, untilMs);
    return extended;
  }

  #reportClaim({ key, createdAtMs, others, earlier }: Wanted, claim: ClaimItem): void {
    const { log, observer } = this.settings;
    const lost = claim.lost?.takenOverAtMs === claim.atMs ? claim.lost.owner : undefined;
    // A claim that was confirmed stands until somebody takes the next one.
    if (lost !== undefined && !earlier.some(({ owner }) => owner === lost)) this.#reportTakeover(key, claim, lost);
    if (others.length === 0) return;
    log.warn(
      'ledger: a message has the id of an older one that was processed; it is handed over. Its producer repeats ids, ' +
        'so that a duplicate can only be recognised by its creation time',
      { ...loggedKey(key), createdAtMs, records: others.slice(0, 5) },
    );
    observer.onIdRepeated?.({ key, createdAtMs, records: others });
  }

  #reportTakeover(key: MessageKey, { takenOver }: ClaimItem, lostOwner: string): void {
    const { log, observer, owner: newOwner } = this.settings;
    log.warn('ledger: an expired claim was taken over; its message may be processed twice', {
      ...loggedKey(key),
      lostOwner,
      newOwner,
      takenOver,
    });
    observer.onTakeover?.({ key, lostOwner, newOwner, takenOver });
  }

  #request(atMs: number, untilMs: number | undefined): ClaimRequest {
    const { owner, leaseSeconds } = this.settings;
    const leaseUntilMs = untilMs ?? atMs + leaseSeconds * 1_000;
    return { owner, atMs, leaseUntilMs, expiresAtSeconds: this.#expiresAt(atMs) };
  }

  #processedWrite({ pk, createdAtMs, earlier = [], confirmAtMs: atMs = this.settings.clock.nowMs() }: HeldClaim) {
    const { region, owner, consumer: by } = this.settings;
    return {
      key: processedKey(pk, region),
      item: {
        atMs,
        by,
        owner,
        ...(createdAtMs !== undefined && { createdAtMs }),
        ...(earlier.length > 0 && { earlier }),
      },
      expiresAtSeconds: this.#expiresAt(atMs),
    };
  }

  #expiresAt(atMs: number): number {
    return Math.floor(atMs / 1_000) + this.settings.retentionSeconds;
  }
}

/** The record of a message and those of older ones with its id, as the record of the next one keeps them. */
const withEarlier = ({ kind: _, earlier = [], ...record }: ProcessedItem): readonly EarlierRecord[] =>
  [record, ...earlier].slice(0, earlierRecords);

/** Whether two messages with one id are the same message as far as they say when they were made. */
const isSameMessage = (one: number | undefined, other: number | undefined): boolean =>
  one === undefined || other === undefined || one === other;

const earlierIn = (items: ReadonlyMap<string, LedgerItem>, key: LedgerItemKey): readonly EarlierRecord[] => {
  const item = items.get(itemName(key));
  return item?.kind === 'processed' ? withEarlier(item) : [];
};

/** @throws InvalidInput for an empty part, and a destination that is not one queue or one subscription of a topic */
const claimedPartition = (key: MessageKey): string => {
  if (key.destination === '' || isCanonicalDestination(key.destination)) return partitionKey(key);
  throw new InvalidInput(
    `"${key.destination}" is not the name of one queue, or topic://<name>?subscription=<subscription>: make keys with keyOf`,
    { destination: key.destination },
  );
};
