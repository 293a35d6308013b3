import type { Duplex } from 'node:stream';
import type { Credentials } from '../../functions/brokers/broker-secrets.ts';
import type { AwsClientSettings, SocketAddress } from '../../functions/runtime/runtime.ts';
import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { BrokerRole, ReplicationGauges } from '../../simulator/world/broker/embedded-broker.ts';
import type { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import type { ServedAws, ServeOptions } from '../../simulator/world/served-aws.ts';
import type { StoreContents } from '../traffic/accounting.ts';
import type { ClientSurroundings } from '../traffic/traffic-ports.ts';
import type { ClusterPlan, LedgerSettings, PairSettings } from './scenario/schema.ts';
import type { Json } from './step.ts';

/** One broker as it is now. */
export interface StageBroker {
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

/** An AWS API call, secrets removed. Times are virtual milliseconds since the Unix epoch. */
export interface StageApiCall {
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly region: string;
  /** Signing name of the service: mq, states, dynamodb, … */
  readonly service: string;
  readonly operation: string;
  readonly request: Json;
  /** `ok` or the error's code. */
  readonly outcome: string;
  readonly caller: string;
}

/** A step of a workflow. */
export interface StageTransition {
  readonly atMs: number;
  readonly executionArn: string;
  readonly machine: string;
  readonly region: string;
  readonly state: string;
  readonly stateType: string;
  readonly kind: 'entered' | 'exited' | 'retried' | 'caught';
  readonly error?: string;
}

/** A log line of a deployed function. */
export interface StageLog {
  readonly atMs: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly function: string;
  readonly region: string;
  readonly message: string;
  readonly fields: { readonly [key: string]: Json };
}

/** A notification that an operator would have received. */
export interface StageNotification {
  readonly atMs: number;
  readonly region: string;
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
}

/** A workflow execution changed its status. */
export interface StageStatusChange {
  readonly atMs: number;
  readonly executionArn: string;
  readonly machine: string;
  readonly region: string;
  readonly status: string;
  /** JSON text; only of an execution that succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** An event that a service of a Region puts on the default bus. */
export interface StageEvent {
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What happens on a stage, as it happens. */
export interface StageObserver {
  /** A broker changed its role, or whether it takes clients: look at once. */
  brokersChanged(): void;
  apiCall(call: StageApiCall): void;
  transition(transition: StageTransition): void;
  statusChange(change: StageStatusChange): void;
  log(log: StageLog): void;
  notification(notification: StageNotification): void;
}

/** The world that a game day plays in, with the workflows deployed: all that the exercise needs of it. */
export interface ExerciseStage {
  readonly clock: VirtualClock;
  /** Settings for real SDK clients. */
  readonly aws: AwsClientSettings;
  readonly accountId: string;
  /** Where an operator's tool finds the Control table. */
  readonly control: { readonly region: string; readonly tableName: string };
  /** A number in [0, 1), from the run's seed. */
  random(): number;
  observe(observer: StageObserver): void;
  /** Brokers of a pair that exist now, the planned primary first. */
  brokers(pair: string): readonly StageBroker[];
  /** Values that a workflow's input may refer to as `${pairs.orders.primary.arn}`. */
  references(): { readonly [key: string]: Json };
  /** What the brokers of a pair store for clients, by queue. */
  stores(pair: string): readonly StoreContents[];
  /** Every AMQP endpoint of the pair that exists now, the planned primary's first. */
  endpoints(pair: string): readonly SocketAddress[];
  /** Whether consumers of the pair may take messages from the broker at this endpoint now; false while they are held. */
  consumes(pair: string, endpoint: SocketAddress): boolean;
  /** The ledger of the pair's consumers, and what goes wrong inside them. */
  consumers(pair: string): Pick<ClientSurroundings, 'ledger' | 'faults'>;
  /** Region of the broker at an endpoint. */
  regionOf(endpoint: SocketAddress): string | undefined;
  /** A document of a Region's report bucket. */
  report(region: string, key: string): string | undefined;
  applicationCredentials(pair: string): Credentials;
  /** A client's connection. Rejects with `code` ECONNREFUSED, ETIMEDOUT, … */
  connect(address: SocketAddress, timeoutMs: number, fromRegion: string): Promise<Duplex>;
  /** The RabbitMQ cluster of that name. @throws TypeError when the plan has none */
  cluster(name: string): EmbeddedRabbitCluster;
  /** Raises a fault. @throws an error that names what is wrong with it */
  raiseFault(name: string, fault: Readonly<Record<string, unknown>>): void;
  clearFault(name: string): void;
  /** Cuts or restores the replication link of a pair. */
  setLink(pair: string, up: boolean): void;
  /** Stops or starts a pair's broker in a Region, as a failing host does; stored messages stay. */
  setBroker(pair: string, region: string, up: boolean): void;
  /** Makes a Region unreachable; with `powerOff` its brokers stop as well. */
  blackoutRegion(region: string, powerOff: boolean): void;
  restoreRegion(region: string): void;
  emitEvent(event: StageEvent): void;
  /** Whether something in front of the broker keeps clients away, such as a fence. */
  clientsDenied(brokerId: string): boolean;
  /** State transitions that AWS would bill, and history events, per execution ARN. */
  executionFigures(executionArn: string): { readonly transitions: number; readonly historyEvents: number };
  /** Values that must never be written down. */
  secrets(): readonly string[];
  /** Serves the world over HTTP on loopback; virtual time then follows the wall clock. @throws PortInUseError */
  listen(options: ServeOptions): Promise<ServedAws>;
  close(): Promise<void>;
}

/** What an exercise asks a stage to be made of. */
export interface StagePlan {
  readonly seed: number;
  readonly startMs: number;
  readonly clusters: Readonly<Record<string, ClusterPlan>>;
  readonly pairs: Readonly<
    Record<
      string,
      {
        readonly primary: { readonly region: string; readonly brokerName: string };
        readonly replica: { readonly region: string; readonly brokerName: string };
        readonly paired: boolean;
        /** Whether a promotion holds the pair's consumers, which are then event-source mappings. */
        readonly consumers: 'hold' | 'live';
        readonly engineVersion: string;
        readonly hostInstanceType: string;
        readonly settings: PairSettings;
        /** Undefined for consumers that work without a ledger. */
        readonly ledger?: LedgerSettings | undefined;
      }
    >
  >;
  /** Whether the deployment's rules are on. */
  readonly triggers: boolean;
}

/** Builds a stage; called outside the clock's `run`. */
export type StageFactory = (plan: StagePlan) => Promise<ExerciseStage>;
