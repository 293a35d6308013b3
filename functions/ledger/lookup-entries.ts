import type { Clock } from '../runtime/clock.ts';
import { claimRecords, processedRecords, regionItems } from './entry-from-items.ts';
import type { LedgerEntry, LedgerLookup, MessageKey } from './ledger-entry.ts';
import { claimKey, partitionKey, processedKey } from './ledger-key.ts';
import { itemName, type LedgerItem, type LedgerItemKey, type LedgerReader } from './ledger-table.ts';

/**
 * How long the other Region is left alone after it failed to answer, in milliseconds. A reading that fails costs some
 * seconds (the client's time limits and retries); a scan of a thousand batches must not pay that for each.
 */
const otherRegionPauseMs = 30_000;

/** Where a lookup reads. */
export interface LookupTables {
  /** The replica of the Region that this process runs in. */
  readonly own: LedgerReader;
  readonly otherRegion: string;
  /** The other Region's replica; undefined when it must not be asked. */
  readonly other: LedgerReader | undefined;
  readonly clock: Clock;
}

/** An `Error` says that the other Region could not be read. */
type OtherReading = ReadonlyMap<string, LedgerItem> | Error;

/**
 * Looks messages up: each Region's items where they are authoritative, by consistent reads of fixed keys, both Regions
 * side by side. When the other one cannot be read its items are taken from the own replica, as far as they have arrived,
 * and the entries say so.
 */
export class TableLookup implements LedgerLookup {
  readonly #tables: LookupTables;
  #otherFailedAtMs: number | undefined;

  constructor(tables: LookupTables) {
    this.#tables = tables;
  }

  async lookup(keys: readonly MessageKey[]): Promise<readonly LedgerEntry[]> {
    const { own, otherRegion, clock } = this.#tables;
    const partitions = keys.map(partitionKey);
    const itemsOf = (region: string): LedgerItemKey[] =>
      [...new Set(partitions)].flatMap((pk) => [processedKey(pk, region), claimKey(pk, region)]);
    const [ownItems, answered] = await clock.concurrently<[ReadonlyMap<string, LedgerItem>, OtherReading]>([
      () => own.read(itemsOf(own.region)),
      () => this.#readOther(itemsOf(otherRegion)),
    ]);
    const isRead = !(answered instanceof Error);
    const otherItems = isRead ? answered : await own.read(itemsOf(otherRegion));
    return keys.map((key, index) => {
      const pk = partitions[index] ?? '';
      const both = [
        { region: own.region, items: ownItems },
        { region: otherRegion, items: otherItems },
      ].map(({ region, items }) =>
        regionItems(region, items.get(itemName(processedKey(pk, region))), items.get(itemName(claimKey(pk, region)))),
      );
      return {
        key,
        processed: both.flatMap(processedRecords),
        claims: both.flatMap(claimRecords),
        otherRegion: isRead ? 'read' : 'unreachable',
      };
    });
  }

  async #readOther(keys: readonly LedgerItemKey[]): Promise<OtherReading> {
    const { other, clock } = this.#tables;
    const sinceMs = this.#otherFailedAtMs;
    if (other === undefined || (sinceMs !== undefined && clock.nowMs() < sinceMs + otherRegionPauseMs)) {
      return new Error('not asked');
    }
    try {
      const items = await other.read(keys);
      this.#otherFailedAtMs = undefined;
      return items;
    } catch (error) {
      // Denied and unreachable are the same here: absence in the other Region cannot be proved.
      this.#otherFailedAtMs = clock.nowMs();
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
