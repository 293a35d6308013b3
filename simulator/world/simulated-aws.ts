import type { Duplex } from 'node:stream';
import type { HttpAnswer, HttpLimits, HttpRequest } from '../../functions/runtime/http-request.ts';
import type { ApiCall, ApiCallAttempt } from '../api/api-call.ts';
import type { CallOrigin } from '../api/dispatcher.ts';
import type { ApiService, Members } from '../api/service.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { ActiveMqDataPlanes } from './broker/active-mq-data-planes.ts';
import type { ConnectingParty, HostPort } from './broker-connections.ts';
import type { BrokerAmendment, SimulatedBroker } from './broker-inventory.ts';
import type { Interception } from './call-faults.ts';
import { CallPath, type EmbeddedClientSettings } from './call-path.ts';
import type { AlarmSeed } from './cloudwatch/alarm-store.ts';
import { Monitoring } from './cloudwatch/monitoring.ts';
import { DynamoDbService } from './dynamodb/dynamodb-service.ts';
import type { TableSpec } from './dynamodb/table-spec.ts';
import { type DeliveredEvent, EventBridgeService } from './event-bridge.ts';
import { FaultBoard } from './fault-board.ts';
import { type EventSourceMappingSeed, LambdaService, type TeamFunction } from './lambda-service.ts';
import { rabbitHost } from './mq/broker-endpoints.ts';
import { BrokerFleet } from './mq/broker-fleet.ts';
import { findConsole } from './mq/console-web.ts';
import { defaultMqSettings } from './mq/mq-settings.ts';
import type { BrokerSeed } from './mq/seed-broker.ts';
import type { ClusterSeedInput } from './rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from './rabbitmq/embedded-cluster.ts';
import { rabbitWeb } from './rabbitmq/management-api.ts';
import { Reachability } from './reachability.ts';
import { S3Service } from './s3/s3-service.ts';
import type { StoredObject } from './s3/stored-object.ts';
import { SecretsManagerService } from './secrets-manager.ts';
import { IdSource, type Random, randomStream } from './seeded-random.ts';
import { type ServedAws, type ServeOptions, serveAws } from './served-aws.ts';
import { type SimulatedAwsOptions, simulatedAwsDefaults } from './simulated-aws-options.ts';
import { type PublishedNotification, SnsService } from './sns.ts';
import { type Parameter, SsmService } from './ssm.ts';

/** An AWS that is small enough for one process: the services that the workflows call, in several Regions. */
export class SimulatedAws {
  readonly clock: VirtualClock;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  readonly events: EventBridgeService;
  readonly #ids: IdSource;
  readonly #seed: number;
  readonly #calls: CallPath;
  readonly #fleet: BrokerFleet;
  readonly #monitoring: Monitoring;
  readonly #dynamoDb: DynamoDbService;
  readonly #secrets = new SecretsManagerService();
  readonly #sns: SnsService;
  readonly #ssm: SsmService;
  readonly #lambda: LambdaService;
  readonly #s3: S3Service;
  #endpoint: ServedAws | undefined;

