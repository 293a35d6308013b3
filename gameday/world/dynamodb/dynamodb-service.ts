import { ApiFault, type ApiRequest, type ApiService } from '../../api/service.ts';
import { notModelledOperation } from '../parse-members.ts';
import type { Reachability } from '../reachability.ts';
import { callWithOldItem } from './condition-failure.ts';
import { DynaliteStore } from './dynalite-store.ts';
import { inRequestOrder } from './request-order.ts';
import { accessOf, isConsistentRead, refusedByStrongTables, tableNames } from './table-operations.ts';
import { createTableRequest, type TableSpec } from './table-spec.ts';

type Members = Readonly<Record<string, unknown>>;

interface Table {
  readonly spec: TableSpec;
  readonly store: DynaliteStore;
  readonly createdMs: number;
}

export interface DynamoDbServiceOptions {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly reachability: Reachability;
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
}

/** DynamoDB by dynalite, with what dynalite lacks: Regions, strong global tables, and items of failed conditions. */
export class DynamoDbService implements ApiService {
  readonly signingName = 'dynamodb';
  readonly #options: DynamoDbServiceOptions;
  /** By Region, then by name. */
  readonly #tables = new Map<string, Map<string, Table>>();
  readonly #tableIds = new Map<Table, string>();

  constructor(options: DynamoDbServiceOptions) {
    this.#options = options;
  }

  /** @throws TypeError for a Region that the world lacks, a name that is taken, or a strong table without three Regions */
  async addTable(spec: TableSpec): Promise<void> {
    if (spec.consistency === 'strong' && spec.regions.length !== 3) {
      throw new TypeError(`table ${spec.tableName}: multi-Region strong consistency needs exactly three Regions`);
    }
    for (const region of spec.regions) {
      if (!this.#options.regions.includes(region)) {
        throw new TypeError(
          `table ${spec.tableName}: the world has no Region "${region}"; it has ${this.#options.regions.join(', ')}`,
        );
      }
      if (this.#tables.get(region)?.has(spec.tableName))
        throw new TypeError(`table ${spec.tableName} exists in ${region} already`);
    }
    const shared = spec.consistency === 'strong' ? await this.#newTable(spec) : undefined;
    for (const region of spec.regions) {
      const tables = this.#tables.get(region) ?? new Map<string, Table>();
      this.#tables.set(region, tables);
      tables.set(spec.tableName, shared ?? (await this.#newTable(spec)));
    }
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    if (operation === 'ListTables') return { TableNames: [...(this.#tables.get(region)?.keys() ?? [])].sort() };
    const table = this.#tableOf(region, operation, input);
    if (refusedByStrongTables.includes(operation) && table.spec.consistency === 'strong') {
      throw new ApiFault(
        'ValidationException',
        400,
        `${operation} is not supported for global tables with multi-Region strong consistency: ${table.spec.tableName}`,
      );
    }
    const access = accessOf(operation);
    if (access === undefined) throw notModelledOperation('DynamoDB', operation);
    if (access === 'write' || (access === 'read' && isConsistentRead(operation, input)))
      this.#requireQuorum(region, table.spec);
    if (operation === 'DescribeTable') return this.#describe(region, table, input);
    if (operation === 'BatchGetItem')
      return inRequestOrder(input, await table.store.call(operation, input), table.spec);
    return await callWithOldItem(table, operation, input);
  }

  #tableOf(region: string, operation: string, input: Members): Table {
    const names = tableNames(operation, input);
    const [name, ...others] = names;
    if (name === undefined) throw notModelledOperation('DynamoDB', operation);
    if (others.some((other) => other !== name)) {
      throw new ApiFault(
        'NotModelledException',
        400,
        `the embedded DynamoDB does not model one request for several tables: ${names.join(', ')}`,
      );
    }
    const table = this.#tables.get(region)?.get(name);
    if (table !== undefined) return table;
    throw new ApiFault('ResourceNotFoundException', 400, `Requested resource not found: Table: ${name} not found`);
  }

  /** Writes and consistent reads of a strong table need a majority of its Regions, the one that is asked among them. */
  #requireQuorum(region: string, spec: TableSpec): void {
    if (spec.consistency !== 'strong') return;
    const reached = spec.regions.filter((replica) => this.#options.reachability.connects(region, replica));
    if (reached.length * 2 > spec.regions.length) return;
    throw new ApiFault(
      'InternalServerError',
      500,
      `${reached.length} of the ${spec.regions.length} Regions of table ${spec.tableName} can be reached from ${region}; a majority is needed`,
    );
  }

  async #newTable(spec: TableSpec): Promise<Table> {
    const store = new DynaliteStore();
    await store.createTable(createTableRequest(spec));
    const table = { spec, store, createdMs: this.#options.nowMs() };
    this.#tableIds.set(table, this.#options.nextUuid());
    return table;
  }

  async #describe(region: string, table: Table, input: Members): Promise<Members> {
    const { spec } = table;
    const { Table: described } = await table.store.call('DescribeTable', input);
    return {
      Table: {
        ...(described as Members),
        TableArn: `arn:aws:dynamodb:${region}:${this.#options.accountId}:table/${spec.tableName}`,
        TableId: this.#tableIds.get(table),
        CreationDateTime: table.createdMs / 1_000,
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        ...(spec.consistency === 'strong' && {
          MultiRegionConsistency: 'STRONG',
          Replicas: spec.regions
            .filter((other) => other !== region)
            .map((RegionName) => ({ RegionName, ReplicaStatus: 'ACTIVE' })),
        }),
      },
    };
  }
}
