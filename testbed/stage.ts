import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type * as z from 'zod';
import type { clusterConfigSchema } from '../functions/config/cluster-config.ts';
import type { PairConfig } from '../functions/config/pair-config.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import type { Log, LogFields } from '../functions/runtime/log.ts';
import { clientTimeouts, type Runtime } from '../functions/runtime/runtime.ts';
import { functions, type MachineSpec, machines } from '../infra/catalogue.ts';
import { renderDefinition } from '../infra/definition.ts';
import { controlTableName, ledgerTableName, machineArnOf, pageTopicName, reportBucketNameOf } from '../infra/names.ts';
import { VirtualClock } from '../simulator/clock/virtual-clock.ts';
import { Engine } from '../simulator/engine/engine.ts';
import type { ExecutionStatusChangeEvent, TaskCall, TaskFailure, TransitionEvent } from '../simulator/engine/ports.ts';
import type { BrokerChange } from '../simulator/world/broker/active-mq-broker.ts';
import { ActiveMqDataPlanes } from '../simulator/world/broker/active-mq-data-planes.ts';
import type { CrdrSettingsInput } from '../simulator/world/broker/crdr-settings.ts';
import { strongRegions } from '../simulator/world/dynamodb/table-spec.ts';
import type { MqSettings } from '../simulator/world/mq/mq-settings.ts';
import { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import { type LambdaHandler, loadHandlers } from './handlers.ts';
import { EmbeddedLambda, type FunctionAnswer, functionArn, type Invocation, type InvocationRuntime } from './lambda.ts';

/** A line that a deployed function logged. */
export interface FunctionLog {
  readonly atMs: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly functionName: string;
  readonly region: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** What a stage reports as it happens; nobody may wait inside. */
export interface StageEvents {
  transition(event: TransitionEvent): void;
  statusChange(event: ExecutionStatusChangeEvent): void;
  log(log: FunctionLog): void;
  brokerChange(change: BrokerChange): void;
  answer(answer: FunctionAnswer): void;
}

export interface StageOptions {
  readonly seed: number;
  /** Virtual start, milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly mq?: Partial<MqSettings>;
  readonly crdr?: CrdrSettingsInput;
  /** Makes tries of Task states fail or answer without a function, for tests of the machines. */
  readonly replaceTask?: (call: TaskCall) => TaskFailure | { readonly result: unknown } | undefined;
  /** How far the clocks of a Region's functions are ahead, in milliseconds; asked whenever one is read. */
  readonly clockOffsetMs?: (region: string) => number;
  /** Replaces definitions by machine name, for tests of the machines themselves. */
  readonly definitions?: Readonly<Record<string, string>>;
}

/** A pair's settings as they are deployed: plain JSON, defaults left out. */
export type DeployedPair = { readonly name: string } & {
  readonly [K in keyof Omit<PairConfig, 'name' | 'brokers'>]?: unknown;
} & { readonly brokers?: readonly [string, string] };

/** A RabbitMQ cluster's settings as they are deployed: plain JSON, defaults left out. */
export type DeployedCluster = z.input<typeof clusterConfigSchema>;

/** Names of the Control table and of the ledger of processed messages, as they are deployed. */
export { controlTableName as controlTable, ledgerTableName as ledgerTable };

/** A Region's replica of the Control table, or one that is not the counterpart's, for a Region that has none. */
const controlRegionFor = (region: string): string =>
  strongRegions.some((strong) => strong === region) ? region : 'us-east-2';

/** Deployed definitions with their substitutions made, by ARN: a process that builds many stages makes each once. */
const deployedDefinitions = new Map<string, string>();

/**
 * The simulator with mq-dr deployed in all of its Regions: the state machines, functions and SDK clients that
 * would run in AWS, on a virtual clock.
 */
export class Stage {
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  readonly engine: Engine;
  readonly dataPlanes: ActiveMqDataPlanes;
  readonly #lambda: EmbeddedLambda;
  readonly #listeners: Partial<StageEvents>[] = [];
  readonly #topics = new Map<string, string>();
  readonly #aws = new Map<string, ReturnType<SimulatedAws['clientSettings']>>();
  readonly #random: () => number;
  readonly #clockOffsetMs: StageOptions['clockOffsetMs'];
  #pairs: readonly DeployedPair[] = [];
  #clusters: readonly DeployedCluster[] = [];

  private constructor(options: StageOptions, handlers: ReadonlyMap<string, LambdaHandler>) {
    const { seed, startMs, mq, crdr } = options;
    const clock = new VirtualClock({ startMs });
    this.clock = clock;
    this.dataPlanes = new ActiveMqDataPlanes({
      clock,
      seed,
      crdr,
      onBrokerChange: (change) => this.#report((listener) => listener.brokerChange?.(change)),
    });
    this.aws = new SimulatedAws({ clock, seed, dataPlanes: this.dataPlanes, ...(mq && { mq }) });
    this.#random = this.aws.randomStream('functions');
    this.#clockOffsetMs = options.clockOffsetMs;
    this.#lambda = new EmbeddedLambda({
      clock,
      handlers,
      accountId: this.aws.accountId,
      replaceTask: options.replaceTask ?? (() => undefined),
      enforcesLimit: (actorName) => !this.aws.isLate(actorName),
      onAnswer: (answer) => this.#report((listener) => listener.answer?.(answer)),
      runtimeFor: (invocation) => this.#runtimeFor(invocation),
    });
    this.engine = new Engine({
      clock,
      random: this.aws.randomStream('engine'),
      accountId: this.aws.accountId,
      invokeTask: this.#lambda.invokeTask,
      ...(options.replaceTask && { replaceChild: options.replaceTask }),
      onStatusChange: (event) => {
        this.#report((listener) => listener.statusChange?.(event));
        this.aws.events.deliver(event);
      },
      onTransition: (event) => this.#report((listener) => listener.transition?.(event)),
    });
    this.aws.register(this.engine.service);
  }

  /** Builds the simulated AWS, deploys the tables, topics and state machines, and loads the functions. */
  static async create(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options, await loadHandlers());
    await stage.#deploy(options.definitions ?? {});
    return stage;
  }

  /** Calls the listener with everything that happens from now on. */
  observe(listener: Partial<StageEvents>): void {
    this.#listeners.push(listener);
  }

  /** The pairs' settings, as a deployment would change them. */
  configurePairs(pairs: readonly DeployedPair[]): void {
    this.#pairs = pairs;
  }

  get pairs(): readonly DeployedPair[] {
    return this.#pairs;
  }

  get clusters(): readonly DeployedCluster[] {
    return this.#clusters;
  }

  /** The RabbitMQ clusters' settings, as a deployment would change them. */
  configureClusters(clusters: readonly DeployedCluster[]): void {
    this.#clusters = clusters;
  }

  /** ARN of a deployed state machine. */
  machineArn(name: string, region: string): string {
    return machineArnOf({ partition: 'aws', accountId: this.aws.accountId, region }, name);
  }

  /** A document of a Region's report bucket; undefined where there is none. */
  report(region: string, key: string): string | undefined {
    const stored = this.aws.objects(reportBucketNameOf(this.aws.accountId, region)).get(key);
    return stored === undefined ? undefined : Buffer.from(stored.content).toString('utf8');
  }

  /** Calls a deployed function as an event source does. @throws TaskFailure as the function's error */
  async invoke(functionName: string, region: string, event: unknown): Promise<unknown> {
    return await this.#lambda.invoke({ functionName, region }, event);
  }

  async close(): Promise<void> {
    await this.aws.close();
  }

  async #deploy(definitions: Readonly<Record<string, string>>): Promise<void> {
    await this.aws.addTable({
      tableName: controlTableName,
      partitionKey: 'pk',
      sortKey: 'sk',
      consistency: 'strong',
      regions: [...strongRegions],
    });
    await this.aws.addTable({
      tableName: ledgerTableName,
      partitionKey: 'pk',
      sortKey: 'sk',
      consistency: 'eventual',
      regions: this.aws.regions,
      timeToLiveAttribute: 'expiresAt',
    });
    for (const region of this.aws.regions) {
      this.aws.addBucket(region, reportBucketNameOf(this.aws.accountId, region));
    }
    for (const region of this.aws.regions) {
      this.#topics.set(region, this.aws.addTopic(region, pageTopicName));
      for (const machine of machines) {
        const replaced = definitions[machine.name];
        const definition =
          replaced === undefined
            ? await this.#deployedDefinition(machine, region)
            : this.#render(machine, region, replaced);
        this.engine.createStateMachine({ name: machine.name, region, definition });
      }
    }
  }

  async #deployedDefinition(machine: MachineSpec, region: string): Promise<string> {
    const key = `${this.machineArn(machine.name, region)} of ${machine.definition}`;
    const known = deployedDefinitions.get(key);
    if (known !== undefined) return known;
    const source = await readFile(new URL(`../${machine.definition}`, import.meta.url), 'utf8');
    const definition = this.#render(machine, region, source);
    deployedDefinitions.set(key, definition);
    return definition;
  }

  #render(machine: MachineSpec, region: string, source: string): string {
    const arns = Object.fromEntries(functions.map(({ name }) => [name, functionArn(this.aws.accountId, region, name)]));
    return renderDefinition(machine, source, arns, this.#machineArns(region));
  }

  #machineArns(region: string): Readonly<Record<string, string>> {
    return Object.fromEntries(machines.map(({ name }) => [name, this.machineArn(name, region)]));
  }

  /** The one clock, as hosts of a Region show it. */
  #clockIn(region: string): Clock {
    const { clock } = this;
    const offsetMs = this.#clockOffsetMs;
    if (offsetMs === undefined) return clock;
    return {
      nowMs: () => clock.nowMs() + offsetMs(region),
      sleepMs: (milliseconds) => clock.sleepMs(milliseconds),
      concurrently: (tasks) => clock.concurrently(tasks),
    };
  }

  #runtimeFor({ functionName, region }: Invocation): InvocationRuntime {
    const streams: Duplex[] = [];
    const runtime: Runtime = {
      clock: this.#clockIn(region),
      random: this.#random,
      environment: {
        AWS_REGION: region,
        PAIRS: JSON.stringify(this.#pairs),
        CONTROL_TABLE: controlTableName,
        CONTROL_REGION: controlRegionFor(region),
        TOPIC_ARN: this.#topics.get(region),
        LEDGER_TABLE: ledgerTableName,
        REPORT_BUCKET: reportBucketNameOf(this.aws.accountId, region),
        CLUSTERS: JSON.stringify(this.#clusters),
        MACHINES: JSON.stringify(this.#machineArns(region)),
      },
      log: this.#logOf(functionName, region),
      aws: this.#awsFor(region),
      httpRequest: (request, limits) => this.aws.httpRequest(request, limits, region),
      connect: async (address, timeoutMs) => {
        const stream = await this.aws.connect(address, timeoutMs, region, 'mq-dr');
        streams.push(stream);
        return stream;
      },
    };
    return {
      runtime,
      died: () => {
        for (const stream of streams) stream.destroy();
      },
    };
  }

  /** One set for each Region: clients are kept by it. The limits are those of the deployed clients. */
  #awsFor(region: string): ReturnType<SimulatedAws['clientSettings']> {
    const known = this.#aws.get(region);
    if (known !== undefined) return known;
    const { connectionTimeout, requestTimeout } = clientTimeouts;
    const settings = this.aws.clientSettings({
      fromRegion: region,
      connectionTimeoutMs: connectionTimeout,
      requestTimeoutMs: requestTimeout,
    });
    this.#aws.set(region, settings);
    return settings;
  }

  #logOf(functionName: string, region: string): Log {
    const at =
      (level: FunctionLog['level']) =>
      (message: string, fields: LogFields = {}): void => {
        const log = { atMs: this.clock.nowMs(), level, functionName, region, message, fields };
        this.aws.takeLogLine(region, fields);
        this.#report((listener) => listener.log?.(log));
      };
    return { info: at('info'), warn: at('warn'), error: at('error') };
  }

  #report(tell: (listener: Partial<StageEvents>) => void): void {
    for (const listener of this.#listeners) tell(listener);
  }
}
