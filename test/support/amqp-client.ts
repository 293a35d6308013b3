import type { Duplex } from 'node:stream';
import rhea, { type Connection, type Delivery, type EventContext, type Message } from 'rhea';
import { AmqpConnection } from '../../functions/brokers/amqp-connection.ts';

/** How a received message is answered. `hold` leaves it unanswered. */
export type Answer = 'accept' | 'release' | 'reject' | 'fail' | 'undeliverable' | 'hold';

export interface ReceiveOptions {
  /** Answer for each message by its index; a single answer for all. */
  readonly answer?: Answer | ((index: number) => Answer);
  /** JMS selector. */
  readonly selector?: string;
  /** 1 waits for the broker to confirm each answer. */
  readonly settleMode?: 0 | 1;
}

export interface ReceivedMessage {
  /** AMQP message-id as rhea decodes it. */
  readonly id: unknown;
  readonly body: unknown;
  /** Failed deliveries before this one. */
  readonly deliveryCount: number;
  readonly message: Message;
  readonly delivery: Delivery;
}

/** A message to send; durable unless it says otherwise. */
export type MessageToSend = Readonly<Record<string, unknown>>;

const answer = (delivery: Delivery, how: Answer): void => {
  if (how === 'accept') delivery.accept();
  if (how === 'release') delivery.release();
  if (how === 'reject') delivery.reject();
  if (how === 'fail') delivery.modified({ delivery_failed: true });
  if (how === 'undeliverable') delivery.modified({ undeliverable_here: true });
};

/** Lets streams in memory, and every tick that rhea queued, come to rest. */
export const settleStreams = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/**
 * An AMQP client for tests: no reconnecting, one session per link, pull by credit, explicit answers. Nothing in it
 * waits for time, so it runs inside any actor of a virtual clock.
 */
export class AmqpTestClient {
  readonly #amqp: AmqpConnection;
  #lastLink = 0;

  private constructor(amqp: AmqpConnection) {
    this.#amqp = amqp;
  }

  /**
   * Connects to a broker, or over a stream that leads to one.
   *
   * @throws DrError when the broker refuses the user
   */
  static async connect(
    to: { connect(): Duplex } | Duplex,
    { username = 'app', password = 'app-password', idleTimeoutMs = 0 } = {},
  ): Promise<AmqpTestClient> {
    const stream = 'pipe' in to ? to : to.connect();
    const containerId = 'test-client';
    const amqp = new AmqpConnection(stream as Duplex, { username, password }, { containerId, idleTimeoutMs });
    await amqp.answer((done) => amqp.connection.once('connection_open', done));
    return new AmqpTestClient(amqp);
  }

  get connection(): Connection {
    return this.#amqp.connection;
  }

  /** Resolves when the connection has been lost. */
  async lost(): Promise<void> {
    await this.#amqp.answer<never>(() => {}).catch(() => {});
  }

  /**
   * Sends messages and resolves with each one's outcome, in order.
   *
   * @throws DrError when the connection or the link ends before all have an outcome
   */
  async send(queue: string, messages: readonly MessageToSend[]): Promise<readonly string[]> {
    const session = this.#session();
    const sender = session.open_sender({ name: this.#linkName(), target: { address: queue } });
    const outcomes = new Map<Delivery, string>();
    const deliveries: Delivery[] = [];
    await this.#amqp.answer<void>((done) => {
      const sendMore = (): void => {
        while (deliveries.length < messages.length && sender.sendable()) {
          deliveries.push(sender.send({ durable: true, ...messages[deliveries.length] } as unknown as Message));
        }
      };
      sender.on('sendable', sendMore);
      for (const outcome of ['accepted', 'rejected', 'released']) {
        sender.on(outcome, ({ delivery }: EventContext) => {
          if (delivery !== undefined) outcomes.set(delivery, outcome);
          if (outcomes.size === messages.length) done();
        });
      }
    });
    session.close();
    return deliveries.map((delivery) => outcomes.get(delivery) ?? 'unknown');
  }

  /** Sends `count` messages with the ids `<prefix>1`, `<prefix>2`, …; returns those that were accepted. */
  async sendNumbered(queue: string, prefix: string, count: number): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
    const outcomes = await this.send(
      queue,
      ids.map((id) => ({ message_id: id, body: `body of ${id}` })),
    );
    return ids.filter((_, index) => outcomes[index] === 'accepted');
  }

  /**
   * Takes what is there now, at most `count` messages, and answers each.
   *
   * @throws DrError when the connection or the link ends
   */
  async receive(queue: string, count: number, options: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    const how = options.answer ?? 'accept';
    const { received, close } = await this.#pull(queue, count, options, 'move');
    for (const [index, { delivery }] of received.entries()) {
      answer(delivery, typeof how === 'function' ? how(index) : how);
      // rhea gives two adjacent deliveries that are settled in one tick the outcome of the first.
      if (typeof how === 'function') await settleStreams();
    }
    await settleStreams();
    if (how !== 'hold') close();
    return received;
  }

  /** Sees what is there now, at most `count` messages, and removes nothing. */
  async browse(queue: string, count: number, options: ReceiveOptions = {}): Promise<readonly ReceivedMessage[]> {
    const { received, close } = await this.#pull(queue, count, options, 'copy');
    for (const { delivery } of received) delivery.accept();
    await settleStreams();
    close();
    return received;
  }

  /** Ends the connection properly. */
  async close(): Promise<void> {
    this.connection.close();
    await settleStreams();
  }

  async #pull(
    queue: string,
    count: number,
    options: ReceiveOptions,
    mode: 'move' | 'copy',
  ): Promise<{ readonly received: ReceivedMessage[]; readonly close: () => void }> {
    const session = this.#session();
    const { selector } = options;
    const receiver = session.open_receiver({
      name: this.#linkName(),
      source: {
        address: queue,
        distribution_mode: mode,
        ...(selector === undefined ? {} : { filter: rhea.filter.selector(selector) }),
      },
      credit_window: 0,
      autoaccept: false,
      rcv_settle_mode: options.settleMode ?? 0,
    });
    const received: ReceivedMessage[] = [];
    await this.#amqp.answer<void>((done) => {
      receiver.on('message', ({ message, delivery }: EventContext) => {
        if (message === undefined || delivery === undefined) return;
        const deliveryCount = Number(message.delivery_count ?? 0);
        received.push({ id: message.message_id, body: message.body, deliveryCount, message, delivery });
        if (received.length === count) done();
      });
      let seen = 0;
      // A drain brings one page at most, so only one that brought nothing says that nothing is left.
      receiver.on('receiver_drained', () => {
        if (received.length === seen) {
          done();
          return;
        }
        seen = received.length;
        receiver.drain_credit();
        receiver.add_credit(count - seen);
      });
      receiver.drain_credit();
      receiver.add_credit(count);
    });
    const close = (): void => {
      // A session that ends with its link still attached counts as a failed delivery.
      receiver.close();
      session.close();
    };
    return { received, close };
  }

  #session() {
    const session = this.connection.create_session();
    session.begin();
    return session;
  }

  #linkName(): string {
    return `link-${++this.#lastLink}`;
  }
}
