import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerClient } from '../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { createLedger, type Ledger } from '../functions/ledger/index.ts';
import type { LedgerObserver } from '../functions/ledger/ledger-observer.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import type { AwsClientSettings } from '../functions/runtime/runtime.ts';

/** One run of a consumer's process. */
export interface ConsumerRun {
  readonly consumer: string;
  /** Unique to this run. */
  readonly owner: string;
  readonly observer: LedgerObserver;
}

/** What the consumers of a pair share. */
export interface ConsumerLedgerOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  readonly pair: string;
  /** Name of the ledger's table. */
  readonly table: string;
  /** Settings of SDK clients of processes that run in a Region. */
  awsFrom(region: string): AwsClientSettings;
}

/** Consumers write to the ledger themselves; what they log is in the counts of the traffic. */
const noLog = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens the ledgers of a pair's consumers, each in the Region of the broker that it consumes from. */
export const consumerLedgers = (options: ConsumerLedgerOptions) => {
  const clients = new Map<string, DynamoDBClient>();
  return (where: { readonly region: string; readonly otherRegion: string }, run: ConsumerRun): Ledger => {
    const { region } = where;
    const clientOf = (target: string): DynamoDBClient => {
      const name = `${region} to ${target}`;
      const client = clients.get(name) ?? ledgerClient({ ...options.awsFrom(region), region: target, maxAttempts: 1 });
      clients.set(name, client);
      return client;
    };
    return createLedger({
      ...where,
      pair: options.pair,
      table: options.table,
      clock: options.clock,
      random: () => options.random(),
      consumer: run.consumer,
      owner: run.owner,
      observer: run.observer,
      log: noLog,
      client: clientOf,
    });
  };
};
