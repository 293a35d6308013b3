import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoLedgerTable } from '../../functions/ledger/dynamodb/ledger-table.ts';
import { type CreateLedgerOptions, createLedger, type Ledger } from '../../functions/ledger/index.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { SimulatedAws } from '../../simulator/world/simulated-aws.ts';
import { noonMs } from './brokers.ts';

export const ledgerTableName = 'mq-dr-processed-messages';
export const west = 'us-west-2';
export const east = 'us-east-1';

/** The simulator's table of processed messages, with a replica in each of two Regions. */
export class LedgerStage {
  readonly clock = new VirtualClock({ startMs: noonMs });
  readonly aws = new SimulatedAws({ clock: this.clock, seed: 1 });
  /** Every API call, as `UpdateItem us-west-2`. */
  readonly calls: string[] = [];

  /** Runs `body` as an actor of a new stage's clock. */
  static async play<T>(body: (stage: LedgerStage) => Promise<T>): Promise<T> {
    const stage = new LedgerStage();
    return await stage.clock.run('test', async () => {
      await stage.aws.addTable({
        tableName: ledgerTableName,
        partitionKey: 'pk',
        sortKey: 'sk',
        consistency: 'eventual',
        regions: [east, west],
        timeToLiveAttribute: 'expiresAt',
      });
      stage.aws.onApiCall(({ operation, region }) => stage.calls.push(`${operation} ${region}`));
      return await body(stage);
    });
  }

  client(region: string, fromRegion = region): DynamoDBClient {
    return new DynamoDBClient({ ...this.aws.clientSettings({ fromRegion }), region, maxAttempts: 1 });
  }

  table(region: string): DynamoLedgerTable {
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

/** Keys of one queue's messages. */
export const keysOf = (...ids: readonly string[]) =>
  ids.map((id) => ({ pair: 'orders', destination: 'orders', id: `ID:${id}` }));
