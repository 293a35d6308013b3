import type { Ledger } from '../functions/ledger/ledger.ts';
import type { SocketAddress } from '../functions/runtime/runtime.ts';
import { ledgerTableName } from '../infra/names.ts';
import type { ActiveMqDataPlanes } from '../simulator/world/broker/active-mq-data-planes.ts';
import type { BrokerRole, ReplicationGauges } from '../simulator/world/broker/embedded-broker.ts';
import type { SimulatedBroker } from '../simulator/world/broker-inventory.ts';
import type { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import type { StoreContents } from './accounting.ts';
import { type ConsumerRun, consumerLedgers } from './consumer-ledger.ts';
import { addCustomerCutover, type CustomerCutover } from './customer-cutover.ts';
import type { BrokerPlace, DeployedPair, PairPlan } from './testbed-plan.ts';
import { brokerUsers, type SecretArns } from './users.ts';

/** One broker as it is now. */
export interface BrokerView {
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  readonly role: BrokerRole;
  /** State as the Amazon MQ API shows it, e.g. RUNNING, CREATION_IN_PROGRESS. */
  readonly state: string;
  /** Whether its connectors take clients and its Region answers. */
  readonly serves: boolean;
  readonly gauges: ReplicationGauges;
  /** Messages on all queues of clients. */
  readonly messages: number;
}

const noGauges: ReplicationGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
  replicationQueueSize: undefined,
};

/** How long the ledger has been kept when the test bed begins, in milliseconds: a day. */
const ledgerAgeMs = 86_400_000;

/** A pair of brokers on simulated AWS, and what its customer has around it. */
export class TestbedPair {
  readonly name: string;
  readonly plan: PairPlan;
  readonly primaryArn: string;
  readonly primaryId: string;
  /** Of the replica that the test bed began with, also once it is gone. */
  readonly replicaId: string | undefined;
  readonly #aws: SimulatedAws;
  readonly #dataPlanes: ActiveMqDataPlanes;
  readonly #members: { readonly brokers?: readonly [string, string] };
  readonly #ledgers: ReturnType<typeof consumerLedgers>;
  #customer: CustomerCutover | undefined;

  /** Adds its brokers. */
  constructor(name: string, plan: PairPlan, aws: SimulatedAws, dataPlanes: ActiveMqDataPlanes) {
    const { engineVersion = '5.18', hostInstanceType } = plan;
    this.name = name;
    this.plan = plan;
    this.#aws = aws;
    this.#dataPlanes = dataPlanes;
    const add = (place: BrokerPlace): SimulatedBroker =>
      aws.addBroker({
        ...place,
        engineVersion,
        ...(hostInstanceType !== undefined && { hostInstanceType }),
        users: brokerUsers,
        tags: { 'mq-dr:pair': name },
      });
    const primary = add(plan.primary);
    this.primaryArn = primary.brokerArn;
    this.primaryId = primary.brokerId;
    const replica = plan.paired ? add(plan.replica) : undefined;
    if (replica !== undefined) aws.pairBrokers(primary.brokerId, replica.brokerId);
    this.replicaId = replica?.brokerId;
    this.#members = replica === undefined ? {} : { brokers: [primary.brokerArn, replica.brokerArn] };
    this.#ledgers = consumerLedgers({
      clock: aws.clock,
      random: aws.randomStream(`consumers of ${name}`),
      pair: name,
      table: ledgerTableName,
      awsFrom: (region) => aws.clientSettings({ fromRegion: region }),
    });
  }

  /** Adds what the customer has, and gives the settings that the plan asks for. */
  deployed(secrets: SecretArns): DeployedPair {
    const { consumers, ledger, settings, primary, replica } = this.plan;
    if (consumers !== undefined) {
      this.#customer = addCustomerCutover(this.#aws, {
        name: this.name,
        regions: [primary.region, replica.region],
        consumers,
        brokers: () => this.brokers(),
      });
    }
    return this.withSettings({
      ...(this.#customer && { canary: { secretArn: secrets.application }, cutover: this.#customer.settings }),
      ...(ledger && { reconciliation: { ...this.#ledgerDefaults(secrets), ...ledger } }),
      ...settings,
    });
  }

  /** The pair as it is deployed with these settings. */
  withSettings(settings: PairPlan['settings']): DeployedPair {
    return { name: this.name, ...this.#members, ...settings };
  }

  /** Its brokers that exist now, the planned primary first. */
  brokers(): readonly SimulatedBroker[] {
    const all = this.#aws.brokers();
    return [this.plan.primary, this.plan.replica].flatMap(
      ({ region, brokerName }) =>
        all.find((broker) => broker.region === region && broker.brokerName === brokerName) ?? [],
    );
  }

  brokerIn(region: string): SimulatedBroker | undefined {
    return this.brokers().find((broker) => broker.region === region);
  }

  /** Its brokers that exist now as they are, the planned primary first. */
  views(): readonly BrokerView[] {
    return this.brokers().map((broker) => {
      const { brokerId, brokerName, region, state, dataPlane } = broker;
      return {
        brokerId,
        brokerName,
        region,
        state,
        role: dataPlane?.role ?? 'standalone',
        serves: this.#serves(broker),
        gauges: dataPlane?.gauges() ?? noGauges,
        messages: [...(dataPlane?.queueDepths().values() ?? [])].reduce((sum, depth) => sum + depth, 0),
      };
    });
  }

  /** What its brokers store for clients, by queue; ids without the prefix that JMS gives them. */
  stores(): readonly StoreContents[] {
    return this.brokers().flatMap((broker) =>
      [...(broker.dataPlane?.queueDepths().keys() ?? [])].map((queue) => ({
        brokerId: broker.brokerId,
        queue,
        serves: this.#serves(broker),
        messageIds: this.#dataPlanes.idsIn(broker.brokerId, queue),
      })),
    );
  }

  /** Every AMQP endpoint that exists now, the planned primary's first. */
  endpoints(): readonly SocketAddress[] {
    return this.brokers().flatMap(({ amqpAddresses }) => amqpAddresses);
  }

  /** Region of the broker at an endpoint. */
  regionOf(endpoint: SocketAddress): string | undefined {
    return this.brokers().find(({ amqpAddresses }) => amqpAddresses.some(({ host }) => host === endpoint.host))?.region;
  }

  /** Whether its consumers may take messages from the broker at this endpoint now; false while they are held. */
  consumes(endpoint: SocketAddress): boolean {
    return this.#customer?.consumes(endpoint) ?? true;
  }

  /** The ledger of a consumer that runs in a Region. */
  ledger(region: string, run: ConsumerRun): Ledger {
    const { primary, replica } = this.plan;
    return this.#ledgers({ region, otherRegion: region === primary.region ? replica.region : primary.region }, run);
  }

  #serves({ region, dataPlane }: SimulatedBroker): boolean {
    return dataPlane?.acceptsClients === true && !this.#aws.reachability.isDark(region);
  }

  #ledgerDefaults({ console }: SecretArns) {
    const { primary, replica } = this.plan;
    return {
      // The secret has a replica in each Region, under an ARN that differs in the Region alone.
      secretArns: [primary.region, replica.region].map((region) =>
        console.replace(/^((?:[^:]*:){3})[^:]*/, `$1${region}`),
      ),
      ledgerStart: new Date(this.#aws.clock.nowMs() - ledgerAgeMs).toISOString(),
    };
  }
}
