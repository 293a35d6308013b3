import type { ConnectionLink } from './connection-link.ts';
import { checkQueueName } from './destination.ts';
import { messageCopy } from './message-copy.ts';
import { keptTextView, type ProducerId } from './message-id.ts';
import {
  BrokerRefused,
  CommitOutcomeUnknown,
  InvalidUse,
  type OpenWireError,
  refusal,
  TransactionRolledBack,
} from './openwire-errors.ts';
import { transactionInfo, transactionSteps } from './outgoing-command.ts';
import type { TransactionId } from './transaction-id.ts';
import type { WireMessage } from './wire-message.ts';

/** A producer and the numbers that it gives. */
export interface CopyingProducer {
  readonly id: ProducerId;
  /** A number that no message of this producer has had. */
  nextSequence(): bigint;
}

/**
 * Which identity a copy gets. `kept`: the original's, for a queue that has never had the message: a queue silently drops
 * what it has seen, after a commit that succeeds. `fresh`: a new one, with the original JMSMessageID as what clients
 * read; for any queue, also the one that the message once came from.
 */
export type CopyIdentity = 'kept' | 'fresh';

/** Exceptions with which a broker says that a commit did not take place. */
const rolledBack = /TransactionRolledBackException$/;

/** A local transaction: copies sent and messages acknowledged take place together, or not at all. */
export class OpenWireTransaction {
  readonly id: TransactionId;
  readonly #link: ConnectionLink;
  readonly #producer: CopyingProducer;
  readonly #onReturn: (() => void)[] = [];
  /** Copies that the broker has not answered yet. */
  #unanswered = 0;
  #refused: OpenWireError | undefined;
  #onAllAnswered: () => void = () => {};
  #open = true;

  constructor(link: ConnectionLink, id: TransactionId, producer: CopyingProducer) {
    this.#link = link;
    this.id = id;
    this.#producer = producer;
  }

  /** Calls `onReturn` when what was acknowledged in this transaction is held again. @throws InvalidUse once it is over */
  returns(onReturn: () => void): void {
    this.#checkOpen();
    this.#onReturn.push(onReturn);
  }

  /**
   * Sends a copy of a message. Its bytes are kept until the network has taken them: a caller bounds what one transaction
   * sends. Whether the broker took it shows in commit().
   *
   * @throws FrameTooLarge when the broker would not take it, MalformedFrame when it cannot be copied whole; nothing was
   * sent then, and the transaction goes on. InvalidUse for a queue that is not one queue, or once it is over
   */
  copy(message: WireMessage, queue: string, identity: CopyIdentity): void {
    this.#checkOpen();
    checkQueueName(queue);
    const { id } = message;
    if (identity === 'kept' && message.destination?.name === queue) {
      throw new InvalidUse(`a copy with its original's id would vanish in ${queue}, which has seen that id`);
    }
    this.#link.sendAnswered(
      ({ commandId, responseRequired }) =>
        messageCopy(message, {
          commandId,
          responseRequired,
          producer: this.#producer.id,
          queue,
          transaction: this.id,
          identity:
            identity === 'kept' ? undefined : { sequence: this.#producer.nextSequence(), textView: keptTextView(id) },
        }),
      {
        onAnswer: (exception) => this.#answered(exception && refusal(`a copy to ${queue}`, exception)),
        onLost: (error) => this.#answered(error),
      },
    );
    this.#unanswered += 1;
  }

  /**
   * Commits once the broker has confirmed every copy.
   *
   * @throws TransactionRolledBack when nothing took place, with the reason as its cause: a copy was refused or not
   * confirmed in time, and the commit was not sent; or the broker rolled back. CommitOutcomeUnknown when the commit was
   * sent and its answer is missing; the connection is closed then
   */
  async commit(): Promise<void> {
    this.#checkOpen();
    const problem = await this.#confirmation();
    if (problem !== undefined) {
      await this.#undo();
      throw new TransactionRolledBack(
        `the commit was not sent, because ${problem.message}. Nothing was copied, and nothing was removed`,
        problem.details,
        { cause: problem },
      );
    }
    this.#open = false;
    try {
      await this.#link.request('a commit', (head) => transactionInfo(head, this.id, transactionSteps.commitOnePhase));
      if (this.#link.error !== undefined) throw this.#link.error;
    } catch (error) {
      throw this.#commitError(error as OpenWireError);
    }
  }

  /**
   * Undoes everything; what was acknowledged is held again.
   *
   * @throws NoAnswer, BrokerRefused, the reason why the connection is of no use any more: it is undone then too
   */
  async rollback(): Promise<void> {
    this.#checkOpen();
    this.#open = false;
    await this.#link.request('a rollback', (head) => transactionInfo(head, this.id, transactionSteps.rollback));
    for (const onReturn of this.#onReturn) onReturn();
  }

  /** Waits for the broker's answers to all copies. Gives why the commit must not be sent. */
  async #confirmation(): Promise<OpenWireError | undefined> {
    try {
      if (this.#unanswered > 0) {
        const allAnswered = Promise.withResolvers<void>();
        this.#onAllAnswered = allAnswered.resolve;
        await this.#link.inTime('the copies of a transaction', allAnswered.promise);
      }
    } catch (error) {
      return error as OpenWireError;
    }
    return this.#refused ?? this.#link.error;
  }

  async #undo(): Promise<void> {
    // On a connection that is lost the broker rolls back by itself.
    await this.rollback().catch(() => {});
  }

  #commitError(error: OpenWireError): OpenWireError {
    const exception = String(error.details.exception ?? '');
    if (error instanceof BrokerRefused && rolledBack.test(exception)) {
      for (const onReturn of this.#onReturn) onReturn();
      return new TransactionRolledBack(`the broker rolled the transaction back: ${error.message}`, error.details, {
        cause: error,
      });
    }
    const unknown = new CommitOutcomeUnknown(
      `a commit was sent and its outcome is unknown: ${error.message}. Look for the copies before it is done again`,
      error.details,
      { cause: error },
    );
    this.#link.abort(unknown);
    return unknown;
  }

  #answered(problem: OpenWireError | undefined): void {
    this.#refused ??= problem;
    this.#unanswered -= 1;
    if (this.#unanswered === 0) this.#onAllAnswered();
  }

  #checkOpen(): void {
    if (!this.#open) throw new InvalidUse('the transaction is over');
  }
}
