import { ServiceUnavailable, UnexpectedAnswer } from '../../runtime/errors.ts';
import { quarantineCopy } from '../amqp/quarantine-copy.ts';
import { ConfirmingSender } from './confirming-sender.ts';
import type { Arrival, HoldingLink } from './holding-link.ts';
import {
  declareMessage,
  dischargeMessage,
  openCoordinatorLink,
  TransactionalSession,
  type TransactionId,
} from './rhea-transactions.ts';
import type { ScanConnection } from './scan-connection.ts';

/**
 * The part of a connection that removes messages: each goes to the quarantine and out of its queue in one transaction, so
 * that a scan that dies leaves it in exactly one of the two.
 */
export class QuarantineMover {
  readonly connection: ScanConnection;
  readonly #control: TransactionalSession;
  readonly #coordinator: ConfirmingSender;
  readonly #copies: TransactionalSession;
  readonly #quarantine: ConfirmingSender;

  private constructor(connection: ScanConnection, quarantine: string) {
    this.connection = connection;
    this.#control = new TransactionalSession(connection.connection);
    this.#coordinator = new ConfirmingSender(connection, openCoordinatorLink(this.#control), 'transactions');
    this.#copies = new TransactionalSession(connection.connection);
    const target = { target: { address: `queue://${quarantine}` } };
    this.#quarantine = new ConfirmingSender(connection, this.#copies.session.open_sender(target), quarantine);
  }

  /** @throws AccessDenied, NotFound, ServiceUnavailable */
  static async open(connection: ScanConnection, quarantine: string): Promise<QuarantineMover> {
    const mover = new QuarantineMover(connection, quarantine);
    await mover.#coordinator.ready();
    await mover.#quarantine.ready();
    return mover;
  }

  /**
   * Moves messages that a link of this connection holds to the quarantine: all of them, or none.
   *
   * @returns why the broker refused it, and everything is held as before; undefined when they are moved
   * @throws ServiceUnavailable, when it is unknown which of both happened; UnexpectedAnswer
   */
  async move(link: HoldingLink, messages: readonly Arrival[]): Promise<string | undefined> {
    const id = await this.#begin();
    this.#copies.sendIn(id);
    const refused = await this.#quarantine.send(messages.map(({ bytes }) => quarantineCopy(bytes)));
    if (refused !== undefined) {
      await this.#coordinator.send([dischargeMessage(id, { fail: true })]);
      return refused;
    }
    link.session.acceptIn(
      id,
      messages.map(({ delivery }) => delivery),
    );
    const uncommitted = await this.#coordinator.send([dischargeMessage(id, { fail: false })]);
    if (uncommitted !== undefined) throw new ServiceUnavailable(`the broker did not commit a removal: ${uncommitted}`);
    return undefined;
  }

  async #begin(): Promise<TransactionId> {
    const refused = await this.#coordinator.send([declareMessage()]);
    const { declared } = this.#control;
    if (refused === undefined && declared !== undefined) return declared;
    throw new UnexpectedAnswer(`the broker did not begin a transaction: ${refused ?? 'its answer names none'}`);
  }
}
