import { isMembers, type Members } from '../../api/service.ts';

/** How an operation uses a table. */
export type TableAccess = 'read' | 'write' | 'describe';

/** Operations that are served, and what they do to a table. */
const served: Readonly<Record<string, TableAccess>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  Scan: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  DescribeTable: 'describe',
  DescribeTimeToLive: 'describe',
};

export const accessOf = (operation: string): TableAccess | undefined =>
  Object.hasOwn(served, operation) ? served[operation] : undefined;

/**
 * Operations that a table with multi-Region strong consistency refuses
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html).
 */
export const refusedByStrongTables: readonly string[] = ['TransactWriteItems', 'TransactGetItems', 'UpdateTimeToLive'];

const asMembers = (value: unknown): Members => (isMembers(value) ? value : {});

/** Names of the tables that a request is about. */
export const tableNames = (operation: string, input: Members): readonly string[] => {
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    const items = Array.isArray(input.TransactItems) ? input.TransactItems : [];
    return items.flatMap((item) => Object.values(asMembers(item)).map((action) => String(asMembers(action).TableName)));
  }
  if (operation.startsWith('Batch')) return Object.keys(asMembers(input.RequestItems));
  return input.TableName === undefined ? [] : [String(input.TableName)];
};

/** Whether a read asks for the newest write. */
export const isConsistentRead = (operation: string, input: Members): boolean => {
  if (operation !== 'BatchGetItem') return input.ConsistentRead === true;
  return Object.values(asMembers(input.RequestItems)).some((request) => asMembers(request).ConsistentRead === true);
};
