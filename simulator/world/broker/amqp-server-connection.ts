import type { Duplex } from 'node:stream';
import type { Connection, Container, Delivery, EventContext, Receiver, Sender, Session } from 'rhea';
import { consumerOfAddress, LinkRefusedError } from './amqp-address.ts';
import { AmqpBrowser } from './amqp-browser.ts';
import { AmqpConsumer } from './amqp-consumer.ts';
import { AmqpCoordinator } from './amqp-coordinator.ts';
import { AmqpProducer, type LinkEnvironment } from './amqp-producer.ts';
import { answerEvents, type ClientOutcome, outcomeOfEvent } from './client-outcome.ts';
import type { MessageStore } from './message-store.ts';
import { OutcomeOrder } from './outcome-order.ts';
import type { QueueDispatcher } from './queue-dispatcher.ts';
import { deliverRawMessages, ignoreIdleTimeout, isDraining, serverConnection } from './rhea-internals.ts';
import { isCoordinatorLink, watchTransactions } from './rhea-transactions.ts';
import { messageIdOfFilter } from './selector.ts';
import { inCleanupOrder } from './session-cleanup.ts';
import { Transactions } from './transactions.ts';

export interface AmqpServerConnectionOptions {
  readonly container: Container;
  /** Names the connection on its broker. */
  readonly id: string;
  readonly store: MessageStore;
  readonly dispatcher: QueueDispatcher;
  nowMs(): number;
  leavesOver(): boolean;
  /** Called once, when the connection has ended by either side. */
  onEnd(connection: AmqpServerConnection): void;
}

/** Settle mode of a receiving client that never answers: the broker would forget messages by sending them. */
const settledBySender = 1;

/** The broker's side of one client connection. */
export class AmqpServerConnection {
  readonly #options: AmqpServerConnectionOptions;
  readonly #stream: Duplex;
  readonly #environment: LinkEnvironment;
  readonly #producers = new Map<Receiver, AmqpProducer | AmqpCoordinator>();
  readonly #consumers = new Map<Sender, AmqpConsumer>();
  readonly #browsers = new Map<Sender, AmqpBrowser>();
  #lastLink = 0;
  #ended = false;

  constructor(stream: Duplex, options: AmqpServerConnectionOptions) {
    this.#options = options;
    this.#stream = stream;
    const { store, nowMs } = options;
    this.#environment = { store, outcomes: new OutcomeOrder(), transactions: new Transactions(), nowMs };
    const connection = serverConnection(options.container, options.id);
    this.#listen(connection);
    connection.accept(stream);
  }

