import type { Duplex } from 'node:stream';
import type { HttpAnswer, HttpLimits, HttpRequest } from '../../functions/shared/http-request.ts';
import type { ApiCallAttempt, ApiCallRecord } from '../api/api-call-record.ts';
import type { CallPlan } from '../api/call-plan.ts';
import { type CallOrigin, Dispatcher } from '../api/dispatcher.ts';
import { InProcessHandler } from '../api/in-process-handler.ts';
import type { ApiService } from '../api/service.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { type BrokerAddress, BrokerConnections, type ConnectingParty } from './broker-connections.ts';
import { type BrokerAmendment, BrokerInventory, type WorldBroker } from './broker-inventory.ts';
import { type Interception, planCall } from './call-faults.ts';
import { AlarmEvaluator } from './cloudwatch/alarm-evaluator.ts';
import { AlarmStore, type WorldAlarm } from './cloudwatch/alarm-store.ts';
import { CloudWatchService } from './cloudwatch/cloudwatch-service.ts';
import { MetricSampler } from './cloudwatch/metric-sampler.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { DynamoDbService } from './dynamodb/dynamodb-service.ts';
import type { TableSpec } from './dynamodb/table-spec.ts';
import { EventBridgeService, type WorldEvent } from './event-bridge.ts';
import { FaultBoard } from './fault-board.ts';
import { type EventSourceMappingSeed, LambdaService, type TeamFunction } from './lambda-service.ts';
import { rabbitHost } from './mq/broker-endpoints.ts';
import { BrokerLifecycle } from './mq/broker-lifecycle.ts';
import { BrokerRegistry } from './mq/broker-registry.ts';
import { CallTrail } from './mq/call-trail.ts';
import { ConfigurationStore } from './mq/configuration-store.ts';
import type { DataPlanes } from './mq/data-planes.ts';
import { MqService } from './mq/mq-service.ts';
import { defaultMqSettings, type MqSettings } from './mq/mq-settings.ts';
import { Promotions } from './mq/promotions.ts';
import type { BrokerSeed } from './mq/seed-broker.ts';
import type { ClusterSeedInput } from './rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from './rabbitmq/embedded-cluster.ts';
import { RabbitHosts } from './rabbitmq/rabbit-hosts.ts';
import { Reachability } from './reachability.ts';
import { SecretsManagerService } from './secrets-manager.ts';
import { IdSource, type Random, randomStream } from './seeded-random.ts';
import { type Notification, SnsService } from './sns.ts';
import { type Parameter, SsmService } from './ssm.ts';
import { serveWorld, type WorldEndpoint, type WorldListenOptions } from './world-endpoint.ts';

export interface WorldOptions {
  readonly clock: VirtualClock;
  readonly seed: number;
  /** Message stores, replication and AMQP. */
  readonly dataPlanes: DataPlanes;
  readonly regions?: readonly string[];
  /** Twelve digits. */
  readonly accountId?: string;
  readonly mq?: Partial<MqSettings>;
  /** Virtual time between the start of a metric's minute and the moment when readers see its point. */
  readonly publicationDelayMs?: number;
}

/** Regions of a pair of this project, and of the table that watches over it (docs/amazon-mq.md 1). */
const DEFAULT_REGIONS = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'] as const;
const DEFAULT_ACCOUNT = '123456789012';

/**
 * A reader sees a one-minute point about 90 s after its minute began: the minute itself, and some 30 s until CloudWatch
 * has published it. Monitoring vendors count on about two minutes
 * (https://docs.datadoghq.com/integrations/guide/cloud-metric-delay/).
 */
const DEFAULT_PUBLICATION_DELAY_MS = 90_000;

/** An AWS that is small enough for one process: the services that the workflows call, in several Regions. */
export class World {
  readonly clock: VirtualClock;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  readonly events: EventBridgeService;
  readonly #ids: IdSource;
  readonly #seed: number;
  readonly #settings: MqSettings;
  readonly #dispatcher: Dispatcher;
  readonly #registry = new BrokerRegistry();
  readonly #lifecycle: BrokerLifecycle;
  readonly #connections: BrokerConnections;
  readonly #sampler: MetricSampler;
  readonly #metrics = new Map<string, MetricStore>();
  readonly #alarms: AlarmStore;
  readonly #alarmEvaluator: AlarmEvaluator;
  readonly #dynamoDb: DynamoDbService;
  readonly #secrets = new SecretsManagerService();
  readonly #sns: SnsService;
  readonly #ssm: SsmService;
  readonly #lambda: LambdaService;
  readonly #callListeners: ((record: ApiCallRecord) => void)[] = [];
  readonly #inventory: BrokerInventory;
  readonly #rabbitHosts: RabbitHosts;
  readonly #lateCallers = new Set<string>();
  #endpoint: WorldEndpoint | undefined;
  #intercept: (attempt: ApiCallAttempt) => Interception = () => 'proceed';