  constructor(options: SimulatedAwsOptions) {
    const { clock, seed } = options;
    const { accountId = simulatedAwsDefaults.accountId, regions = simulatedAwsDefaults.regions } = options;
    this.clock = clock;
    this.accountId = accountId;
    this.regions = regions;
    this.#seed = seed;
    this.#ids = new IdSource(seed);
    const nowMs = (): number => clock.nowMs();
    const uuids =
      (kind: string): (() => string) =>
      () =>
        this.#ids.nextUuid(kind);

    const faults = new FaultBoard(this.randomStream('faults'));
    const reachability = new Reachability(faults);
    this.faults = faults;
    this.reachability = reachability;
    this.events = new EventBridgeService({ accountId, nowMs, nextUuid: uuids('event') });
    const emit: EventBridgeService['emit'] = (draft) => this.events.emit(draft);
    this.#calls = new CallPath({ clock, regions, faults, nextRequestId: uuids('request') });
    this.#fleet = new BrokerFleet({
      clock,
      accountId,
      settings: { ...defaultMqSettings, ...options.mq },
      dataPlanes: options.dataPlanes ?? new ActiveMqDataPlanes({ clock, seed }),
      faults,
      reachability,
      random: this.randomStream('mq'),
      nextUuid: uuids('mq'),
      emit,
      onBrokerCreated: () => this.#monitoring.startSampling(),
    });
    const { registry } = this.#fleet;
    this.#calls.webHosts.add(findConsole(registry));
    this.#monitoring = new Monitoring({
      clock,
      accountId,
      regions,
      faults,
      reachability,
      publicationDelayMs: options.publicationDelayMs ?? simulatedAwsDefaults.publicationDelayMs,
      brokers: () => registry.all().flatMap((record) => record.dataPlane ?? []),
      storePercentUsage: (id) => registry.all().find(({ brokerId }) => brokerId === id)?.storePercentUsage ?? 0,
      emit,
    });
    this.#dynamoDb = new DynamoDbService({
      accountId,
      regions,
      reachability,
      faults,
      random: this.randomStream('table replication'),
      replicationLagMs: options.tableReplicationLagMs ?? simulatedAwsDefaults.tableReplicationLagMs,
      nowMs,
      nextUuid: uuids('table'),
      tableFolder: options.tableFolder,
    });
    this.#sns = new SnsService({ nowMs, nextUuid: uuids('notification') });
    this.#ssm = new SsmService({ accountId, nowMs });
    this.#s3 = new S3Service({ nowMs });
    this.#lambda = new LambdaService({ accountId, nowMs, nextUuid: uuids('mapping'), faults });
    const services = [
      this.#fleet.service,
      this.#monitoring.service,
      this.#dynamoDb,
      this.#secrets,
      this.#sns,
      this.#ssm,
      this.#s3,
      this.#lambda,
      this.events,
    ];
    for (const service of services) this.register(service);
    faults.onChange(() => this.#fleet.applyReachability());
  }

  /** Whether a `late-caller` fault has met the actor, or one of its branches: then no time limit ends it. */
  isLate(actorName: string): boolean {
    return this.#calls.isLate(actorName);
  }

  /** Milliseconds by which the clocks of a Region's hosts are ahead of the true time, by `clock-offset` faults. */
  hostClockOffsetMs(region: string): number {
    const offsets = this.faults.active('clock-offset').filter((fault) => fault.region === region);
    return offsets.reduce((sum, { seconds }) => sum + seconds * 1_000, 0);
  }

  /** A stream of random numbers of its own, the same for every run with this seed. */
  randomStream(name: string): Random {
    return randomStream(this.#seed, name);
  }

  /** Adds a service, such as Step Functions. @throws TypeError when its signing name is taken or has no protocol */
  register(service: ApiService): void {
    this.#calls.dispatcher.register(service);
  }

  /**
   * What an SDK client in this process needs in addition to its Region.
   *
   * @param origin the Region that the caller runs in, and its time-outs in virtual milliseconds
   */
  clientSettings(origin: Omit<CallOrigin, 'abortSignal'> = {}): EmbeddedClientSettings {
    return this.#calls.clientSettings(origin);
  }

  /** Puts a broker into the simulator, running unless the seed says otherwise. */
  addBroker(seed: BrokerSeed): SimulatedBroker {
    this.#requireRegion(seed.region);
    const broker = this.#fleet.inventory.add(seed);
    this.#monitoring.startSampling();
    return broker;
  }

  /** Puts a RabbitMQ cluster into the simulator, behind the broker's host name. @throws ZodError for a seed that is none */
  addRabbitCluster(
    broker: Pick<BrokerSeed, 'region' | 'brokerName' | 'hostInstanceType' | 'actionsRequired'>,
    seed: ClusterSeedInput,
    admin: { readonly username: string; readonly password: string },
  ): { readonly broker: SimulatedBroker; readonly cluster: EmbeddedRabbitCluster } {
    const cluster = new EmbeddedRabbitCluster(seed, () => this.clock.nowMs());
    const added = this.addBroker({
      ...broker,
      engineType: 'RabbitMQ',
      engineVersion: cluster.version,
      deploymentMode: 'CLUSTER_MULTI_AZ',
    });
    const isAdmin = (username: string, password: string): boolean =>
      username === admin.username && password === admin.password;
    const web = rabbitWeb(added.region, cluster, isAdmin);
    this.#calls.webHosts.add((hostname) => (hostname === rabbitHost(added) ? web : undefined));
    return { broker: added, cluster };
  }

  /** Sends a request to a broker's web server. @throws as a socket does, see `WebHosts.send` */
  async httpRequest(request: HttpRequest, limits: HttpLimits, fromRegion?: string): Promise<HttpAnswer> {
    return await this.#calls.webHosts.send(request, limits, fromRegion);
  }

  /** Makes two running brokers a pair that replicates already. @throws TypeError for unknown or paired brokers */
  pairBrokers(primaryId: string, replicaId: string): void {
    this.#fleet.inventory.pair(primaryId, replicaId);
  }

  /** Changes what DescribeBroker reports about a broker. @throws TypeError for an unknown broker */
  amendBroker(brokerId: string, amendment: BrokerAmendment): void {
    this.#fleet.inventory.amend(brokerId, amendment);
  }

  /** All brokers in the order in which they were created. */
  brokers(): readonly SimulatedBroker[] {
    return this.#fleet.inventory.all();
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
  addAlarm(region: string, alarm: AlarmSeed): void {
    this.#requireRegion(region);
    this.#monitoring.addAlarm(region, alarm);
  }

  /** Takes a line of a function's log, as CloudWatch Logs does: it may hold metrics. */
  takeLogLine(region: string, line: Members): void {
    this.#requireRegion(region);
    this.#monitoring.takeLogLine(region, line);
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

  /** @throws TypeError for a Region that the simulator lacks or a name that is taken */
  async addTable(spec: TableSpec): Promise<void> {
    await this.#dynamoDb.addTable(spec);
  }

  /** @throws TypeError for a Region that the simulator lacks or a name that is taken in any of them */
  addBucket(region: string, name: string): void {
    this.#requireRegion(region);
    this.#s3.addBucket(region, name);
  }

  /** What a bucket holds now, by key; nothing for an unknown one. */
  objects(bucket: string): ReadonlyMap<string, StoredObject> {
    return this.#s3.objects(bucket);
  }

  /** Everything that was published to topics, oldest first. */
  notifications(): readonly PublishedNotification[] {
    return this.#sns.notifications;
  }

  /** Calls `listener` with every API call once it has ended. */
  onApiCall(listener: (record: ApiCall) => void): void {
    this.#calls.onApiCall(listener);
  }

  /** Calls `listener` with everything that is published to a topic from now on. */
  onNotification(listener: (notification: PublishedNotification) => void): void {
    this.#sns.onNotification(listener);
  }

  /** Calls `listener` with every event on any Region's default bus. */
  onEvent(listener: (event: DeliveredEvent) => void): void {
    this.events.onEvent(listener);
  }

  /** Asks `hook` before each API call whether the caller's process dies before or after it; replaces the hook before. */
  interceptCalls(hook: (attempt: ApiCallAttempt) => Interception): void {
    this.#calls.intercept(hook);
  }

  /**
   * Opens an AMQP stream. A fence denies those of clients only, not those of mq-dr.
   *
   * @throws an error with `code` ENOTFOUND, ECONNREFUSED, or after `timeoutMs` ETIMEDOUT
   */
  async connect(
    address: HostPort,
    timeoutMs: number,
    fromRegion?: string,
    party: ConnectingParty = 'client',
  ): Promise<Duplex> {
    return await this.#fleet.connections.connect(address, timeoutMs, fromRegion, party);
  }

  /**
   * Cuts a Region off: its endpoints, its brokers and their replication. With `powerOff` its brokers stop as well.
   */
  blackout(region: string, options: { readonly powerOff?: boolean } = {}): void {
    this.#requireRegion(region);
    this.faults.start({ id: blackoutId(region), kind: 'region-blackout', region });
    if (options.powerOff) this.#fleet.powerOff(region);
  }

  /** Ends a blackout; brokers that it stopped start again. @throws FaultRejectedError when there is none */
  restore(region: string): void {
    this.faults.stop(blackoutId(region));
    this.#fleet.powerOn(region);
  }

  /**
   * Serves every service over HTTP on loopback. From now on virtual time follows the wall clock; `served` lets it jump.
   *
   * @throws PortInUseError, and TypeError when the simulator is served already
   */
  async listen(options: ServeOptions): Promise<ServedAws> {
    if (this.#endpoint !== undefined) throw new TypeError(`the simulator is served at ${this.#endpoint.url} already`);
    this.#endpoint = await serveAws(this.clock, this.#calls.dispatcher, options);
    return this.#endpoint;
  }

  /** Closes the HTTP endpoint, if there is one. */
  async close(): Promise<void> {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    await endpoint?.close();
  }

  #requireRegion(region: string): void {
    if (!this.regions.includes(region)) {
      throw new TypeError(`the simulator has no Region "${region}"; it has ${this.regions.join(', ')}`);
    }
  }
}

const blackoutId = (region: string): string => `blackout of ${region}`;
