import type { Members } from '../../api/service.ts';
/** A table that the simulator is set up with. */
export interface TableSpec {
  readonly tableName: string;
  /** Name of the partition key, a string. */
  readonly partitionKey: string;
  /** Name of the sort key, a string. */
  readonly sortKey?: string;
  /**
   * `strong`: a global table with multi-Region strong consistency, one linearizable table for all `regions`.
   * `eventual`: a global table whose Regions each have a replica of their own; the last writer of an item wins.
   */
  readonly consistency: 'strong' | 'eventual';
  readonly regions: readonly string[];
  /**
   * Attribute that holds an item's end, in seconds since the Unix epoch. Nothing expires: the service itself may
   * keep an expired item for some days (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
   */
  readonly timeToLiveAttribute?: string;
}

/** Regions of the strongly consistent table in the United States: exactly three replicas. */
export const strongRegions = ['us-east-1', 'us-east-2', 'us-west-2'] as const;

/** Names of the key attributes, partition key first. */
export const keyNames = (spec: TableSpec): readonly string[] =>
  spec.sortKey === undefined ? [spec.partitionKey] : [spec.partitionKey, spec.sortKey];

/** The key attributes of an item or of a larger key. */
export const keyOf = (spec: TableSpec, attributes: Members): Members =>
  Object.fromEntries(keyNames(spec).map((name) => [name, attributes[name]]));

/** The request that creates a table. */
export const createTableRequest = (spec: TableSpec): Members => ({
  TableName: spec.tableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: keyNames(spec).map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  KeySchema: keyNames(spec).map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
});
