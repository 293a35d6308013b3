import { DescribeExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { type AwsClientSettings, currentRuntime } from '../functions/runtime/runtime.ts';
import type { ApiCall } from '../simulator/api/api-call.ts';
import { VirtualClock } from '../simulator/clock/virtual-clock.ts';
import { Engine, type ExecutionSummary } from '../simulator/engine/engine.ts';
import { TaskFailure, type TransitionEvent } from '../simulator/engine/ports.ts';
import { ActiveMqDataPlanes } from '../simulator/world/broker/active-mq-data-planes.ts';
import type { EmbeddedBroker } from '../simulator/world/broker/embedded-broker.ts';
import type { SimulatedBroker } from '../simulator/world/broker-inventory.ts';
import type { EmbeddedRabbitCluster } from '../simulator/world/rabbitmq/embedded-cluster.ts';
import { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import { Deployment } from './deployment.ts';
import { Listeners, type TestbedListener } from './events.ts';
import { FunctionRuntimes } from './function-runtimes.ts';
import { type LambdaHandler, loadHandlers } from './handlers.ts';
import { EmbeddedLambda } from './lambda.ts';
import { Operator } from './operator.ts';
import { TestbedPair } from './pair.ts';
import {
  type ClusterPlan,
  type ClusterSettings,
  type DeployedCluster,
  type DeployedPair,
  mondayMorningMs,
  type PairSettings,
  type TestbedPlan,
} from './testbed-plan.ts';
import { addReplicaWaitAlarms, startTriggers } from './triggers.ts';
import { type SecretArns, users } from './users.ts';

/** How an execution ended. */
export interface WorkflowEnd {
  readonly executionArn: string;
  readonly status: string;
  readonly output: Readonly<Record<string, unknown>> | undefined;
  /** `outcome` of the output. */
  readonly outcome: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** States that it entered, in order. */
  readonly states: readonly string[];
}

/** What an SDK client in this process is made with. */
type ClientSettings = AwsClientSettings & { readonly region: string; readonly maxAttempts: number };

/** Regions in which a pair may have a broker: the secrets have a replica in each. */
const secretRegions = ['us-east-1', 'us-west-2'] as const;

/**
 * A simulated deployment of mq-dr: its state machines, functions and SDK clients, as they run in AWS, on simulated AWS
 * and a virtual clock, with the pairs and clusters of a plan, and the means to run workflows on it.
 */
export class Testbed {
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  readonly engine: Engine;
  readonly dataPlanes: ActiveMqDataPlanes;
  readonly secrets: SecretArns;
  readonly operator: Operator;
  /** A number in [0, 1), for whoever acts on the test bed. */
  readonly random: () => number;
  /** Every API call so far, unless the plan says otherwise, and every step of a workflow. */
  readonly calls: ApiCall[] = [];
  readonly transitions: TransitionEvent[] = [];
  readonly #deployment: Deployment;
  readonly #lambda: EmbeddedLambda;
  readonly #listeners = new Listeners();
  readonly #clients = new Map<string, SFNClient>();
  readonly #pairs = new Map<string, TestbedPair>();
  readonly #clusters = new Map<string, EmbeddedRabbitCluster>();

  private constructor(plan: TestbedPlan, handlers: ReadonlyMap<string, LambdaHandler>) {
    const { seed = 1, startMs = mondayMorningMs, mq, crdr, replaceTask, keepsCalls = true, tableFolder } = plan;
    const clock = new VirtualClock({ startMs });
    this.clock = clock;
    this.dataPlanes = new ActiveMqDataPlanes({
      clock,
      seed,
      crdr,
      onBrokerChange: (change) => this.#listeners.tell('brokerChange', change),
    });
    this.aws = new SimulatedAws({ clock, seed, dataPlanes: this.dataPlanes, tableFolder, ...(mq && { mq }) });
    this.#deployment = new Deployment(this.aws);
    const runtimes = new FunctionRuntimes(this.aws, this.#deployment, (log) => this.#listeners.tell('log', log));
    this.#lambda = new EmbeddedLambda({
      clock,
      handlers,
      accountId: this.aws.accountId,
      replaceTask: replaceTask ?? (() => undefined),
      enforcesLimit: (actorName) => !this.aws.isLate(actorName),
      onAnswer: (answer) => this.#listeners.tell('answer', answer),
      runtimeFor: runtimes.of,
    });
    this.engine = new Engine({
      clock,
      random: this.aws.randomStream('engine'),
      accountId: this.aws.accountId,
      invokeTask: this.#lambda.invokeTask,
      ...(replaceTask && { replaceChild: replaceTask }),
      onStatusChange: (event) => {
        this.#listeners.tell('statusChange', event);
        this.aws.events.deliver(event);
      },
      onTransition: (event) => {
        this.transitions.push(event);
        this.#listeners.tell('transition', event);
      },
    });
    this.aws.register(this.engine.service);
    this.aws.onApiCall((call) => {
      if (keepsCalls) this.calls.push(call);
      this.#listeners.tell('apiCall', call);
    });
    this.aws.onNotification((notification) => this.#listeners.tell('notification', notification));
    const secret = (name: keyof SecretArns): string =>
      this.aws.addSecret({ name: `mq-dr/${name}`, value: JSON.stringify(users[name]), regions: [...secretRegions] });
    this.secrets = {
      console: secret('console'),
      replication: secret('replication'),
      application: secret('application'),
    };
    // The name seeds the stream: with another one, a run with a given seed would go differently.
    this.random = this.aws.randomStream('exercise');
    const runtime = { ...currentRuntime(), clock, random: this.random, aws: this.aws.clientSettings() };
    this.operator = new Operator(runtime);
  }

  /** Deploys mq-dr with the pairs and clusters of the plan; called outside the clock's `run`. */
  static async create(plan: TestbedPlan = {}): Promise<Testbed> {
    const testbed = new Testbed(plan, await loadHandlers());
    await testbed.#deployment.deploy(testbed.engine, plan.definitions ?? {});
    testbed.#addPairs(plan.pairs ?? {});
    if (plan.triggers === true) {
      for (const pair of testbed.#pairs.values()) addReplicaWaitAlarms(testbed.aws, pair.brokers());
      testbed.startTriggers();
    }
    testbed.#addClusters(plan.clusters ?? {});
    return testbed;
  }

  /** Calls the listener with everything that happens from now on. */
  observe(listener: TestbedListener): void {
    this.#listeners.add(listener);
  }

  /** @throws TypeError for a pair that the plan does not have */
  pair(name: string): TestbedPair {
    return required(this.#pairs, 'pair', name);
  }

  /** @throws TypeError for a cluster that the plan does not have */
  cluster(name: string): EmbeddedRabbitCluster {
    return required(this.#clusters, 'cluster', name);
  }

  /** The pairs as they are deployed now. */
  get deployedPairs(): readonly DeployedPair[] {
    return this.#deployment.pairs;
  }

  /** A pair as it is deployed now. @throws TypeError for an unknown one */
  deployedPair(name: string): DeployedPair {
    return required(new Map(this.deployedPairs.map((pair) => [pair.name, pair])), 'pair', name);
  }

  /** The clusters as they are deployed now. */
  get deployedClusters(): readonly DeployedCluster[] {
    return this.#deployment.clusters;
  }

  /** Deploys other pairs than those of the plan. */
  deployPairs(pairs: readonly DeployedPair[]): void {
    this.#deployment.pairs = pairs;
  }

  /** Gives a pair other settings, as a deployment would. */
  configurePair(name: string, settings: PairSettings): void {
    const changed = this.pair(name).withSettings(settings);
    this.deployPairs(this.deployedPairs.map((pair) => (pair.name === name ? changed : pair)));
  }

  /** Gives a cluster other settings, as a deployment would. */
  configureCluster(name: string, settings: ClusterSettings): void {
    this.#deployment.clusters = this.deployedClusters.map((cluster) => {
      const { broker, secretArn } = cluster;
      return cluster.name === name ? { ...settings, name, broker, secretArn } : cluster;
    });
  }

  /** The broker with this name as it is now. @throws TypeError for one that is not there, or still being made */
  broker(brokerName: string): SimulatedBroker & { readonly dataPlane: EmbeddedBroker } {
    const broker = this.aws.brokers().find((candidate) => candidate.brokerName === brokerName);
    if (broker?.dataPlane === undefined) throw new TypeError(`no broker "${brokerName}"`);
    return { ...broker, dataPlane: broker.dataPlane };
  }

  /** Switches the deployment's rules on. */
  startTriggers(): void {
    startTriggers(this.aws, this.#deployment, this.#lambda);
  }

  /** Runs `body` as an actor of the clock. */
  play<T>(body: () => Promise<T>): Promise<T> {
    return this.clock.run('test bed', body);
  }

  sleepSeconds(seconds: number): Promise<void> {
    return this.clock.sleepMs(seconds * 1_000);
  }

  /** Sets the clocks of a Region's functions ahead, or back, by so many milliseconds, until its faults are stopped. */
  setClock(region: string, offsetMs: number): void {
    const id = `clock of ${region}`;
    const { faults } = this.aws;
    if (faults.active('clock-offset').some((fault) => fault.id === id)) faults.stop(id);
    if (offsetMs !== 0) faults.start({ id, kind: 'clock-offset', region, seconds: offsetMs / 1_000 });
  }

  /** An SDK client in this process. One attempt: the SDK's own back-off would sleep in real time. */
  client<C>(Client: new (settings: ClientSettings) => C, region: string, fromRegion?: string): C {
    return new Client({ ...this.aws.clientSettings({ fromRegion }), region, maxAttempts: 1 });
  }

  /** ARN of a deployed state machine. */
  machineArn(name: string, region: string): string {
    return this.#deployment.machineArn(name, region);
  }

  /** Starts a workflow through the API, and waits for its end. */
  async run(machine: string, region: string, input: unknown): Promise<WorkflowEnd> {
    return await this.end(await this.start(machine, region, input));
  }

  /** Starts a workflow through the API; the ARN of its execution. */
  async start(machine: string, region: string, input: unknown, name?: string): Promise<string> {
    const { executionArn } = await this.#sfn(region).send(
      new StartExecutionCommand({
        stateMachineArn: this.machineArn(machine, region),
        input: JSON.stringify(input),
        name,
      }),
    );
    if (executionArn === undefined) throw new TypeError(`StartExecution of ${machine} answered without an ARN`);
    return executionArn;
  }

  /** How an execution ended, once it has. */
  async end(executionArn: string): Promise<WorkflowEnd> {
    await this.engine.waitForEnd(executionArn);
    const region = executionArn.split(':')[3] ?? '';
    const described = await this.#sfn(region).send(new DescribeExecutionCommand({ executionArn }));
    const { status = '', error, cause } = described;
    const output = described.output === undefined ? undefined : JSON.parse(described.output);
    const states = this.transitions
      .filter((transition) => transition.executionArn === executionArn && transition.kind === 'entered')
      .map(({ stateName }) => stateName);
    return { executionArn, status, output, outcome: output?.outcome, error, cause, states };
  }

  /** Stops an execution, as somebody in the console would. */
  async stop(executionArn: string): Promise<void> {
    await this.#sfn(executionArn.split(':')[3] ?? '').send(new StopExecutionCommand({ executionArn }));
  }

  /** What the engine counted of an execution. */
  execution(executionArn: string): ExecutionSummary | undefined {
    return this.engine.executions().find((execution) => execution.executionArn === executionArn);
  }

  /** Executions that have not ended. */
  running(): readonly ExecutionSummary[] {
    return this.engine.executions().filter(({ status }) => status === 'RUNNING');
  }

  /** A document of a Region's report bucket; undefined where there is none. */
  report(region: string, key: string): string | undefined {
    return this.#deployment.report(region, key);
  }

  /** Calls a deployed function as an event source does. @throws TaskFailure as the function's error */
  async invoke(functionName: string, region: string, event: unknown): Promise<unknown> {
    return await this.#lambda.invoke({ functionName, region }, event);
  }

  /** Calls a function as an event source does that takes no answer: a failure is logged by the function, and dropped. */
  async invokeAsEvent(functionName: string, region: string, event: unknown): Promise<void> {
    try {
      await this.invoke(functionName, region, event);
    } catch (error) {
      if (!(error instanceof TaskFailure)) throw error;
    }
  }

  /** Answers the newest question about a pair, as an approver's tool would; nothing where nobody asked. */
  async answerApproval(pair: string, status: 'approved' | 'denied'): Promise<void> {
    const asked = this.aws.notifications().findLast(({ message }) => /^Approval /m.test(message));
    const approvalId = /^Approval (\w+)/m.exec(asked?.message ?? '')?.[1];
    if (approvalId === undefined) return;
    await this.operator.records.decideApproval(pair, approvalId, { status, decidedBy: 'approver' }, this.clock.nowMs());
  }

  async close(): Promise<void> {
    await this.aws.close();
  }

  #addPairs(plans: NonNullable<TestbedPlan['pairs']>): void {
    for (const [name, plan] of Object.entries(plans)) {
      this.#pairs.set(name, new TestbedPair(name, plan, this.aws, this.dataPlanes));
    }
    this.#deployment.pairs = [...this.#pairs.values()].map((pair) => pair.deployed(this.secrets));
  }

  #addClusters(plans: Readonly<Record<string, ClusterPlan>>): void {
    this.#deployment.clusters = Object.entries(plans).map(([name, { broker: seed, settings, ...place }]) => {
      const { administrator } = users;
      const { broker, cluster } = this.aws.addRabbitCluster(place, seed, administrator);
      this.#clusters.set(name, cluster);
      const secretArn = this.aws.addSecret({
        name: `mq-dr/cluster-${name}`,
        value: JSON.stringify(administrator),
        regions: [place.region],
      });
      return { ...settings, name, broker: broker.brokerArn, secretArn };
    });
  }

  #sfn(region: string): SFNClient {
    const client = this.#clients.get(region) ?? this.client(SFNClient, region);
    this.#clients.set(region, client);
    return client;
  }
}

const required = <T>(known: ReadonlyMap<string, T>, what: string, name: string): T => {
  const found = known.get(name);
  if (found !== undefined) return found;
  throw new TypeError(`the test bed has no ${what} "${name}"; it has ${[...known.keys()].join(', ') || 'none'}`);
};
