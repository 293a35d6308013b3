import { type Clock, systemClock } from '../runtime/clock.ts';
import { InvalidConfiguration } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';
import { type MessageIdentity, parseIdentity } from './identify-message.ts';
import { confirmMarginMs, defaultLeaseSeconds, defaultRetentionSeconds } from './lease.ts';
import type { LedgerSettings } from './ledger.ts';
import { consoleLog, type LedgerLog, type LedgerObserver } from './ledger-observer.ts';
import type { LedgerReader, LedgerTable } from './ledger-table.ts';

/** What every ledger is told, wherever its table is. */
export interface LedgerOptions {
  /** Name of the broker pair, as in mq-dr's configuration. */
  readonly pair: string;
  /** Region of the broker that is consumed from; consumers run in the same one. */
  readonly region: string;
  /** Region of the pair's other broker. */
  readonly otherRegion: string;
  /** Name of the consumer, as the records show it. */
  readonly consumer: string;
  /** Unique to one run of one consumer; by default the consumer's name and a random UUID. */
  readonly owner?: string;
  /**
   * How long a claim holds, in seconds: longer than the longest batch takes. By default 60. Functions with the middleware
   * claim until their own deadline instead.
   */
  readonly leaseSeconds?: number;
  /** How long items are kept, in seconds; the same for all consumers of the pair and its reconciliation. By default 14 days. */
  readonly retentionSeconds?: number;
  /** What makes two deliveries the same message; by default the message-id. */
  readonly identity?: MessageIdentity;
  readonly clock?: Clock;
  readonly log?: LedgerLog;
  readonly observer?: LedgerObserver;
}

/** The tables of a ledger. */
export interface LedgerTables {
  readonly table: LedgerTable;
  readonly otherTable: LedgerReader | undefined;
}

const shared: readonly (keyof LedgerOptions)[] = [
  'pair',
  'region',
  'otherRegion',
  'consumer',
  'owner',
  'leaseSeconds',
  'retentionSeconds',
  'identity',
  'clock',
  'log',
  'observer',
];

/** A claim must outlast its own confirmation; an AMQP or JMS consumer that needs twelve hours for a batch does not exist. */
const leaseLimits = { min: Math.ceil((2 * confirmMarginMs) / 1_000), max: 43_200 };
/** Below an hour the ledger forgets before anybody could have promoted; above a year nothing is stranded. */
const retentionLimits = { min: 3_600, max: 31_622_400 };

/**
 * Completes the options and rejects what is wrong with them, all of it at once.
 *
 * @param others names that the caller takes itself
 * @throws InvalidConfiguration
 */
export const ledgerSettings = (
  options: LedgerOptions,
  others: readonly string[],
  owner: () => string,
  tables: () => LedgerTables,
): LedgerSettings => {
  const problems: string[] = [];
  const known: readonly string[] = [...shared, ...others];
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) problems.push(`unknown option "${name}"${didYouMean(name, known)}`);
  }
  for (const name of ['pair', 'region', 'otherRegion', 'consumer', ...(options.owner === undefined ? [] : ['owner'])]) {
    const value: unknown = options[name as keyof LedgerOptions];
    if (typeof value !== 'string' || value === '') problems.push(`${name} must be a non-empty string`);
  }
  if (options.region === options.otherRegion)
    problems.push('region and otherRegion must differ: a pair has one broker in each');
  const seconds = (name: 'leaseSeconds' | 'retentionSeconds', fallback: number, { min, max }: typeof leaseLimits) => {
    const value = options[name] ?? fallback;
    if (!Number.isInteger(value) || value < min || value > max) {
      problems.push(`${name} must be a whole number of seconds from ${min} to ${max}, not ${String(value)}`);
    }
    return value;
  };
  const leaseSeconds = seconds('leaseSeconds', defaultLeaseSeconds, leaseLimits);
  const retentionSeconds = seconds('retentionSeconds', defaultRetentionSeconds, retentionLimits);
  if (problems.length > 0) {
    throw new InvalidConfiguration(`the ledger's options are unusable: ${problems.join('; ')}`, { problems });
  }
  return {
    pair: options.pair,
    region: options.region,
    otherRegion: options.otherRegion,
    consumer: options.consumer,
    owner: options.owner ?? owner(),
    leaseSeconds,
    retentionSeconds,
    identity: parseIdentity(options.identity ?? { from: 'message-id' }),
    clock: options.clock ?? systemClock,
    log: options.log ?? consoleLog,
    observer: options.observer ?? {},
    ...tables(),
  };
};
