import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { DataPlanes } from '../mq/data-planes.ts';
import { randomStream } from '../seeded-random.ts';
import { ActiveMqBroker, type BrokerChange } from './active-mq-broker.ts';
import { CrdrPair } from './crdr-pair.ts';
import type { CrdrSettingsInput } from './crdr-settings.ts';

export interface ActiveMqDataPlanesOptions {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly crdr?: CrdrSettingsInput | undefined;
  readonly onBrokerChange?: (change: BrokerChange) => void;
}

/** Brokers that hold messages and pairs that replicate, for the control plane to switch. */
export class ActiveMqDataPlanes implements DataPlanes {
  readonly #options: ActiveMqDataPlanesOptions;
  readonly #brokers = new Map<string, ActiveMqBroker>();
  readonly #pairs: CrdrPair[] = [];

  constructor(options: ActiveMqDataPlanesOptions) {
    this.#options = options;
  }

  createBroker(identity: Parameters<DataPlanes['createBroker']>[0]): ActiveMqBroker {
    const { clock, onBrokerChange } = this.#options;
    const broker = new ActiveMqBroker({ ...identity, nowMs: () => clock.nowMs(), onChange: onBrokerChange });
    this.#brokers.set(identity.brokerId, broker);
    return broker;
  }

  createPair(primary: { readonly brokerId: string }, replica: { readonly brokerId: string }): CrdrPair {
    const { clock, seed, crdr } = this.#options;
    const random = randomStream(seed, `replication ${this.#pairs.length}`);
    const pair = new CrdrPair(this.broker(primary.brokerId), this.broker(replica.brokerId), {
      clock,
      random,
      ...(crdr && { settings: crdr }),
    });
    this.#pairs.push(pair);
    return pair;
  }

  /** @throws TypeError for a broker that has not been made */
  broker(brokerId: string): ActiveMqBroker {
    const broker = this.#brokers.get(brokerId);
    if (broker === undefined) throw new TypeError(`broker ${brokerId} has no data plane`);
    return broker;
  }

  /** Ids of the messages in a queue, in order, without the prefix that JMS gives them. */
  idsIn(brokerId: string, queue: string): readonly string[] {
    return this.broker(brokerId)
      .messages(queue)
      .map(({ id }) => id.replace(/^ID:/, ''));
  }

  /** The newest replication that a broker is part of. */
  replicationOf(brokerId: string): CrdrPair | undefined {
    return this.#pairs.findLast((pair) => pair.primary.brokerId === brokerId || pair.replica.brokerId === brokerId);
  }
}
