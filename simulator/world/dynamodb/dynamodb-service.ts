import { join } from 'node:path';
import { ApiFault, type ApiRequest, type ApiService, type Members } from '../../api/service.ts';
import { type FaultBoard, fits } from '../fault-board.ts';
import { notModelledOperation } from '../parse-members.ts';
import type { Reachability } from '../reachability.ts';
import type { Random } from '../seeded-random.ts';
import { inRequestOrder, isBatch, type PartialBatch, splitBatch } from './batch-requests.ts';
import { DynaliteStore } from './dynalite-store.ts';
import { callWithOldItem } from './old-item.ts';
import type { PathPace } from './replication-path.ts';
import { accessOf, isConsistentRead, refusedByStrongTables, tableNames } from './table-operations.ts';
import { TableReplication } from './table-replication.ts';
import { createTableRequest, type TableSpec } from './table-spec.ts';
import { applyWrites, type StoredTable, writtenItems } from './written-items.ts';

/** Writes of a table after which replicas that nobody has used are brought up to date, so that what waits for them is bounded. */
const writesBetweenCatchUps = 500;

interface Table extends StoredTable {
  readonly createdMs: number;
  /** Only of a table with eventual consistency, and the same for all of its replicas. */
  readonly replication: TableReplication | undefined;
}

export interface DynamoDbServiceOptions {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly reachability: Reachability;
  readonly faults: FaultBoard;
  readonly random: Random;
  /** Usual time until a write is seen in another Region, virtual milliseconds; each write takes half to one and a half. */
  readonly replicationLagMs: number;
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
  /** Where items are stored; left out, they are in memory. */
  readonly tableFolder?: string | undefined;
}

/** DynamoDB by dynalite, with what dynalite lacks: Regions, global tables, and items of failed conditions. */
export class DynamoDbService implements ApiService {
  readonly signingName = 'dynamodb';
  readonly #options: DynamoDbServiceOptions;
  /** By Region, then by name. */
  readonly #tables = new Map<string, Map<string, Table>>();
  readonly #tableIds = new Map<Table, string>();
  readonly #replications: TableReplication[] = [];
  #writes = 0;

