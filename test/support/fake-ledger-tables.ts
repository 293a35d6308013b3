import {
  type ClaimIdentity,
  type ClaimItem,
  type ClaimRequest,
  itemName,
  type LateRecord,
  type LedgerItem,
  type LedgerItemKey,
  type LedgerTable,
  type ProcessedItem,
  type ProcessedWrite,
} from '../../functions/ledger/ledger-table.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { ServiceUnavailable } from '../../functions/runtime/errors.ts';

/** One write as it happened. */
export interface FakeWrite {
  readonly region: string;
  readonly name: string;
  readonly item: LedgerItem;
  readonly atMs: number;
}

interface FakeTableOptions {
  readonly clock: Clock;
  /** Milliseconds that a request, and its answer, is under way. */
  readonly travelMs?: () => number;
  /** Whether the answer of the next call is lost, after it had its effect; the call is repeated then, as an adapter does. */
  readonly losesAnswer?: () => boolean;
  /** Milliseconds for which a consumer stands still after it has read. */
  readonly standsStillMs?: () => number;
  /** Milliseconds until a write is seen in the other Region. */
  readonly lagMs?: () => number;
}

/** How often a call is sent whose answer is lost. */
const attempts = 3;
/** What one call may take; see the adapter. */
const callTimeMs = 3_000;

const noClaim: ClaimItem = {
  kind: 'claim',
  owner: undefined,
  atMs: 0,
  leaseUntilMs: 0,
  endedAtMs: undefined,
  attempt: 0,
  takenOver: 0,
  lost: undefined,
  refusals: 0,
  late: [],
};

/** The replicas of a table in several Regions: conditional writes in each, lag and the last writer between them. */
export class FakeLedgerTables {
  /** Every write by a consumer, in order. */
  readonly writes: FakeWrite[] = [];
  readonly #options: FakeTableOptions;
  readonly #arriving: { readonly to: string; readonly dueMs: number; readonly write: FakeWrite }[] = [];
  readonly #shown = new Map<string, Map<string, FakeWrite>>();

  constructor(options: FakeTableOptions, regions: readonly string[]) {
    this.#options = options;
    for (const region of regions) this.#shown.set(region, new Map());
  }

  /** @param clock of the consumer, which may be wrong */
  in(region: string, clock: Clock = this.#options.clock): LedgerTable {
    return new FakeReplica(region, this, clock);
  }

  /** Sends a call there and its answer back; only the middle is atomic. */
  async call<T>(act: () => T): Promise<T> {
    const { travelMs = () => 0, losesAnswer = () => false } = this.#options;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      await this.#pause(travelMs());
      const answer = act();
      await this.#pause(travelMs());
      if (!losesAnswer()) return answer;
    }
    throw new ServiceUnavailable('every answer was lost');
  }

  async standStill(): Promise<void> {
    const { standsStillMs = () => 0 } = this.#options;
    await this.#pause(standsStillMs());
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await this.#options.clock.sleepMs(milliseconds);
  }

  get(region: string, key: LedgerItemKey): LedgerItem | undefined {
    this.#deliver(region);
    return this.#shown.get(region)?.get(itemName(key))?.item;
  }

  claim(region: string, key: LedgerItemKey): ClaimItem {
    const item = this.get(region, key);
    return item?.kind === 'claim' ? item : noClaim;
  }

  put(region: string, key: LedgerItemKey, item: LedgerItem): void {
    const { clock, lagMs = () => 0 } = this.#options;
    const write = { region, name: itemName(key), item, atMs: clock.nowMs() };
    this.writes.push(write);
    this.#shown.get(region)?.set(write.name, write);
    for (const to of this.#shown.keys()) {
      if (to !== region) this.#arriving.push({ to, dueMs: write.atMs + lagMs(), write });
    }
  }

  #deliver(region: string): void {
    const nowMs = this.#options.clock.nowMs();
    const shown = this.#shown.get(region);
    for (const { to, dueMs, write } of this.#arriving) {
      const known = shown?.get(write.name);
      if (to === region && dueMs <= nowMs && (known === undefined || known.atMs <= write.atMs)) {
        shown?.set(write.name, write);
      }
    }
  }
}

class FakeReplica implements LedgerTable {
  readonly region: string;
  readonly #tables: FakeLedgerTables;

