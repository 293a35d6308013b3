import { Duplex } from 'node:stream';
import type {
  BrokerRole,
  EmbeddedBroker,
  EmbeddedPair,
  QueueStatistics,
  ReplicationGauges,
} from '../../../../../simulator/world/broker/embedded-broker.ts';
import type { DataPlanes } from '../../../../../simulator/world/mq/data-planes.ts';

export const noGauges: ReplicationGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
  replicationQueueSize: undefined,
};

/** A broker without messages whose every reading a test sets. */
export class InMemoryBroker implements EmbeddedBroker {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  readonly authenticate: (username: string, password: string) => boolean;
  role: BrokerRole = 'standalone';
  up = true;
  closed = false;
  depths = new Map<string, number>();
  counts: Partial<Omit<QueueStatistics, 'size'>> = {};
  connections = 0;
  reading: ReplicationGauges = noGauges;

  constructor(identity: Parameters<DataPlanes['createBroker']>[0]) {
    this.brokerId = identity.brokerId;
    this.brokerName = identity.brokerName;
    this.region = identity.region;
    this.authenticate = identity.authenticate;
  }

  get acceptsClients(): boolean {
    return this.up && !this.closed && this.role !== 'replica';
  }

  queueDepths(): ReadonlyMap<string, number> {
    return this.depths;
  }

  queueStatistics(): ReadonlyMap<string, QueueStatistics> {
    const none = { inFlight: 0, consumers: 0, enqueued: 0, dequeued: 0, expired: 0 };
    return new Map([...this.depths].map(([queue, size]) => [queue, { ...none, size, ...this.counts }]));
  }

  clientConnections(): number {
    return this.connections;
  }

  gauges(): ReplicationGauges {
    return this.reading;
  }

  powerOff(): void {
    this.up = false;
  }

  powerOn(): void {
    this.up = true;
  }

  connect(): Duplex {
    if (!this.acceptsClients) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  }
}

/** A pair whose soft exchange ends when the test says so. */
export class InMemoryPair implements EmbeddedPair {
  primary: InMemoryBroker;
  replica: InMemoryBroker;
  linkUp = true;
  switchoversRequested = 0;

  constructor(primary: InMemoryBroker, replica: InMemoryBroker) {
    this.primary = primary;
    this.replica = replica;
    primary.role = 'primary';
    replica.role = 'replica';
  }

  switchover(): void {
    this.switchoversRequested++;
    this.primary.closed = true;
  }

  completeSwitchover(): void {
    this.#promote();
    this.replica.role = 'replica';
  }

  failover(): void {
    this.#promote();
  }

  /** The old primary of a failover hears that it is the replica now. */
  demoteOldPrimary(): void {
    this.replica.role = 'replica';
  }

  dissolve(): void {
    this.primary.role = 'standalone';
    this.replica.role = 'standalone';
  }

  #promote(): void {
    [this.primary, this.replica] = [this.replica, this.primary];
    this.primary.role = 'primary';
    this.primary.closed = false;
  }
}

/** Data planes that remember what they made. */
export class InMemoryDataPlanes implements DataPlanes {
  readonly brokers = new Map<string, InMemoryBroker>();
  readonly pairs: InMemoryPair[] = [];

  createBroker(identity: Parameters<DataPlanes['createBroker']>[0]): EmbeddedBroker {
    const broker = new InMemoryBroker(identity);
    this.brokers.set(broker.brokerId, broker);
    return broker;
  }

  createPair(primary: EmbeddedBroker, replica: EmbeddedBroker): EmbeddedPair {
    const pair = new InMemoryPair(this.broker(primary.brokerId), this.broker(replica.brokerId));
    this.pairs.push(pair);
    return pair;
  }

  broker(brokerId: string): InMemoryBroker {
    const broker = this.brokers.get(brokerId);
    if (broker === undefined) throw new Error(`no data plane was made for ${brokerId}`);
    return broker;
  }

  /** The newest pair. */
  pair(): InMemoryPair {
    const pair = this.pairs.at(-1);
    if (pair === undefined) throw new Error('no pair was made');
    return pair;
  }
}
