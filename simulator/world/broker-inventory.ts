import type { EmbeddedBroker } from './broker/embedded-broker.ts';
import type { HostPort } from './broker-connections.ts';
import { amqpPort, instanceCount, instanceHost } from './mq/broker-endpoints.ts';
import type { BrokerLifecycle } from './mq/broker-lifecycle.ts';
import type { ActionRequired, BrokerRecord, PendingChanges, StoredSubscription } from './mq/broker-record.ts';
import type { BrokerRegistry } from './mq/broker-registry.ts';
import { shownState } from './mq/broker-view.ts';
import type { ConfigurationStore } from './mq/configuration-store.ts';
import type { MqSettings } from './mq/mq-settings.ts';
import { joinAsPair } from './mq/pairing.ts';
import { type BrokerSeed, recordOf } from './mq/seed-broker.ts';

/** A broker as the simulator's own parts see it. */
export interface SimulatedBroker {
  readonly brokerId: string;
  readonly brokerArn: string;
  readonly brokerName: string;
  readonly region: string;
  /** `BrokerState` as the API shows it. */
  readonly state: string;
  /** Missing until the creation is over. */
  readonly dataPlane: EmbeddedBroker | undefined;
  /** AMQP addresses, the active instance first. */
  readonly amqpAddresses: readonly HostPort[];
}

/** What a test or a scenario may change about a broker behind the API's back. */
export interface BrokerAmendment {
  readonly actionsRequired?: readonly ActionRequired[];
  readonly pending?: PendingChanges;
  /** Becomes a new revision of its configuration, in use at once. */
  readonly configurationXml?: string;
  /** Percent. */
  readonly storePercentUsage?: number;
  readonly durableSubscriptions?: readonly StoredSubscription[];
}

export interface BrokerInventoryOptions {
  readonly accountId: string;
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
  readonly settings: MqSettings;
  readonly registry: BrokerRegistry;
  readonly configurations: ConfigurationStore;
  readonly lifecycle: BrokerLifecycle;
}

/** Brokers as the simulator is set up with them, without going through the API. */
export class BrokerInventory {
  readonly #options: BrokerInventoryOptions;

  constructor(options: BrokerInventoryOptions) {
    this.#options = options;
  }

  /** @throws TypeError when the name is taken in its Region */
  add(seed: BrokerSeed): SimulatedBroker {
    const { registry, configurations, lifecycle, accountId, nowMs, nextUuid } = this.#options;
    if (registry.byName(seed.region, seed.brokerName) !== undefined) {
      throw new TypeError(`the broker name "${seed.brokerName}" is taken in ${seed.region}`);
    }
    const record = recordOf(seed, { accountId, nowMs: nowMs(), nextUuid });
    registry.add(record);
    configurations.open(record, nowMs(), seed.configurationXml);
    if (!record.state.startsWith('CREATION_')) lifecycle.powerUp(record);
    return this.#viewOf(record);
  }

  /** @throws TypeError for unknown or paired brokers */
  pair(primaryId: string, replicaId: string): void {
    const primary = this.#require(primaryId);
    const replica = this.#require(replicaId);
    if (primary.pairing !== undefined || replica.pairing !== undefined) {
      throw new TypeError('one of the brokers is paired already');
    }
    this.#options.lifecycle.activate(joinAsPair(primary, replica));
  }

  /** @throws TypeError for an unknown broker */
  amend(brokerId: string, amendment: BrokerAmendment): void {
    const record = this.#require(brokerId);
    record.actionsRequired = amendment.actionsRequired ?? record.actionsRequired;
    record.pending = { ...record.pending, ...amendment.pending };
    record.storePercentUsage = amendment.storePercentUsage ?? record.storePercentUsage;
    record.durableSubscriptions = amendment.durableSubscriptions ?? record.durableSubscriptions;
    if (amendment.configurationXml !== undefined) {
      const { configurations, nowMs } = this.#options;
      const { id } = record.configuration;
      record.configuration = configurations.revise(record.region, id, amendment.configurationXml, nowMs());
    }
  }

  all(): readonly SimulatedBroker[] {
    return this.#options.registry.all().map((record) => this.#viewOf(record));
  }

  #viewOf(record: BrokerRecord): SimulatedBroker {
    const { brokerId, brokerArn, brokerName, region, dataPlane } = record;
    const amqpAddresses = Array.from({ length: instanceCount(record) }, (_unused, index) => ({
      host: instanceHost(record, index + 1),
      port: amqpPort,
    }));
    const state = shownState(record, this.#options.settings);
    return { brokerId, brokerArn, brokerName, region, state, dataPlane, amqpAddresses };
  }

  #require(brokerId: string): BrokerRecord {
    const record = this.#options.registry.all().find((candidate) => candidate.brokerId === brokerId);
    if (record === undefined) throw new TypeError(`the simulator has no broker "${brokerId}"`);
    return record;
  }
}
