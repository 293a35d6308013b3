import type { ClaimRecord, ProcessedRecord } from './ledger-entry.ts';
import type { ClaimItem, LateRecord, LedgerItem, ProcessedItem } from './ledger-table.ts';

/** One Region's items of a message. */
export interface RegionItems {
  readonly region: string;
  readonly processed: ProcessedItem | undefined;
  readonly claim: ClaimItem | undefined;
}

/** The two items by their names in a reading. */
export const regionItems = (
  region: string,
  processed: LedgerItem | undefined,
  claim: LedgerItem | undefined,
): RegionItems => ({
  region,
  processed: processed?.kind === 'processed' ? processed : undefined,
  claim: claim?.kind === 'claim' ? claim : undefined,
});

/** One run of a consumer records a message once; another message with the same id is another record. */
const recordName = ({ owner, createdAtMs }: LateRecord): string => `${createdAtMs} ${owner}`;

/**
 * Every side effect that a Region has recorded, each once, the earliest first: its `P` item, and those whose consumer had
 * lost the claim meanwhile.
 */
export const processedRecords = ({ region, processed, claim }: RegionItems): readonly ProcessedRecord[] => {
  const own = processed === undefined ? [] : [processed, ...(processed.earlier ?? [])];
  const byOwner = new Map([...(claim?.late ?? []), ...own.toReversed()].map((each) => [recordName(each), each]));
  return [...byOwner.values()]
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, by, createdAtMs }) => ({ region, atMs, by, ...(createdAtMs !== undefined && { createdAtMs }) }));
};

/**
 * The claim of a Region under which nobody knows what happened: the newest one, unless it was abandoned. An abandoned one
 * that had been taken over leaves the one before it, whose owner was never heard of again.
 */
export const claimRecords = ({ region, claim }: RegionItems): readonly ClaimRecord[] => {
  if (claim === undefined) return [];
  const { owner, atMs, leaseUntilMs, endedAtMs, attempt, takenOver, lost } = claim;
  const counts = { attempt, takenOver };
  if (owner !== undefined && endedAtMs === undefined) return [{ region, owner, leaseUntilMs, atMs, ...counts }];
  if (lost === undefined) return [];
  return [{ region, owner: lost.owner, leaseUntilMs: lost.leaseUntilMs, atMs: lost.atMs, ...counts }];
};
