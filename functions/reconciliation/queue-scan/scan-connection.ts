import type { Duplex } from 'node:stream';
import type { Connection } from 'rhea';
import { AmqpConnection } from '../../brokers/amqp-connection.ts';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import { type DrError, ServiceUnavailable } from '../../runtime/errors.ts';
import { gatherWrites, sendEmptyFrame } from './rhea-transactions.ts';

/**
 * Budget of one answer of the broker. Healthy ones need milliseconds; the longest honest one is that of a link that
 * returns 100,000 messages, some ten seconds (docs/adr/0014-queue-scan.md).
 */
const answerTimeoutMs = 30_000;

/** One AMQP connection of a scan. What it held when it is lost has gone back to the queue. */
export class ScanConnection {
  readonly #amqp: AmqpConnection;
  readonly #stream: Duplex;
  #error: DrError | undefined;

  private constructor(stream: Duplex, credentials: Credentials) {
    this.#stream = stream;
    this.#amqp = new AmqpConnection(stream, credentials);
    gatherWrites(this.connection, stream);
    stream.on('data', () => {
      if (this.connection.is_open()) sendEmptyFrame(this.connection);
    });
  }

  /**
   * Opens a connection on a stream.
   *
   * @throws AccessDenied for refused credentials, ServiceUnavailable
   */
  static async open(stream: Duplex, credentials: Credentials): Promise<ScanConnection> {
    const opened = new ScanConnection(stream, credentials);
    await opened.answer('opening the AMQP connection', (done) => opened.connection.once('connection_open', done));
    return opened;
  }

  get connection(): Connection {
    return this.#amqp.connection;
  }

  /** Why the connection is of no use any more; undefined while it is. */
  get error(): DrError | undefined {
    return this.#error ?? this.#amqp.error;
  }

  /**
   * Resolves when `listen`'s callback is called. What the broker does not answer in time leaves the connection unusable.
   *
   * @throws AccessDenied, NotFound or ServiceUnavailable when the connection is lost or the broker says nothing
   */
  async answer<T>(what: string, listen: (done: (value: T) => void) => void, timeoutMs = answerTimeoutMs): Promise<T> {
    // Wall time on purpose: it bounds a broker that keeps a connection open and says nothing.
    const timeout = AbortSignal.timeout(timeoutMs);
    const giveUp = (): void => {
      this.abort(new ServiceUnavailable(`${what}: no answer within ${timeoutMs} ms`));
    };
    timeout.addEventListener('abort', giveUp);
    try {
      return await this.#amqp.answer(listen);
    } catch (error) {
      throw this.error ?? error;
    } finally {
      timeout.removeEventListener('abort', giveUp);
    }
  }

  /** Closes the connection; links that are still attached would count as failed deliveries. */
  async close(): Promise<void> {
    if (this.error !== undefined) return;
    this.#error = new ServiceUnavailable('the AMQP connection is closed');
    // rhea ends the stream when the broker has answered.
    await this.#amqp
      .answer<void>((done) => {
        this.#stream.once('close', () => done());
        this.#amqp.close();
      })
      .catch(() => {});
    this.#stream.destroy();
  }

  /** Breaks off without a word. */
  abort(error: DrError): void {
    this.#error ??= this.#amqp.error ?? error;
    this.#amqp.abort(error.message);
  }
}