  constructor(options: WorldOptions) {
    const { clock, seed } = options;
    this.clock = clock;
    this.accountId = options.accountId ?? DEFAULT_ACCOUNT;
    this.regions = options.regions ?? DEFAULT_REGIONS;
    this.#seed = seed;
    this.#ids = new IdSource(seed);
    this.#settings = { ...defaultMqSettings, ...options.mq };
    const publicationDelayMs = options.publicationDelayMs ?? DEFAULT_PUBLICATION_DELAY_MS;
    const nowMs = (): number => clock.nowMs();

    const faults = new FaultBoard(this.randomStream('faults'));
    const reachability = new Reachability(faults);
    this.faults = faults;
    this.reachability = reachability;
    this.#connections = new BrokerConnections({ clock, registry: this.#registry, reachability, faults });
    faults.onChange(() => this.#applyReachability());

    const settings = this.#settings;
    const registry = this.#registry;
    const random = this.randomStream('mq');
    this.#lifecycle = new BrokerLifecycle({
      clock,
      random,
      settings,
      faults,
      reachability,
      registry,
      dataPlanes: options.dataPlanes,
    });
    const configurations = new ConfigurationStore();
    this.#inventory = new BrokerInventory({
      accountId: this.accountId,
      nowMs,
      nextUuid: () => this.#ids.nextUuid('mq'),
      settings,
      registry,
      configurations,
      lifecycle: this.#lifecycle,
    });
    const storeOf = (region: string): MetricStore => this.#metricsOf(region);
    this.#sampler = new MetricSampler({
      clock,
      faults,
      reachability,
      storeOf,
      publicationDelayMs,
      brokers: () => registry.all().flatMap((record) => record.dataPlane ?? []),
      storePercentUsage: (id) => registry.all().find(({ brokerId }) => brokerId === id)?.storePercentUsage ?? 0,
    });
    this.#dynamoDb = new DynamoDbService({
      accountId: this.accountId,
      regions: this.regions,
      reachability,
      nowMs,
      nextUuid: () => this.#ids.nextUuid('table'),
    });
    this.#sns = new SnsService({ nowMs, nextUuid: () => this.#ids.nextUuid('notification') });
    this.#ssm = new SsmService({ accountId: this.accountId, nowMs });
    this.#lambda = new LambdaService({
      accountId: this.accountId,
      nowMs,
      nextUuid: () => this.#ids.nextUuid('mapping'),
    });
    this.events = new EventBridgeService({
      accountId: this.accountId,
      nowMs,
      nextUuid: () => this.#ids.nextUuid('event'),
    });
    const plan = (attempt: ApiCallAttempt): CallPlan => {
      const planned = planCall(faults, attempt, this.#intercept(attempt));
      if (planned.stallMs !== undefined && attempt.caller !== undefined) this.#lateCallers.add(attempt.caller);
      return planned;
    };
    const onApiCall = (record: ApiCallRecord): void => {
      for (const listener of this.#callListeners) listener(record);
    };
    this.#rabbitHosts = new RabbitHosts(clock, plan, onApiCall);
    this.#dispatcher = new Dispatcher({
      clock,
      regions: this.regions,
      planCall: plan,
      onApiCall,
      nextRequestId: () => this.#ids.nextUuid('request'),
    });
    this.register(
      new MqService({
        accountId: this.accountId,
        clock,
        settings,
        registry,
        configurations,
        lifecycle: this.#lifecycle,
        promotions: new Promotions({ clock, settings, faults, reachability }),
        reachability,
        trail: new CallTrail({
          clock,
          accountId: this.accountId,
          delayMs: settings.trailDelayMs,
          emit: (draft) => this.events.emit(draft),
        }),
        onBrokerCreated: () => this.#sampler.start(),
        nextUuid: () => this.#ids.nextUuid('mq'),
      }),
    );
    this.#alarms = new AlarmStore(this.accountId);
    this.#alarmEvaluator = new AlarmEvaluator({
      clock,
      regions: this.regions,
      reachability,
      alarms: this.#alarms,
      storeOf,
      emit: (draft) => this.events.emit(draft),
    });
    this.register(new CloudWatchService({ clock, storeOf, alarms: this.#alarms, publicationDelayMs }));
    this.register(this.#dynamoDb);
    this.register(this.#secrets);
    this.register(this.#sns);
    this.register(this.#ssm);
    this.register(this.#lambda);
    this.register(this.events);
  }

  /** Whether a `late-caller` fault has met the actor, or one of its branches: then no time limit ends it. */
  isLate(actorName: string): boolean {
    return [...this.#lateCallers].some((name) => name === actorName || name.startsWith(`${actorName}/`));
  }

  /** A stream of random numbers of its own, the same for every run with this seed. */
  randomStream(name: string): Random {
    return randomStream(this.#seed, name);
  }

  /** Adds a service, such as Step Functions. @throws TypeError when its signing name is taken or has no protocol */
  register(service: ApiService): void {
    this.#dispatcher.register(service);
  }

  /**
   * What an SDK client in this process needs beside its Region.
   *
   * @param origin the Region that the caller runs in, and its time-outs in virtual milliseconds
   */
  clientSettings(origin: Omit<CallOrigin, 'abortSignal'> = {}): {
    readonly requestHandler: InProcessHandler;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  } {
    return {
      requestHandler: new InProcessHandler(this.#dispatcher, origin),
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    };
  }

  /** Puts a broker into the world, running unless the seed says otherwise. */
  addBroker(seed: BrokerSeed): WorldBroker {
    this.#requireRegion(seed.region);
    const broker = this.#inventory.add(seed);
    this.#sampler.start();
    return broker;
  }

  /** Puts a RabbitMQ cluster into the world, behind the broker's host name. @throws ZodError for a seed that is none */
  addRabbitCluster(
    broker: Pick<BrokerSeed, 'region' | 'brokerName' | 'hostInstanceType' | 'actionsRequired'>,
    seed: ClusterSeedInput,
    admin: { readonly username: string; readonly password: string },
  ): { readonly broker: WorldBroker; readonly cluster: EmbeddedRabbitCluster } {
    const cluster = new EmbeddedRabbitCluster(seed, () => this.clock.nowMs());
    const added = this.addBroker({
      ...broker,
      engineType: 'RabbitMQ',
      engineVersion: cluster.version,
      deploymentMode: 'CLUSTER_MULTI_AZ',
    });
    this.#rabbitHosts.add({
      host: rabbitHost(added),
      region: added.region,
      cluster,
      authenticate: (username, password) => username === admin.username && password === admin.password,
    });
    return { broker: added, cluster };
  }

  /** Sends a request to a RabbitMQ broker's management API. @throws as a socket does, see `RabbitHosts.send` */
  async httpRequest(request: HttpRequest, limits: HttpLimits, fromRegion?: string): Promise<HttpAnswer> {
    return await this.#rabbitHosts.send(request, limits, fromRegion);
  }

  /** Makes two running brokers a pair that replicates already. @throws TypeError for unknown or paired brokers */
  pairBrokers(primaryId: string, replicaId: string): void {
    this.#inventory.pair(primaryId, replicaId);
  }

  /** Changes what DescribeBroker reports about a broker. @throws TypeError for an unknown broker */
  amendBroker(brokerId: string, amendment: BrokerAmendment): void {
    this.#inventory.amend(brokerId, amendment);
  }

  /** All brokers in the order in which they were created. */
  brokers(): readonly WorldBroker[] {
    return this.#inventory.all();
  }

  /**
   * Puts the same secret into each of the Regions, as a replicated secret, and returns its ARN in the first one;
   * repeated, it gives the secret a new value.
   */
  addSecret(secret: {
    readonly name: string;
    readonly value: string;
    readonly regions: readonly [string, ...string[]];
  }): string {
    const suffix = new IdSource(this.#seed).nextDigest(`secret ${secret.name}`).slice(0, 6);
    const arnIn = (region: string): string =>
      `arn:aws:secretsmanager:${region}:${this.accountId}:secret:${secret.name}-${suffix}`;
    const versionId = this.#ids.nextUuid('secret version');
    for (const region of secret.regions) {
      this.#requireRegion(region);
      const { name, value } = secret;
      this.#secrets.put(region, { arn: arnIn(region), name, value, versionId, createdMs: this.clock.nowMs() });
    }
    return arnIn(secret.regions[0]);
  }

  /** Puts an alarm into a Region, as a deployment does; one with a threshold is evaluated from the next minute on. */
  addAlarm(region: string, alarm: WorldAlarm): void {
    this.#requireRegion(region);
    this.#alarms.put(region, alarm);
    if (alarm.threshold !== undefined) this.#alarmEvaluator.start();
  }

  /** Creates a topic and returns its ARN. */
  addTopic(region: string, name: string): string {
    this.#requireRegion(region);
    const arn = `arn:aws:sns:${region}:${this.accountId}:${name}`;
    this.#sns.addTopic(arn);
    return arn;
  }

  /** Adds a Lambda event-source mapping and returns its id. */
  addEventSourceMapping(mapping: EventSourceMappingSeed): string {
    this.#requireRegion(mapping.region);
    return this.#lambda.addMapping(mapping);
  }

  /** Whether a mapping hands messages to its function now. @throws TypeError for an unknown one */
  mappingConsumes(uuid: string): boolean {
    return this.#lambda.consumes(uuid);
  }

  /** Adds a team's function, which Invoke then calls inside the caller's actor, and returns its ARN. */
  addFunction(region: string, name: string, body: TeamFunction): string {
    this.#requireRegion(region);
    return this.#lambda.addFunction(region, name, body);
  }

  /** An SSM parameter as it is now. */
  parameter(region: string, name: string): Parameter | undefined {
    return this.#ssm.parameter(region, name);
  }

  /** @throws TypeError for a Region that the world lacks or a name that is taken */
  async addTable(spec: TableSpec): Promise<void> {
    await this.#dynamoDb.addTable(spec);
  }

  /** Everything that was published to topics, oldest first. */
  notifications(): readonly Notification[] {
    return this.#sns.notifications;
  }

  /** Calls `listener` with every API call once it has ended. */
  onApiCall(listener: (record: ApiCallRecord) => void): void {
    this.#callListeners.push(listener);
  }

  /** Calls `listener` with everything that is published to a topic from now on. */
  onNotification(listener: (notification: Notification) => void): void {
    this.#sns.onNotification(listener);
  }

  /** Calls `listener` with every event on any Region's default bus. */
  onEvent(listener: (event: WorldEvent) => void): void {
    this.events.onEvent(listener);
  }

  /** Asks `hook` before each API call whether the caller's process dies before or after it; replaces the hook before. */
  interceptCalls(hook: (attempt: ApiCallAttempt) => Interception): void {
    this.#intercept = hook;
  }

  /**
   * Opens an AMQP stream. A fence denies those of clients only, not those of mq-dr.
   *
   * @throws an error with `code` ENOTFOUND, ECONNREFUSED, or after `timeoutMs` ETIMEDOUT
   */
  async connect(
    address: BrokerAddress,
    timeoutMs: number,
    fromRegion?: string,
    party: ConnectingParty = 'client',
  ): Promise<Duplex> {
    return await this.#connections.connect(address, timeoutMs, fromRegion, party);
  }

  /**
   * Cuts a Region off: its endpoints, its brokers and their replication. With `powerOff` its brokers stop as well.
   */
  blackout(region: string, options: { readonly powerOff?: boolean } = {}): void {
    this.#requireRegion(region);
    this.faults.start({ id: blackoutId(region), kind: 'region-blackout', region });
    if (options.powerOff) for (const record of this.#registry.inRegion(region)) record.dataPlane?.powerOff();
  }

  /** Ends a blackout; brokers that it stopped start again. @throws FaultRejectedError when there is none */
  restore(region: string): void {
    this.faults.stop(blackoutId(region));
    for (const record of this.#registry.inRegion(region)) {
      if (record.state === 'RUNNING') record.dataPlane?.powerOn();
    }
  }

  /**
   * Serves every service over HTTP on loopback. From now on virtual time follows the wall clock; `served` lets it jump.
   *
   * @throws PortInUseError, and TypeError when the world is served already
   */
  async listen(options: WorldListenOptions): Promise<WorldEndpoint> {
    if (this.#endpoint !== undefined) throw new TypeError(`the world is served at ${this.#endpoint.url} already`);
    this.#endpoint = await serveWorld(this.clock, this.#dispatcher, options);
    return this.#endpoint;
  }

  /** Closes the HTTP endpoint, if there is one. */
  async close(): Promise<void> {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    await endpoint?.close();
  }

  #applyReachability(): void {
    this.#connections.dropUnreachable();
    for (const { pairing } of this.#registry.all()) {
      if (pairing?.dataPlane === undefined) continue;
      pairing.dataPlane.linkUp = this.reachability.linkUp(pairing.founder.region, pairing.second.region);
    }
  }

  #metricsOf(region: string): MetricStore {
    const store = this.#metrics.get(region) ?? new MetricStore();
    this.#metrics.set(region, store);
    return store;
  }

  #requireRegion(region: string): void {
    if (!this.regions.includes(region)) {
      throw new TypeError(`the world has no Region "${region}"; it has ${this.regions.join(', ')}`);
    }
  }
}

const blackoutId = (region: string): string => `blackout of ${region}`;
