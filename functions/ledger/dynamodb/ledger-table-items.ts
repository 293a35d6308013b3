import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { UnexpectedAnswer } from '../../runtime/errors.ts';
import type { ClaimItem, LateRecord, LedgerItem, ProcessedItem, ProcessedWrite } from '../ledger-table.ts';

export type Attributes = Readonly<Record<string, AttributeValue>>;

const numberOf = (item: Attributes, name: string): number | undefined => {
  const text = item[name]?.N;
  return text === undefined ? undefined : Number(text);
};

const required = <T>(value: T | undefined, item: Attributes, name: string): T => {
  if (value !== undefined) return value;
  throw new UnexpectedAnswer(
    `item ${item.sk?.S} of ${item.pk?.S} lacks "${name}"; was the ledger's table written by something else?`,
    { pk: item.pk?.S, sk: item.sk?.S },
  );
};

const createdOf = (item: Attributes): { readonly createdAtMs?: number } => {
  const createdAtMs = numberOf(item, 'createdAtMs');
  return createdAtMs === undefined ? {} : { createdAtMs };
};

const processedOf = (item: Attributes): ProcessedItem => ({
  kind: 'processed',
  atMs: required(numberOf(item, 'atMs'), item, 'atMs'),
  by: required(item.by?.S, item, 'by'),
  owner: required(item.owner?.S, item, 'owner'),
  ...createdOf(item),
  ...(item.earlier?.L === undefined ? {} : { earlier: item.earlier.L.map(lateOf) }),
});

const lateOf = ({ M: late = {} }: AttributeValue): LateRecord => ({
  atMs: required(numberOf(late, 'atMs'), late, 'atMs'),
  by: required(late.by?.S, late, 'by'),
  owner: required(late.owner?.S, late, 'owner'),
  ...createdOf(late),
});

/** @throws UnexpectedAnswer for an item of another shape */
export const claimOf = (item: Attributes): ClaimItem => {
  const owner = item.owner?.S;
  const lostOwner = item.lostOwner?.S;
  return {
    kind: 'claim',
    owner,
    atMs: owner === undefined ? 0 : required(numberOf(item, 'atMs'), item, 'atMs'),
    leaseUntilMs: owner === undefined ? 0 : required(numberOf(item, 'leaseUntilMs'), item, 'leaseUntilMs'),
    endedAtMs: numberOf(item, 'endedAtMs'),
    attempt: numberOf(item, 'attempt') ?? 0,
    takenOver: numberOf(item, 'takenOver') ?? 0,
    lost:
      lostOwner === undefined
        ? undefined
        : {
            owner: lostOwner,
            atMs: required(numberOf(item, 'lostAtMs'), item, 'lostAtMs'),
            leaseUntilMs: required(numberOf(item, 'lostLeaseUntilMs'), item, 'lostLeaseUntilMs'),
            takenOverAtMs: required(numberOf(item, 'takenOverAtMs'), item, 'takenOverAtMs'),
          },
    refusals: numberOf(item, 'refusals') ?? 0,
    late: (item.late?.L ?? []).map(lateOf),
  };
};

/** Reads an item; its sort key says of which kind it is. @throws UnexpectedAnswer for an item of another shape */
export const ledgerItemOf = (item: Attributes): LedgerItem =>
  item.sk?.S?.startsWith('P#') === true ? processedOf(item) : claimOf(item);

export const lateAttribute = ({ atMs, by, owner, createdAtMs }: LateRecord): AttributeValue => ({
  M: { atMs: { N: String(atMs) }, by: { S: by }, owner: { S: owner }, ...createdAttribute(createdAtMs) },
});

const createdAttribute = (createdAtMs: number | undefined): Record<string, AttributeValue> =>
  createdAtMs === undefined ? {} : { createdAtMs: { N: String(createdAtMs) } };

/** A `P` item as the table holds it. */
export const processedAttributes = ({
  key,
  item,
  expiresAtSeconds,
}: ProcessedWrite): Record<string, AttributeValue> => ({
  pk: { S: key.pk },
  sk: { S: key.sk },
  atMs: { N: String(item.atMs) },
  by: { S: item.by },
  owner: { S: item.owner },
  ...createdAttribute(item.createdAtMs),
  ...(item.earlier === undefined ? {} : { earlier: { L: item.earlier.map(lateAttribute) } }),
  expiresAt: { N: String(expiresAtSeconds) },
});
