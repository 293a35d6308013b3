import { ClaimedElsewhere, InvalidInput, MessageUnidentifiable } from '../runtime/errors.ts';
import type { ClaimResult } from './claim-result.ts';
import type { AmazonMqRecord } from './lambda-event.ts';
import { confirmMarginMs } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { MessageKey } from './ledger-entry.ts';
import { fromLambda } from './ledger-message.ts';
import { loggedKeys } from './ledger-observer.ts';

/**
 * How often a message that is claimed elsewhere fails its batch. The service delivers a failed batch again as a whole, and
 * gives a message up after six redeliveries (maximumRedeliveries of the default policy, which Lambda does not let anybody
 * change: https://docs.aws.amazon.com/lambda/latest/dg/services-mq-errors.html); three leave as many for real failures.
 */
const maxRefusals = 3;

/** What the end of an invocation needs after a pause, in milliseconds: to throw, and to log. */
const endReserveMs = 2_000;

/** What the handler of a batch may say about one of its messages. */
export interface BatchLedger {
  /**
   * The record's side effect happened: records it now, not at the end. A crash afterwards leaves no doubt about it.
   *
   * @throws InvalidInput for a record that this batch did not hand over, and errors of the table
   */
  confirm(record: AmazonMqRecord): Promise<void>;
  /**
   * The record's side effect did not happen: gives it back. The batch goes on, and fails at its end with `error`, so that
   * the service delivers it again; what was confirmed is left out then.
   *
   * @throws InvalidInput for a record that this batch did not hand over, and errors of the table
   */
  fail(record: AmazonMqRecord, error: unknown): Promise<void>;
}

/** What a message without an identity leads to; see `LedgerMiddlewareOptions`. */
export type WithoutIdentity = 'fail' | 'hand-over';

type Refused = Extract<ClaimResult, { readonly status: 'elsewhere' }>;

/** One invocation's batch and the outcome of each message. */
export class LambdaBatch implements BatchLedger {
  readonly #ledger: Ledger;
  readonly #withoutIdentity: WithoutIdentity;
  /** Records that were handed over and are undecided. */
  readonly #open = new Map<AmazonMqRecord, MessageKey | undefined>();
  readonly #refused: Refused[] = [];
  readonly #failures: unknown[] = [];

  constructor(ledger: Ledger, withoutIdentity: WithoutIdentity) {
    this.#ledger = ledger;
    this.#withoutIdentity = withoutIdentity;
  }

