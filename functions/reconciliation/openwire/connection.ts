import type { Duplex } from 'node:stream';
import { ConnectionLink } from './connection-link.ts';
import { OpenWireConsumer } from './consumer.ts';
import { checkQueueName } from './destination.ts';
import type { ProducerId } from './message-id.ts';
import type { OpenWireError } from './openwire-errors.ts';
import {
  type ConsumerSettings,
  connectionInfo,
  consumerInfo,
  producerInfo,
  removeConnection,
  sessionInfo,
  sessionNumber,
  transactionInfo,
  transactionSteps,
} from './outgoing-command.ts';
import { type CopyingProducer, OpenWireTransaction } from './transaction.ts';

/** What a connection is opened with. */
export interface OpenWireOptions {
  readonly credentials: { readonly username: string; readonly password: string };
  /**
   * A name that no connection has had before, such as a random UUID. Ids of messages are made of it, and a broker drops
   * what repeats an id, without a word.
   */
  readonly uniqueName: string;
  /** Bytes of the largest frame; by default the 100 MiB that ActiveMQ is configured with. */
  readonly maxFrameBytes?: number;
  /**
   * Budget of every answer; by default 30 s. It counts from the last time that the network took something of what was
   * written.
   */
  readonly answerTimeoutMs?: number;
  /** Silence after which either side takes the connection for dead; by default 30 s, as ActiveMQ's own clients. */
  readonly maxInactivityMs?: number;
  /** A signal that is aborted so many milliseconds later; wall time unless a test sets another. */
  readonly startTimeout?: (milliseconds: number) => AbortSignal;
}

const defaults = { maxFrameBytes: 104_857_600, answerTimeoutMs: 30_000, maxInactivityMs: 30_000 } as const;

/** A connection to an ActiveMQ broker in its own protocol, with one session. */
export class OpenWireConnection {
  readonly #link: ConnectionLink;
  readonly #connectionId: string;
  readonly #startTimeout: (milliseconds: number) => AbortSignal;
  #consumers = 0;
  #transactions = 0;
  #producer: Promise<CopyingProducer> | undefined;

  private constructor(link: ConnectionLink, connectionId: string, startTimeout: (milliseconds: number) => AbortSignal) {
    this.#link = link;
    this.#connectionId = connectionId;
    this.#startTimeout = startTimeout;
  }

  /**
   * Opens a connection on a stream, plain or encrypted. The stream is destroyed when that fails.
   *
   * @throws UnsupportedWireFormat for a peer that does not speak OpenWire 12, BrokerDeniedAccess for refused credentials,
   * BrokerRefused, NoAnswer, ConnectionLost
   */
  static async open(stream: Duplex, options: OpenWireOptions): Promise<OpenWireConnection> {
    const { credentials, uniqueName, startTimeout = AbortSignal.timeout } = options;
    const { maxFrameBytes, answerTimeoutMs, maxInactivityMs } = { ...defaults, ...options };
    const link = await ConnectionLink.open(stream, {
      wireFormat: { maxFrameBytes, maxInactivityMs },
      answerTimeoutMs,
      startTimeout: (milliseconds) => startTimeout(milliseconds),
    });
    // JMS wants ids of messages to begin so, and they begin with their connection's.
    const connectionId = `ID:${uniqueName}`;
    try {
      await link.request('opening a connection', (head) => connectionInfo(head, connectionId, credentials));
      await link.request('opening a session', (head) => sessionInfo(head, connectionId));
    } catch (error) {
      link.abort(error as OpenWireError);
      throw error;
    }
    return new OpenWireConnection(link, connectionId, startTimeout);
  }

  /** Why nothing more can be done with it; undefined while it can. */
  get error(): OpenWireError | undefined {
    return this.#link.error;
  }

  /** Bytes of the largest frame that both sides take. */
  get maxFrameBytes(): number {
    return this.#link.maxFrameBytes;
  }

  /**
   * Registers a consumer, or a browser, of one queue.
   *
   * @throws InvalidUse for a name that is not one queue's, BrokerDeniedAccess, BrokerRefused, NoAnswer, the reason why the
   * connection is of no use any more
   */
  async consume(settings: ConsumerSettings): Promise<OpenWireConsumer> {
    checkQueueName(settings.queue);
    this.#consumers += 1;
    const id = { connectionId: this.#connectionId, value: this.#consumers };
    const consumer = new OpenWireConsumer(this.#link, id, settings, this.#startTimeout);
    // Messages may arrive before the answer does.
    this.#link.route(id.value, consumer);
    try {
      await this.#link.request(`a consumer of ${settings.queue}`, (head) => consumerInfo(head, id, settings));
    } catch (error) {
      this.#link.route(id.value, undefined);
      throw error;
    }
    return consumer;
  }

  /**
   * Begins a local transaction. What it copies and acknowledges goes over this connection.
   *
   * @throws BrokerDeniedAccess, BrokerRefused, NoAnswer, the reason why the connection is of no use any more
   */
  async begin(): Promise<OpenWireTransaction> {
    this.#producer ??= this.#openProducer();
    const producer = await this.#producer;
    this.#transactions += 1;
    const id = { connectionId: this.#connectionId, value: this.#transactions };
    this.#link.send((head) => transactionInfo(head, id, transactionSteps.begin));
    return new OpenWireTransaction(this.#link, id, producer);
  }

  /**
   * Ends the connection with everything that it has: what is held is back in its queues, with its counters as they were;
   * open transactions are rolled back. Never throws: a connection that cannot be ended in order is broken off, after
   * which the broker does the same and counts one delivery of what was held.
   */
  async close(): Promise<void> {
    await this.#link
      .request('ending the connection', (head) => removeConnection(head, this.#connectionId))
      .catch(() => {});
    await this.#link.close();
  }

  /** Breaks off without a word, as a failing host does. */
  abort(error: OpenWireError): void {
    this.#link.abort(error);
  }

  async #openProducer(): Promise<CopyingProducer> {
    const id: ProducerId = { connectionId: this.#connectionId, sessionId: BigInt(sessionNumber), value: 1n };
    await this.#link.request('a producer', (head) => producerInfo(head, id));
    let sequence = 0n;
    return {
      id,
      nextSequence: () => {
        sequence += 1n;
        return sequence;
      },
    };
  }
}
