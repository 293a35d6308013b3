import type {
  ClaimRecord,
  LedgerEntry,
  LedgerLookup,
  MessageKey,
  ProcessedRecord,
} from '../../functions/ledger/ledger-entry.ts';
import { noonMs } from './brokers.ts';

const east = 'us-east-1';

/** A side effect that the east recorded half a minute ago, unless told otherwise: the messages of tests are a minute old. */
export const processedRecord = (changes: Partial<ProcessedRecord> = {}): ProcessedRecord => ({
  region: east,
  atMs: noonMs - 30_000,
  by: 'billing',
  ...changes,
});

/** A claim that the east has, unless told otherwise. */
export const claimRecord = (changes: Partial<ClaimRecord> = {}): ClaimRecord => ({
  region: east,
  owner: 'billing/1',
  leaseUntilMs: noonMs + 60_000,
  atMs: noonMs - 60_000,
  attempt: 1,
  takenOver: 0,
  ...changes,
});

/** What a ledger that was read in both Regions holds about a message: nothing, unless told otherwise. */
export const ledgerEntry = (changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  key: { pair: 'orders', destination: 'work', id: 'ID:m1' },
  processed: [],
  claims: [],
  otherRegion: 'read',
  ...changes,
});

/** A ledger in memory, by canonical ids of one queue; `lookups` is what was asked, in order. */
export class FakeLookup implements LedgerLookup {
  readonly lookups: (readonly MessageKey[])[] = [];
  readonly #entries = new Map<string, Partial<LedgerEntry>>();
  otherRegion: LedgerEntry['otherRegion'] = 'read';

  given(entry: Omit<Partial<LedgerEntry>, 'key'>, ...ids: readonly string[]): this {
    for (const id of ids) this.#entries.set(id, entry);
    return this;
  }

  /** Enters messages as processed once. */
  processed(...ids: readonly string[]): this {
    return this.given({ processed: [processedRecord()] }, ...ids);
  }

  async lookup(keys: readonly MessageKey[]): Promise<readonly LedgerEntry[]> {
    this.lookups.push(keys);
    return keys.map((key) => ledgerEntry({ otherRegion: this.otherRegion, ...this.#entries.get(key.id), key }));
  }
}
