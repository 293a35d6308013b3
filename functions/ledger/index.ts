import { randomUUID } from 'node:crypto';
import { systemClock } from '../runtime/clock.ts';
import { InvalidConfiguration } from '../runtime/errors.ts';
import { hostRandom } from '../runtime/host-random.ts';
import { DynamoLedgerTable, type LedgerTableOptions } from './dynamodb/dynamo-ledger-table.ts';
import { Ledger } from './ledger.ts';
import { type LedgerOptions, ledgerSettings } from './ledger-options.ts';

export type { Clock } from '../runtime/clock.ts';
export {
  AccessDenied,
  ClaimedElsewhere,
  DrError,
  InvalidConfiguration,
  InvalidInput,
  MessageUnidentifiable,
  NotFound,
  RequestRejected,
  ServiceUnavailable,
  UnexpectedAnswer,
} from '../runtime/errors.ts';
export type { AbandonResult, ClaimResult, ConfirmResult } from './claim-result.ts';
export { DynamoLedgerTable, type LedgerTableOptions } from './dynamodb/dynamo-ledger-table.ts';
export type { IdentifiableMessage, MessageIdentity } from './identify-message.ts';
export { type DuplicateJudgement, judgeDuplicate } from './judge-duplicate.ts';
export type { BatchLedger } from './lambda-batch.ts';
export type { AmazonMqEvent, AmazonMqRecord } from './lambda-event.ts';
export {
  batchLedger,
  type LedgerMiddleware,
  type LedgerMiddlewareOptions,
  ledgerMiddleware,
} from './lambda-middleware.ts';
export { Ledger, type LedgerSettings } from './ledger.ts';
export type {
  ClaimableMessage,
  ClaimRecord,
  LedgerEntry,
  LedgerLookup,
  MessageKey,
  ProcessedRecord,
} from './ledger-entry.ts';
export { fromAmqp, fromJms, fromLambda, fromStomp, type LedgerMessage, type MessageSource } from './ledger-message.ts';
export type { Duplicate, LedgerLog, LedgerObserver, RepeatedId, Takeover } from './ledger-observer.ts';
export type { LedgerOptions } from './ledger-options.ts';
export type { LedgerReader, LedgerTable } from './ledger-table.ts';
export { type AmqpId, canonicalAmqpId, canonicalJmsId } from './message-id.ts';
export { type ProcessFate, type ProcessOnceOptions, type ProcessOutcome, processOnce } from './process-once.ts';

/** What a ledger in DynamoDB is told. */
export interface CreateLedgerOptions extends LedgerOptions {
  /** Name of the ledger's table, a DynamoDB global table with replicas in both Regions. */
  readonly table: string;
  /** Makes the SDK's client of a Region; by default one with short time limits and the default credentials. */
  readonly client?: LedgerTableOptions['client'];
  /** A number in [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  /** Whether lookups may ask the other Region; by default they do. */
  readonly readOtherRegion?: boolean;
}

/** Whether the other Region answers is known after one repetition: a lookup must not wait long for a lost one. */
const otherRegionAttempts = 2;

/**
 * The ledger of processed messages for one run of one consumer.
 *
 * @throws InvalidConfiguration for options that are unknown or unusable, all of them at once
 */
export const createLedger = (options: CreateLedgerOptions): Ledger => {
  const { table: tableName, client, random = hostRandom, readOtherRegion = true, clock = systemClock } = options;
  const others = ['table', 'client', 'random', 'readOtherRegion'];
  const tableIn = (region: string, attempts?: number) =>
    new DynamoLedgerTable({ region, tableName, clock, random, client, attempts });
  const settings = ledgerSettings(
    options,
    others,
    () => `${options.consumer}/${randomUUID()}`,
    () => {
      if (typeof tableName !== 'string' || tableName === '') {
        throw new InvalidConfiguration('the ledger needs the name of its table', { found: tableName });
      }
      return {
        table: tableIn(options.region),
        otherTable: readOtherRegion ? tableIn(options.otherRegion, otherRegionAttempts) : undefined,
      };
    },
  );
  return new Ledger(settings);
};
