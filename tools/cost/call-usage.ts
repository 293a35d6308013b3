import type { Usage } from './usage.ts';

/** An API call as a journal keeps it. */
export interface PricedCall {
  readonly service: string;
  readonly operation: string;
  readonly request: unknown;
}

/** Regions that a write to a table goes to. */
export interface TableReplicas {
  readonly control: number;
  readonly ledger: number;
  /** Name of the ledger's table; every other one is the Control table. */
  readonly ledgerTable: string;
}

type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Bytes that a write request unit covers. */
const writeUnitBytes = 1_024;

/** An item's size is that of its names and values; its JSON is larger, so this is no less. */
const writeUnits = (item: unknown): number => Math.max(1, Math.ceil(JSON.stringify(item).length / writeUnitBytes));

const readUnits = (keys: number, consistent: unknown): number => (consistent === true ? keys : keys / 2);

const batchReads = (requestItems: unknown): number =>
  Object.values(membersOf(requestItems)).reduce<number>((sum, table) => {
    const { Keys, ConsistentRead } = membersOf(table);
    return sum + readUnits(listOf(Keys).length, ConsistentRead);
  }, 0);

const tableUsage = (operation: string, request: Members, replicas: TableReplicas): Usage => {
  const regionsOf = (table: unknown): number => (table === replicas.ledgerTable ? replicas.ledger : replicas.control);
  switch (operation) {
    case 'GetItem':
      return { tableReads: readUnits(1, request.ConsistentRead) };
    case 'BatchGetItem':
      return { tableReads: batchReads(request.RequestItems) };
    case 'Query':
    case 'Scan':
      // What they return is not recorded; the project's own queries read a handful of small items.
      return { tableReads: readUnits(1, request.ConsistentRead) };
    case 'PutItem':
      return { tableReplicatedWrites: writeUnits(request.Item) * regionsOf(request.TableName) };
    case 'UpdateItem':
      // The whole item counts, not the change; the project's items that are updated have less than 1 KB.
      return { tableReplicatedWrites: regionsOf(request.TableName) };
    case 'DeleteItem':
      return { tableReplicatedWrites: regionsOf(request.TableName) };
    case 'BatchWriteItem':
      return {
        tableReplicatedWrites: Object.entries(membersOf(request.RequestItems)).reduce(
          (sum, [table, writes]) =>
            sum + listOf(writes).reduce<number>((units, write) => units + writeUnits(write), 0) * regionsOf(table),
          0,
        ),
      };
    default:
      return unknownOperation('dynamodb', operation);
  }
};

/** A call that nobody has looked up the price of must not pass for one that is free. */
const unknownOperation = (service: string, operation: string): never => {
  throw new TypeError(`no price is known for ${service}:${operation}: add it to tools/cost/call-usage.ts`);
};

/** Services that ask nothing for a call: https://aws.amazon.com/amazon-mq/pricing/, SSM's standard parameters. */
const free: readonly string[] = ['mq', 'ssm', 'states', 'activemq-console', 'rabbitmq'];

/**
 * What AWS bills for a call, in addition to the function that makes it.
 *
 * @throws TypeError for a call whose price nobody has looked up
 */
export const callUsage = ({ service, operation, request }: PricedCall, replicas: TableReplicas): Usage => {
  const members = membersOf(request);
  if (free.includes(service)) return {};
  switch (`${service}:${operation}`) {
    case 'monitoring:GetMetricData':
      return {
        metricsRead: listOf(members.MetricDataQueries).filter((query) => 'MetricStat' in membersOf(query)).length,
      };
    case 'monitoring:DescribeAlarms':
    case 'monitoring:ListMetrics':
      return { metricRequests: 1 };
    case 'events:PutEvents':
      return { events: listOf(members.Entries).length };
    case 'sns:Publish':
      return { notifications: 1, keyRequests: 1 };
    case 'secretsmanager:GetSecretValue':
      return { secretReads: 1 };
    case 's3:PutObject':
    case 's3:ListObjectsV2':
      return { objectWrites: 1 };
    case 's3:GetObject':
    case 's3:HeadObject':
      return { objectReads: 1 };
    case 'lambda:GetEventSourceMapping':
    case 'lambda:UpdateEventSourceMapping':
    case 'lambda:Invoke':
      // The team's own function, which it answers for, and the control plane, which is free.
      return {};
    default:
      return service === 'dynamodb' ? tableUsage(operation, members, replicas) : unknownOperation(service, operation);
  }
};
