import type { Duplex } from 'node:stream';
import { AmqpFront } from './amqp-front.ts';
import type { BrokerRole, EmbeddedBroker, QueueStatistics, ReplicationGauges } from './embedded-broker.ts';
import { MessageStore, type StoredMessageView } from './message-store.ts';

/** The connectors do not listen: the broker is down, a replica, or closed by a soft failover. */
export class ConnectionRefusedError extends Error {
  override readonly name = 'ConnectionRefusedError';
  readonly code = 'ECONNREFUSED';

  constructor(brokerName: string) {
    super(`connect ECONNREFUSED: the connectors of broker "${brokerName}" do not listen`);
  }
}

/** A change that clients or operators of a broker could see. */
export interface BrokerChange {
  /** Virtual milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly brokerId: string;
  readonly role: BrokerRole;
  readonly up: boolean;
  readonly acceptsClients: boolean;
}

export interface ActiveMqBrokerOptions {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  nowMs(): number;
  /** Whether a user may connect; users are the control plane's. */
  authenticate(username: string, password: string): boolean;
  /**
   * Whether another thread of the broker comes between this drain and its answer, so that a message is left over for the
   * link until it asks again (docs/amazon-mq.md 14.9); never by default.
   */
  readonly leavesOver?: (() => boolean) | undefined;
  /** Called after each change, in order. */
  readonly onChange?: ((change: BrokerChange) => void) | undefined;
}

/** What replication does inside a broker; a pair attaches it to both of its brokers. */
export interface ReplicationPlugin {
  /** Brings the broker's store and role to the present. Called before anything of the broker is read. */
  sync(): void;
  gauges(): ReplicationGauges;
  /** The broker's process stopped or started. */
  powerChanged(): void;
}

const noGauges: ReplicationGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
  replicationQueueSize: undefined,
};

/** A broker that stores messages, speaks AMQP 1.0 and can be half of a pair. */
export class ActiveMqBroker implements EmbeddedBroker {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  /** For replication alone: whoever reads it must `sync` first. */
  readonly store: MessageStore;
  readonly #options: ActiveMqBrokerOptions;
  readonly #front: AmqpFront;
  #plugin: ReplicationPlugin | undefined;
  #role: BrokerRole = 'standalone';
  #up = true;
  #connectorsOpen = true;
  #reported = '';

  constructor(options: ActiveMqBrokerOptions) {
    this.#options = options;
    this.brokerId = options.brokerId;
    this.brokerName = options.brokerName;
    this.region = options.region;
    const { nowMs, authenticate, leavesOver = () => false } = options;
    this.store = new MessageStore({ brokerId: options.brokerId, nowMs });
    this.#front = new AmqpFront({ id: options.brokerId, store: this.store, nowMs, authenticate, leavesOver });
    this.#reported = this.#state();
  }

  get role(): BrokerRole {
    this.#plugin?.sync();
    return this.#role;
  }

  get up(): boolean {
    return this.#up;
  }

  get acceptsClients(): boolean {
    this.#plugin?.sync();
    return this.#listening();
  }

  queueDepths(): ReadonlyMap<string, number> {
    this.#plugin?.sync();
    return this.store.depths();
  }

  queueStatistics(): ReadonlyMap<string, QueueStatistics> {
    this.#plugin?.sync();
    const statistics = [...this.store.statistics()].map(([queue, counts]) => {
      const consumers = this.#front.consumersOf(queue);
      return [queue, { ...counts, consumers }] as const;
    });
    return new Map(statistics);
  }

  /** Every message of a queue in store order, whether or not clients could see it; none for an unknown queue. */
  messages(queue: string): readonly StoredMessageView[] {
    this.#plugin?.sync();
    return this.store.view(queue);
  }

  /** Removes every message of a queue, on the replica too. */
  purge(queue: string): void {
    this.#plugin?.sync();
    this.store.purge(queue);
  }

  clientConnections(): number {
    this.#plugin?.sync();
    return this.#front.connections;
  }

  gauges(): ReplicationGauges {
    this.#plugin?.sync();
    return this.#up ? (this.#plugin?.gauges() ?? noGauges) : noGauges;
  }

  powerOff(): void {
    this.#plugin?.sync();
    if (!this.#up) return;
    this.#up = false;
    this.#front.dropAll();
    this.store.restart();
    this.#plugin?.powerChanged();
    this.#report();
  }

  powerOn(): void {
    this.#plugin?.sync();
    if (this.#up) return;
    this.#up = true;
    this.#plugin?.powerChanged();
    this.#report();
  }

  /** @throws ConnectionRefusedError when the connectors do not listen */
  connect(): Duplex {
    this.#plugin?.sync();
    if (!this.#listening()) throw new ConnectionRefusedError(this.brokerName);
    return this.#front.connect();
  }

  /** Makes the broker part of a pair, or a broker of its own again. */
  attach(plugin: ReplicationPlugin | undefined): void {
    this.#plugin = plugin;
  }

  /** Sets role and connectors together; clients of connectors that close are dropped at once. For replication alone. */
  become(role: BrokerRole, connectors: 'open' | 'closed'): void {
    this.#role = role;
    this.#connectorsOpen = connectors === 'open';
    if (!this.#listening()) this.#front.dropAll();
    this.#report();
  }

  #listening(): boolean {
    return this.#up && this.#connectorsOpen && this.#role !== 'replica';
  }

  #state(): string {
    return JSON.stringify([this.#role, this.#up, this.#listening()]);
  }

  #report(): void {
    const state = this.#state();
    if (state === this.#reported) return;
    this.#reported = state;
    this.#options.onChange?.({
      atMs: this.#options.nowMs(),
      brokerId: this.brokerId,
      role: this.#role,
      up: this.#up,
      acceptsClients: this.#listening(),
    });
  }
}
