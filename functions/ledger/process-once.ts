import { MessageUnidentifiable } from '../runtime/errors.ts';
import type { Ledger } from './ledger.ts';
import type { MessageKey } from './ledger-entry.ts';
import type { LedgerMessage } from './ledger-message.ts';

/** The outcome of one message, which decides whether to acknowledge it. */
export type ProcessFate =
  | {
      /**
       * `processed`: its side effect happened now, and is recorded · `processed-before`: it happened earlier, the handler
       * was not called · `repeated`: the same message stands earlier in this call, and its fate is that one's.
       */
      readonly status: 'processed' | 'processed-before' | 'repeated';
      readonly acknowledge: boolean;
    }
  | {
      /** Another consumer may be processing it. Let it go, but wait so long before taking more from the queue. */
      readonly status: 'elsewhere';
      readonly acknowledge: false;
      readonly retryAfterMs: number;
    }
  | {
      /** `failed`: the handler threw, the message is released · `unidentified`: it lacks what the ledger goes by. */
      readonly status: 'failed' | 'unidentified';
      readonly acknowledge: false;
      readonly error: unknown;
    }
  | {
      /** Its side effect happened but could not be recorded; a repetition would do more harm than a missing record. */
      readonly status: 'unconfirmed';
      readonly acknowledge: true;
      readonly error: unknown;
    };

export type ProcessOutcome<M> = { readonly message: M } & ProcessFate;

/** How `processOnce` goes about it. */
export interface ProcessOnceOptions {
  /**
   * When side effects are recorded: after `each` one (the default), so that a crash leaves one message uncertain, or all
   * at the end in a `batch`, which saves round trips.
   */
  readonly confirm?: 'each' | 'batch';
}

interface Identified<M> {
  readonly index: number;
  readonly message: M;
  readonly key: MessageKey;
}

/** One call's messages and their outcomes. */
class Run<M extends LedgerMessage> {
  readonly identified: readonly Identified<M>[];
  readonly #ledger: Ledger;
  readonly #messages: readonly M[];
  readonly #fates = new Map<number, ProcessFate>();
  #unrecorded: Identified<M>[] = [];

  constructor(ledger: Ledger, messages: readonly M[]) {
    this.#ledger = ledger;
    this.#messages = messages;
    this.identified = messages.flatMap((message, index) => this.#identify(message, index));
  }

  note({ index }: Identified<M>, fate: ProcessFate): void {
    this.#fates.set(index, fate);
  }

  /** Calls the handler, unless the claim was lost while the messages before it were processed. */
  async process(item: Identified<M>, leaseUntilMs: number, handler: (message: M) => Promise<void>): Promise<void> {
    const { clock, leaseSeconds } = this.#ledger.settings;
    const isShort = clock.nowMs() + (leaseSeconds * 1_000) / 2 > leaseUntilMs;
    if (isShort && (await this.#ledger.renewAll([item.key])).length > 0) {
      this.note(item, { status: 'elsewhere', acknowledge: false, retryAfterMs: leaseSeconds * 1_000 });
      return;
    }
    try {
      await handler(item.message);
      this.#unrecorded.push(item);
    } catch (error) {
      this.note(item, { status: 'failed', acknowledge: false, error });
      await this.#release(item);
    }
  }

  /** Records the side effects that are not recorded yet. */
  async record(): Promise<void> {
    const written = this.#unrecorded;
    this.#unrecorded = [];
    const keys = written.map(({ key }) => key);
    try {
      await this.#ledger.confirmAll(keys);
      for (const item of written) this.note(item, { status: 'processed', acknowledge: true });
    } catch (error) {
      for (const item of written) this.note(item, { status: 'unconfirmed', acknowledge: true, error });
      this.#ledger.reportUnconfirmed(keys, error);
    }
  }

  outcomes(): readonly ProcessOutcome<M>[] {
    return this.#messages.map((message, index) => ({ message, ...this.#fateOf(index) }));
  }

  #fateOf(index: number): ProcessFate {
    const fate = this.#fates.get(index);
    if (fate !== undefined) return fate;
    const key = this.identified.find((item) => item.index === index)?.key;
    const first = this.identified.find((item) => item.key.id === key?.id && item.key.destination === key.destination);
    const acknowledge = first !== undefined && this.#fates.get(first.index)?.acknowledge === true;
    return { status: 'repeated', acknowledge };
  }

  #identify(message: M, index: number): Identified<M>[] {
    try {
      return [{ index, message, key: this.#ledger.keyOf(message) }];
    } catch (error) {
      if (!(error instanceof MessageUnidentifiable)) throw error;
      this.#fates.set(index, { status: 'unidentified', acknowledge: false, error });
      return [];
    }
  }

  async #release({ key }: Identified<M>): Promise<void> {
    try {
      await this.#ledger.abandon(key);
    } catch (error) {
      this.#ledger.reportNotGivenBack([key], error);
    }
  }
}

/**
 * For consumers other than Lambda: claims the messages, calls the handler for each that nobody has processed or claimed,
 * one after the other, and records those that took effect. Acknowledge the messages whose outcome says so, and release
 * the others.
 *
 * @param handler must have caused the whole side effect when it resolves, and none of it when it rejects
 * @throws ServiceUnavailable, AccessDenied, NotFound, RequestRejected when the ledger cannot be asked: no message that is
 * not recorded has been processed then, unless its claim ran short and could not be renewed
 */
export const processOnce = async <M extends LedgerMessage>(
  ledger: Ledger,
  messages: readonly M[],
  handler: (message: M) => Promise<void>,
  { confirm = 'each' }: ProcessOnceOptions = {},
): Promise<readonly ProcessOutcome<M>[]> => {
  const run = new Run(ledger, messages);
  const results = await ledger.claimAll(run.identified.map(({ key }) => key));
  for (const [place, item] of run.identified.entries()) {
    const result = results[place];
    if (result?.status === 'claimed') await run.process(item, result.leaseUntilMs, handler);
    if (result?.status === 'processed') run.note(item, { status: 'processed-before', acknowledge: true });
    if (result?.status === 'elsewhere') {
      run.note(item, { status: 'elsewhere', acknowledge: false, retryAfterMs: result.retryAfterMs });
    }
    if (confirm === 'each') await run.record();
  }
  await run.record();
  return run.outcomes();
};