  constructor(options: DynamoDbServiceOptions) {
    this.#options = options;
    options.faults.onChange(() => {
      for (const replication of this.#replications) replication.pathsChanged();
    });
  }

  /** @throws TypeError for a Region that the simulator lacks, a name that is taken, or a strong table without three Regions */
  async addTable(spec: TableSpec): Promise<void> {
    if (spec.consistency === 'strong' && spec.regions.length !== 3) {
      throw new TypeError(`table ${spec.tableName}: multi-Region strong consistency needs exactly three Regions`);
    }
    for (const region of spec.regions) {
      if (!this.#options.regions.includes(region)) {
        throw new TypeError(
          `table ${spec.tableName}: the simulator has no Region "${region}"; it has ${this.#options.regions.join(', ')}`,
        );
      }
      if (this.#tables.get(region)?.has(spec.tableName))
        throw new TypeError(`table ${spec.tableName} exists in ${region} already`);
    }
    const replication = spec.consistency === 'eventual' ? this.#replicate(spec) : undefined;
    const shared = replication === undefined ? await this.#newTable(spec, undefined) : undefined;
    for (const region of spec.regions) {
      const tables = this.#tables.get(region) ?? new Map<string, Table>();
      this.#tables.set(region, tables);
      tables.set(spec.tableName, shared ?? (await this.#newTable(spec, replication)));
    }
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    if (operation === 'ListTables') return { TableNames: [...(this.#tables.get(region)?.keys() ?? [])].sort() };
    const access = accessOf(operation);
    const refused = refusedByStrongTables.includes(operation);
    if (access === undefined && !refused) throw notModelledOperation('DynamoDB', operation);
    const table = this.#tableOf(region, operation, input);
    if (refused && table.spec.consistency === 'strong') {
      throw new ApiFault(
        'ValidationException',
        400,
        `${operation} is not supported for global tables with multi-Region strong consistency: ${table.spec.tableName}`,
      );
    }
    if (access === undefined) throw notModelledOperation('DynamoDB', operation);
    if (access === 'write' || (access === 'read' && isConsistentRead(operation, input)))
      this.#requireQuorum(region, table.spec);
    if (operation === 'DescribeTable') return this.#describe(region, table, input);
    if (operation === 'DescribeTimeToLive') return describeTimeToLive(table.spec);
    await applyWrites(table, table.replication?.takeArrivals(region) ?? []);
    const partial = this.#planPartialBatch(request, table.spec);
    const answer = await this.#call(region, table, operation, partial?.input ?? input);
    return { ...answer, ...partial?.unprocessed };
  }

  async #call(region: string, table: Table, operation: string, input: Members): Promise<Members> {
    if (operation === 'BatchGetItem') {
      return inRequestOrder(input, await table.store.call(operation, input), table.spec);
    }
    const answer = await callWithOldItem(table, operation, input);
    const written = await writtenItems(table, operation, input);
    table.replication?.written(region, written);
    if (table.replication !== undefined) await this.#catchUp(table, table.replication, written.length);
    return answer;
  }

  async #catchUp({ spec }: Table, replication: TableReplication, written: number): Promise<void> {
    this.#writes += written;
    if (this.#writes < writesBetweenCatchUps) return;
    this.#writes = 0;
    for (const region of spec.regions) {
      const replica = this.#tables.get(region)?.get(spec.tableName);
      if (replica !== undefined) await applyWrites(replica, replication.takeArrivals(region));
    }
    replication.forgetSettled();
  }

  #planPartialBatch({ region, operation, input, caller }: ApiRequest, spec: TableSpec): PartialBatch | undefined {
    if (!isBatch(operation)) return undefined;
    const fault = this.#options.faults.hit(
      'unprocessed-items',
      (candidate) =>
        fits(candidate.region, region) &&
        fits(candidate.tableName, spec.tableName) &&
        fits(candidate.operation, operation) &&
        fits(candidate.caller, caller),
    );
    return fault && splitBatch(operation, spec.tableName, input, fault.processed);
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

  #replicate(spec: TableSpec): TableReplication {
    const { nowMs, random, replicationLagMs } = this.#options;
    const replication = new TableReplication({
      regions: spec.regions,
      nowMs,
      lagMs: () => replicationLagMs * (0.5 + random()),
      paceOf: (from, to) => this.#paceOf(spec.tableName, from, to),
    });
    this.#replications.push(replication);
    return replication;
  }

  #paceOf(tableName: string, from: string, to: string): PathPace {
    const { reachability, faults } = this.#options;
    if (!reachability.connects(from, to)) return 'stopped';
    const lags = faults
      .active('ledger-lag')
      .filter((fault) => fits(fault.tableName, tableName) && fits(fault.fromRegion, from) && fits(fault.toRegion, to))
      .map(({ seconds }) => seconds);
    if (lags.includes(undefined)) return 'stopped';
    return { extraMs: 1_000 * lags.reduce<number>((longest, seconds = 0) => Math.max(longest, seconds), 0) };
  }

  async #newTable(spec: TableSpec, replication: TableReplication | undefined): Promise<Table> {
    const { tableFolder, nowMs, nextUuid } = this.#options;
    const store = new DynaliteStore(tableFolder && join(tableFolder, `replica-${this.#tableIds.size}`));
    await store.createTable(createTableRequest(spec));
    const table = { spec, store, replication, createdMs: nowMs() };
    this.#tableIds.set(table, nextUuid());
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
        ...(spec.regions.length > 1 && {
          GlobalTableVersion: '2019.11.21',
          MultiRegionConsistency: spec.consistency.toUpperCase(),
          Replicas: spec.regions
            .filter((other) => other !== region)
            .map((RegionName) => ({ RegionName, ReplicaStatus: 'ACTIVE' })),
        }),
      },
    };
  }
}

const describeTimeToLive = ({ timeToLiveAttribute: AttributeName }: TableSpec): Members => ({
  TimeToLiveDescription:
    AttributeName === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName },
});