  readonly #clock: Clock;

  constructor(region: string, tables: FakeLedgerTables, clock: Clock) {
    this.region = region;
    this.#tables = tables;
    this.#clock = clock;
  }

  async read(keys: readonly LedgerItemKey[]): Promise<ReadonlyMap<string, LedgerItem>> {
    const items = await this.#tables.call(() => {
      const found = keys.map((key) => [itemName(key), this.#tables.get(this.region, key)] as const);
      return new Map(found.filter((entry): entry is [string, LedgerItem] => entry[1] !== undefined));
    });
    await this.#tables.standStill();
    return items;
  }

  takeFree(key: LedgerItemKey, claim: ClaimRequest): Promise<ClaimItem | undefined> {
    return this.#change(
      key,
      ({ owner, endedAtMs }) => owner === undefined || endedAtMs !== undefined,
      (old) => ({ ...old, ...requested(claim), endedAtMs: undefined, attempt: old.attempt + 1 }),
    );
  }

  takeOver(key: LedgerItemKey, claim: ClaimRequest, expiredBeforeMs: number): Promise<ClaimItem | undefined> {
    return this.#change(
      key,
      ({ owner, endedAtMs, leaseUntilMs }) =>
        owner !== undefined && endedAtMs === undefined && leaseUntilMs < expiredBeforeMs,
      (old) => ({
        ...old,
        ...requested(claim),
        attempt: old.attempt + 1,
        takenOver: old.takenOver + 1,
        lost: {
          owner: old.owner ?? '',
          atMs: old.atMs,
          leaseUntilMs: old.leaseUntilMs,
          takenOverAtMs: claim.atMs,
        },
      }),
    );
  }

  async refuse(key: LedgerItemKey): Promise<ClaimItem> {
    const refused = await this.#change(
      key,
      () => true,
      (old) => ({ ...old, refusals: old.refusals + 1 }),
    );
    return refused ?? noClaim;
  }

  async extend(key: LedgerItemKey, claim: ClaimRequest): Promise<boolean> {
    const extended = await this.#change(
      key,
      ({ owner, atMs, endedAtMs }) => owner === claim.owner && atMs === claim.atMs && endedAtMs === undefined,
      (old) => ({ ...old, leaseUntilMs: claim.leaseUntilMs }),
    );
    return extended !== undefined;
  }

  async end(key: LedgerItemKey, claim: ClaimIdentity, endedAtMs: number): Promise<boolean> {
    const ended = await this.#change(
      key,
      ({ owner, atMs }) => owner === claim.owner && atMs === claim.atMs,
      (old) => ({ ...old, endedAtMs }),
    );
    return ended !== undefined;
  }

  async recordLate(key: LedgerItemKey, late: LateRecord): Promise<void> {
    await this.#change(
      key,
      (old) => old.late.every(({ owner }) => owner !== late.owner),
      (old) => ({ ...old, late: [...old.late, late] }),
    );
  }

  async putProcessed(writes: readonly ProcessedWrite[], untilMs: number): Promise<void> {
    // A batch is no transaction: its items are written one by one, and others may come in between.
    for (const { key, item } of writes) {
      if (this.#clock.nowMs() + callTimeMs > untilMs) throw new ServiceUnavailable('the time was up');
      await this.#tables.call(() => this.#tables.put(this.region, key, { ...item, kind: 'processed' }));
    }
  }

  putProcessedOnce({ key, item }: ProcessedWrite): Promise<ProcessedItem | undefined> {
    return this.#tables.call(() => {
      const existing = this.#tables.get(this.region, key);
      if (existing?.kind === 'processed') return existing;
      this.#tables.put(this.region, key, { ...item, kind: 'processed' });
      return undefined;
    });
  }

  #change(
    key: LedgerItemKey,
    condition: (old: ClaimItem) => boolean,
    change: (old: ClaimItem) => ClaimItem,
  ): Promise<ClaimItem | undefined> {
    return this.#tables.call(() => {
      const old = this.#tables.claim(this.region, key);
      if (!condition(old)) return undefined;
      const changed = change(old);
      this.#tables.put(this.region, key, changed);
      return changed;
    });
  }
}

const requested = ({ owner, atMs, leaseUntilMs }: ClaimRequest) => ({ owner, atMs, leaseUntilMs });
