import { ApiFault, type Members } from '../../api/service.ts';
import type { DynaliteStore } from './dynalite-store.ts';
import { keyOf, type TableSpec } from './table-spec.ts';

/**
 * Calls the store; when a condition fails and the request asks for it, adds the item that made it fail, which dynalite
 * cannot return. Nobody else runs between the two calls, since the actor keeps its turn.
 *
 * @throws ApiFault with DynamoDB's error
 */
export const callWithOldItem = async (
  table: { readonly store: DynaliteStore; readonly spec: TableSpec },
  operation: string,
  input: Members,
): Promise<Members> => {
  const { ReturnValuesOnConditionCheckFailure: wanted, ...rest } = input;
  try {
    return await table.store.call(operation, rest);
  } catch (error) {
    const failed = error instanceof ApiFault && error.code === 'ConditionalCheckFailedException';
    if (!failed || wanted !== 'ALL_OLD') throw error;
    const { Item } = await table.store.call('GetItem', {
      TableName: table.spec.tableName,
      Key: keyOf(table.spec, (rest.Key ?? rest.Item) as Members),
      ConsistentRead: true,
    });
    throw new ApiFault(error.code, error.statusCode, error.message, Item === undefined ? {} : { Item });
  }
};
