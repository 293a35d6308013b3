import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ControlItems } from '../../functions/control/control-items.ts';
import { DynamoLedgerTable } from '../../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { type CreateLedgerOptions, createLedger, type Ledger } from '../../functions/ledger/index.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { controlTableName, ledgerTableName } from '../../infra/names.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { strongRegions } from '../../simulator/world/dynamodb/table-spec.ts';
import { SimulatedAws } from '../../simulator/world/simulated-aws.ts';
import { east, west } from '../../testbed/orders.ts';
import { noonMs } from './brokers.ts';
import { fakeRuntime } from './fake-ports.ts';

/** mq-dr's two tables on simulated AWS, and nothing else: no function has to be loaded, as on a test bed. */
export class SimulatedTables {
  readonly clock = new VirtualClock({ startMs: noonMs });
  readonly aws = new SimulatedAws({ clock: this.clock, seed: 1 });

  /** Runs `body` as an actor of the clock of new tables. */
  static async play<T>(body: (tables: SimulatedTables) => Promise<T>): Promise<T> {
    const tables = new SimulatedTables();
    return await tables.clock.run('test', async () => {
      const keys = { partitionKey: 'pk', sortKey: 'sk' };
      const { aws } = tables;
      await aws.addTable({ ...keys, tableName: controlTableName, consistency: 'strong', regions: strongRegions });
      await aws.addTable({
        ...keys,
        tableName: ledgerTableName,
        consistency: 'eventual',
        regions: [east, west],
        timeToLiveAttribute: 'expiresAt',
      });
      return await body(tables);
    });
  }

  /** What a function that runs in `region` has around it. */
  runtime(region: string): Runtime {
    const environment = {
      AWS_REGION: region,
      CONTROL_TABLE: controlTableName,
      CONTROL_REGION: region,
      PAIRS: '[{"name":"orders"}]',
    };
    const aws = this.aws.clientSettings({ fromRegion: region });
    return { ...fakeRuntime({ environment, aws }), clock: this.clock };
  }

  /** The Control table as `region` sees it. */
  items(region = west): ControlItems {
    return new ControlItems(this.runtime(region), { region, tableName: controlTableName });
  }

  client(region: string, fromRegion = region): DynamoDBClient {
    return new DynamoDBClient({ ...this.aws.clientSettings({ fromRegion }), region, maxAttempts: 1 });
  }

  /** The ledger's table in a Region. */
  ledgerTable(region: string): DynamoLedgerTable {
    const { clock } = this;
    return new DynamoLedgerTable({
      region,
      tableName: ledgerTableName,
      clock,
      random: () => 0.5,
      client: () => this.client(region),
    });
  }

  /** A ledger of a consumer that runs in `region`. */
  ledger(region: string, owner: string, options: Partial<CreateLedgerOptions> = {}): Ledger {
    return createLedger({
      pair: 'orders',
      region,
      otherRegion: region === west ? east : west,
      table: ledgerTableName,
      consumer: 'billing',
      owner,
      clock: this.clock,
      random: () => 0.5,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      client: (asked) => this.client(asked, region),
      ...options,
    });
  }
}

/** Keys of messages of one queue. */
export const ledgerKeys = (...ids: readonly string[]) =>
  ids.map((id) => ({ pair: 'orders', destination: 'orders', id: `ID:${id}` }));
