import type { Members } from '../../api/service.ts';
import type { DynaliteStore } from './dynalite-store.ts';
import type { ItemWrite } from './table-replication.ts';
import { keyOf, type TableSpec } from './table-spec.ts';

/** A table's spec and the store of one of its replicas. */
export interface StoredTable {
  readonly spec: TableSpec;
  readonly store: DynaliteStore;
}

/** Most items of one BatchWriteItem (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html). */
export const batchWriteItems = 25;

/** What an answered request has written, in its own order; nothing for a read. */
export const writtenItems = async (
  { spec, store }: StoredTable,
  operation: string,
  input: Members,
): Promise<readonly ItemWrite[]> => {
  switch (operation) {
    case 'PutItem':
      return [{ key: keyOf(spec, input.Item as Members), item: input.Item as Members }];
    case 'DeleteItem':
      return [{ key: keyOf(spec, input.Key as Members), item: undefined }];
    case 'UpdateItem': {
      const key = keyOf(spec, input.Key as Members);
      const { Item } = await store.call('GetItem', { TableName: spec.tableName, Key: key, ConsistentRead: true });
      return [{ key, item: Item as Members | undefined }];
    }
    case 'BatchWriteItem':
      return requestsOf(spec, input).map((request) => {
        const item = (request.PutRequest as { readonly Item: Members } | undefined)?.Item;
        const key = (request.DeleteRequest as { readonly Key: Members } | undefined)?.Key ?? item ?? {};
        return { key: keyOf(spec, key), item };
      });
    default:
      return [];
  }
};

/** Brings a replica to what arrived from others. */
export const applyWrites = async ({ spec, store }: StoredTable, writes: readonly ItemWrite[]): Promise<void> => {
  for (let start = 0; start < writes.length; start += batchWriteItems) {
    const requests = writes
      .slice(start, start + batchWriteItems)
      .map(({ key, item }) => (item === undefined ? { DeleteRequest: { Key: key } } : { PutRequest: { Item: item } }));
    await store.call('BatchWriteItem', { RequestItems: { [spec.tableName]: requests } });
  }
};

const requestsOf = (spec: TableSpec, input: Members): readonly Members[] =>
  (input.RequestItems as Readonly<Record<string, readonly Members[]>>)[spec.tableName] ?? [];
