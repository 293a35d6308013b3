import type { Duplex } from 'node:stream';
import rhea, { type Container } from 'rhea';
import { AmqpServerConnection } from './amqp-server-connection.ts';
import { memoryConnection } from './duplex-pair.ts';
import type { MessageStore } from './message-store.ts';
import { QueueDispatcher } from './queue-dispatcher.ts';

export interface AmqpFrontOptions {
  /** AMQP container id. */
  readonly id: string;
  readonly store: MessageStore;
  nowMs(): number;
  /** Whether a user may connect. */
  authenticate(username: string, password: string): boolean;
  /** Whether a message is left over for the link that drains now; as in `ActiveMqBrokerOptions`. */
  leavesOver(): boolean;
}

/**
 * The AMQP 1.0 connectors of a broker, over streams in memory: no socket, no timer, so that everything a client causes
 * happens while the client's actor runs.
 */
export class AmqpFront {
  readonly #options: AmqpFrontOptions;
  readonly #container: Container;
  readonly #dispatcher = new QueueDispatcher();
  readonly #connections = new Set<AmqpServerConnection>();
  #lastConnection = 0;

  constructor(options: AmqpFrontOptions) {
    this.#options = options;
    this.#container = rhea.create_container({
      id: options.id,
      receiver_options: { autoaccept: false },
      // rhea would report a modified delivery as released too.
      sender_options: { treat_modified_as_released: false },
    });
    this.#container.sasl_server_mechanisms.enable_plain(
      (username: string | null, password: string | null): boolean =>
        username !== null && password !== null && options.authenticate(username, password),
    );
    options.store.onAvailable = (queue) => this.#dispatcher.pump(queue);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Links that receive from a queue, browsers too: ActiveMQ counts both as consumers. */
  consumersOf(queue: string): number {
    return [...this.#connections].reduce((sum, connection) => sum + connection.receivingLinks(queue), 0);
  }

  /** The client's end of a new connection. */
  connect(): Duplex {
    const [client, server] = memoryConnection();
    const { store, nowMs, leavesOver } = this.#options;
    this.#connections.add(
      new AmqpServerConnection(server, {
        container: this.#container,
        id: `${this.#options.id}/${++this.#lastConnection}`,
        store,
        dispatcher: this.#dispatcher,
        nowMs,
        leavesOver,
        onEnd: (connection) => this.#connections.delete(connection),
      }),
    );
    return client;
  }

  /** Drops every client at once, as a connector does that is stopped. */
  dropAll(): void {
    for (const connection of [...this.#connections]) connection.drop();
  }
}