  /** Links of the client on which it receives from a queue. */
  receivingLinks(queue: string): number {
    return [...this.#consumers.values(), ...this.#browsers.values()].filter((link) => link.queue === queue).length;
  }

  /** Ends the connection without a word, as a process does that stops. What is under way stays unanswered. */
  drop(): void {
    this.#end({ deliveryFailed: true });
  }

  #listen(connection: Connection): void {
    const on = (event: string, handle: (context: EventContext) => void): void => {
      connection.on(event, handle);
    };
    on('connection_open', () => ignoreIdleTimeout(connection));
    on('session_open', ({ session }) => session && this.#openSession(session));
    on('receiver_open', ({ receiver }) => receiver && this.#openProducer(receiver));
    on('sender_open', ({ sender }) => sender && this.#openSender(sender));
    on('message', ({ receiver, message, delivery }) => {
      if (receiver && message && delivery) this.#producers.get(receiver)?.receive(message, delivery);
    });
    on('sender_flow', ({ sender }) => sender && this.#takeFlow(sender));
    on('sendable', ({ sender }) => sender && this.#pump(sender));
    on('sender_draining', ({ sender }) => sender && this.#drain(sender));
    for (const event of answerEvents) {
      on(event, (context) => {
        const { sender, delivery } = context;
        if (sender && delivery) this.#answer(sender, delivery, outcomeOfEvent(event, context));
      });
    }
    on('sender_close', ({ sender }) => sender && this.#closeSender(sender, { deliveryFailed: false }));
    on('receiver_close', ({ receiver }) => receiver && this.#producers.delete(receiver));
    // A client may end its session or its connection with links still attached: the broker counts that as a failure.
    on('session_close', ({ session }) => {
      for (const sender of [...this.#consumers.keys(), ...this.#browsers.keys()]) {
        if (sender.session === session) this.#closeSender(sender, { deliveryFailed: true });
      }
    });
    on('connection_close', () => this.#end({ deliveryFailed: true, keepStream: true }));
    on('disconnected', () => this.#end({ deliveryFailed: true }));
    on('protocol_error', () => this.#end({ deliveryFailed: true }));
  }

  #openSession(session: Session): void {
    deliverRawMessages(session);
    watchTransactions(session, (answer) => {
      this.#consumers.get(answer.delivery.link as Sender)?.answerInTransaction(answer);
    });
  }

  #openProducer(receiver: Receiver): void {
    this.#refuseOnError(receiver, () => {
      const link = isCoordinatorLink(receiver)
        ? new AmqpCoordinator(receiver, this.#environment)
        : new AmqpProducer(receiver, this.#environment);
      this.#producers.set(receiver, link);
    });
  }

  #openSender(sender: Sender): void {
    this.#refuseOnError(sender, () => {
      const { source } = sender;
      if (source?.dynamic === true) {
        throw new LinkRefusedError('amqp:not-implemented', 'dynamic sources are not modelled: name a queue');
      }
      if (sender.snd_settle_mode === settledBySender) {
        throw new LinkRefusedError('amqp:not-implemented', 'receiving pre-settled is not modelled: answer messages');
      }
      const { queue, creates, exclusive, priority } = consumerOfAddress(source?.address);
      const messageId = messageIdOfFilter(source.filter);
      // Echoed, so that a client sees that the broker honours its filter (AMQP 1.0, part 3, section 3.5.3).
      sender.set_source({
        address: source.address,
        ...(source.distribution_mode ? { distribution_mode: source.distribution_mode } : {}),
        ...(source.filter ? { filter: source.filter } : {}),
      });
      if (`${source.distribution_mode ?? 'move'}` === 'copy') {
        const browser = new AmqpBrowser(sender, this.#environment, queue, messageId);
        this.#browsers.set(sender, browser);
        this.#afterAttach(sender, browser);
        return;
      }
      const holder = `${this.#options.id}/${++this.#lastLink}`;
      const consumer = new AmqpConsumer(sender, this.#environment, { queue, messageId, exclusive, priority, holder });
      if (creates) this.#options.store.declare(queue);
      this.#consumers.set(sender, consumer);
      this.#options.dispatcher.add(consumer);
      this.#afterAttach(sender, consumer);
    });
  }

  /**
   * Starts a link once rhea has written the broker's attach, which is queued already. rhea writes the transfers of a
   * tick before its attaches, and a client may send attach and credit together.
   */
  #afterAttach(sender: Sender, link: AmqpBrowser | AmqpConsumer): void {
    process.nextTick(() => {
      if (this.#ended) return;
      link.credit.start();
      this.#pump(sender);
    });
  }

  #refuseOnError(link: Sender | Receiver, open: () => void): void {
    try {
      open();
    } catch (error) {
      if (!(error instanceof LinkRefusedError)) throw error;
      link.close({ condition: error.condition, description: error.message });
    }
  }

  #pump(sender: Sender): void {
    this.#browsers.get(sender)?.show();
    const consumer = this.#consumers.get(sender);
    if (consumer !== undefined) this.#options.dispatcher.pump(consumer.queue);
  }

  /** rhea reports each flow, and then a drain if the flow asks for one. */
  #takeFlow(sender: Sender): void {
    // The drain that the flow asks for bounds what may be sent.
    if (isDraining(sender)) return;
    this.#linkOf(sender)?.credit.stopDrain();
    this.#pump(sender);
  }

  #drain(sender: Sender): void {
    this.#browsers.get(sender)?.credit.startDrain();
    const consumer = this.#consumers.get(sender);
    consumer?.startDrain();
    this.#pump(sender);
    const { dispatcher, leavesOver } = this.#options;
    if (consumer !== undefined && dispatcher.isOffered(consumer) && leavesOver()) consumer.keepOneBack();
  }

  #linkOf(sender: Sender): AmqpBrowser | AmqpConsumer | undefined {
    return this.#browsers.get(sender) ?? this.#consumers.get(sender);
  }

  #answer(sender: Sender, delivery: Delivery, outcome: ClientOutcome): void {
    const link = this.#linkOf(sender);
    link?.answer(delivery, outcome);
    // The answer may have made the room that a drain was waiting for, or given something back.
    if (link?.credit.draining || this.#consumers.get(sender)?.hasReturned) this.#pump(sender);
  }

  #closeSender(sender: Sender, options: { readonly deliveryFailed: boolean }): void {
    this.#browsers.delete(sender);
    this.#closeConsumer(sender, options);
  }

  #closeConsumer(sender: Sender, options: { readonly deliveryFailed: boolean }): void {
    const consumer = this.#consumers.get(sender);
    if (consumer === undefined) return;
    this.#consumers.delete(sender);
    this.#options.dispatcher.remove(consumer);
    consumer.close(options);
  }

  #end(options: { readonly deliveryFailed: boolean; readonly keepStream?: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const sender of inCleanupOrder([...this.#consumers.keys()], this.#options.id)) {
      this.#closeConsumer(sender, options);
    }
    this.#producers.clear();
    this.#browsers.clear();
    // After a proper close rhea still has its own close to write, and ends the stream itself.
    if (options.keepStream !== true) this.#stream.destroy();
    this.#options.onEnd(this);
  }
}