  /**
   * Claims what nobody has processed or claimed, and gives the records for the handler.
   *
   * @param remainingMs what is left of the invocation
   */
  async claim(records: readonly AmazonMqRecord[], remainingMs: number): Promise<readonly AmazonMqRecord[]> {
    const { clock, observer, log } = this.#ledger.settings;
    const identified = records.flatMap((record) => this.#identify(record));
    // The function is dead when its time is up, and so is its claim, but for the time that the confirmation needs.
    const leaseUntilMs = clock.nowMs() + remainingMs + confirmMarginMs;
    const results = await this.#ledger.claimAll(
      identified.map(({ key }) => key),
      { leaseUntilMs },
    );
    const before: MessageKey[] = [];
    const leftOut: MessageKey[] = [];
    for (const [index, result] of results.entries()) {
      const record = identified[index]?.record;
      if (result.status === 'claimed' && record !== undefined) this.#open.set(record, result.key);
      if (result.status === 'processed') before.push(result.key);
      if (result.status === 'elsewhere' && result.refusals <= maxRefusals) this.#refused.push(result);
      if (result.status === 'elsewhere' && result.refusals > maxRefusals) leftOut.push(result.key);
    }
    if (before.length > 0) {
      log.info('ledger: messages were skipped because they had already been processed', loggedKeys(before));
      observer.onProcessedBefore?.(before);
    }
    if (leftOut.length > 0) {
      log.error(
        'ledger: messages were claimed elsewhere for too long; they are acknowledged without being processed here, ' +
          'look them up in the ledger: they are uncertain unless their claims were confirmed',
        loggedKeys(leftOut),
      );
      observer.onLeftOut?.(leftOut);
    }
    // In the order of the batch, whatever the ledger knew of each.
    return records.filter((record) => this.#open.has(record));
  }

  async confirm(record: AmazonMqRecord): Promise<void> {
    const key = this.#take(record);
    if (key !== undefined) await this.#ledger.confirm(key);
  }

  async fail(record: AmazonMqRecord, error: unknown): Promise<void> {
    const key = this.#take(record);
    this.#failures.push(error);
    if (key !== undefined) await this.#ledger.abandon(key);
  }

  /**
   * The handler has succeeded: confirms what it did not decide itself. Fails if the service must deliver the batch again,
   * after it has waited for the claims of others as long as the invocation may.
   *
   * @throws the handler's error for a failed record, MessageUnidentifiable, ClaimedElsewhere
   */
  async end(remainingMs: () => number): Promise<void> {
    const { clock, log, observer } = this.#ledger.settings;
    await this.#confirmOpen();
    const refused = this.#refused.map(({ key }) => key);
    if (refused.length > 0) {
      const owners = [...new Set(this.#refused.map(({ owner }) => owner))];
      log.warn('ledger: messages are claimed elsewhere; the batch fails so that they are delivered again', {
        ...loggedKeys(refused),
        owners,
      });
      observer.onClaimedElsewhere?.(refused);
      this.#failures.push(
        new ClaimedElsewhere(
          `${refused.length} messages of the batch are claimed by ${owners.join(', ')}; the batch fails so that the ` +
            'service delivers it again; messages already processed will then be skipped',
          loggedKeys(refused),
        ),
      );
      const wantedMs = Math.max(...this.#refused.map(({ retryAfterMs }) => retryAfterMs));
      const pauseMs = Math.min(wantedMs, remainingMs() - endReserveMs);
      if (pauseMs > 0) await clock.sleepMs(pauseMs);
    }
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** The handler has failed: releases what it did not decide. Errors of the table are logged; the handler's counts. */
  async release(): Promise<void> {
    const keys = this.#openKeys();
    this.#open.clear();
    try {
      await this.#ledger.abandonAll(keys);
    } catch (error) {
      this.#ledger.reportNotGivenBack(keys, error);
    }
  }

  /**
   * The handler may still be at work, and nobody will hear of its end: its messages are uncertain once their leases end,
   * unless it confirms them itself.
   */
  leaveToLeases(): void {
    const keys = this.#openKeys();
    if (keys.length === 0) return;
    this.#ledger.settings.log.error(
      'ledger: the function ran out of time, or failed so late that its handler may be at work still; its messages are ' +
        'claimed until their leases end',
      {
        ...loggedKeys(keys),
      },
    );
  }

  async #confirmOpen(): Promise<void> {
    const keys = this.#openKeys();
    this.#open.clear();
    try {
      await this.#ledger.confirmAll(keys);
    } catch (error) {
      // To fail now would have side effects repeated that did happen; their messages stay uncertain instead.
      this.#ledger.reportUnconfirmed(keys, error);
    }
  }

  #identify(record: AmazonMqRecord): { readonly record: AmazonMqRecord; readonly key: MessageKey }[] {
    try {
      return [{ record, key: this.#ledger.keyOf(fromLambda(record)) }];
    } catch (error) {
      if (!(error instanceof MessageUnidentifiable)) throw error;
      this.#ledger.settings.log.error(`ledger: ${error.message}`, { ...error.details, policy: this.#withoutIdentity });
      if (this.#withoutIdentity === 'hand-over') this.#open.set(record, undefined);
      else this.#failures.push(error);
      return [];
    }
  }

  #openKeys(): readonly MessageKey[] {
    return [...this.#open.values()].filter((key) => key !== undefined);
  }

  #take(record: AmazonMqRecord): MessageKey | undefined {
    if (!this.#open.has(record)) {
      throw new InvalidInput(
        `message ${record.messageID} is not an undecided message of this batch; ` +
          'pass the record itself, not a copy, and each only once',
        { messageID: record.messageID },
      );
    }
    const key = this.#open.get(record);
    this.#open.delete(record);
    return key;
  }
}
