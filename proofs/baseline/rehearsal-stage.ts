import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import rhea from 'rhea';
import { approvalPrefix, approvalScope } from '../../functions/control/approval.ts';
import type { ApiCall } from '../../simulator/api/api-call.ts';
import { TaskFailure, type TransitionEvent } from '../../simulator/engine/ports.ts';
import { readIncomingMessage } from '../../simulator/world/broker/amqp-message.ts';
import type { SimulatedBroker } from '../../simulator/world/broker-inventory.ts';
import type { DeliveredEvent } from '../../simulator/world/event-bridge.ts';
import type { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import { controlTable, Stage } from '../../testbed/stage.ts';
import { addTeamCutover, type TeamCutover } from '../../testbed/team-cutover.ts';
import { answerProblems } from './check-answer.ts';
import type { Rehearsal, RehearsalWorld } from './rehearsal.ts';

/** The pair's Regions: the first holds the primary at the start. */
export const east = 'us-east-1';
export const west = 'us-west-2';

/** Users of the embedded brokers; the values exist in this process only. */
const users = {
  operator: 'embedded-Operator-42',
  replicator: 'embedded-Replicator-42',
  application: 'embedded-Application-42',
} as const;
const administrator = { username: 'administrator', password: 'embedded-Administrator-42' } as const;

/** How an execution ended. */
export interface RunEnd {
  readonly executionArn: string;
  readonly status: string;
  readonly outcome: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly output: string | undefined;
}

/** Proofs begin on a Monday morning, so that no weekly window is near. */
const startMs = Date.UTC(2026, 0, 5, 9);

/** mq-dr deployed around one pair, and a cluster where it is asked for, with the means to run and watch workflows. */
export class RehearsalStage {
  readonly stage: Stage;
  readonly rehearsal: Rehearsal;
  readonly calls: ApiCall[] = [];
  readonly transitions: TransitionEvent[] = [];
  /**
   * Calls that changed a broker, in order: operation, Region and broker. Refused ones are not among them, nor promotions
   * that a fault kept from taking effect.
   */
  readonly effects: string[] = [];
  /** Answers that are not what the facts about their functions say. */
  readonly answerProblems = new Set<string>();
  readonly secrets: Readonly<Record<keyof typeof users, string>>;
  readonly primaryArn: string;
  readonly cluster: EmbeddedRabbitCluster | undefined;
  readonly #team: TeamCutover;
  readonly #offsetsMs: Map<string, number>;
  readonly #clients = new Map<string, SFNClient>();
  #replicaId: string | undefined;
  /** Whether an exchange of roles was taken that shows no effect: further ones have none, until something else happens. */
  #stuck = false;
  #stopped: string | undefined;
  /** Whether what comes before the rehearsed workflow is over: stand-ins act from then on. */
  isUnderWay = false;
  /** Whether runs that die are settled, as the deployed rule has it. */
  settles = true;

  private constructor(stage: Stage, rehearsal: Rehearsal, offsetsMs: Map<string, number>) {
    this.stage = stage;
    this.#offsetsMs = offsetsMs;
    this.rehearsal = rehearsal;
    const { aws } = stage;
    const secret = (username: keyof typeof users): string =>
      aws.addSecret({
        name: username,
        value: JSON.stringify({ username, password: users[username] }),
        regions: [east, west],
      });
    this.secrets = {
      operator: secret('operator'),
      replicator: secret('replicator'),
      application: secret('application'),
    };
    this.primaryArn = this.#addPair(rehearsal.world);
    this.#team = this.#addTeam(rehearsal.world);
    this.cluster = this.#addCluster(rehearsal.world);
    aws.onApiCall((call) => this.calls.push(call));
    aws.onEvent((event) => this.#onEvent(event));
    aws.faults.onChange((change, _id, { kind }) => {
      if (change === 'stopped' && kind === 'stuck-promotion') this.#stuck = true;
    });
    stage.observe({
      transition: (transition) => this.transitions.push(transition),
      answer: (answer) => {
        for (const problem of answerProblems(answer)) this.answerProblems.add(problem);
      },
    });
  }

  /** Builds the world of a rehearsal; everything in it comes from the seed. */
  static async create(
    rehearsal: Rehearsal,
    options: { readonly seed?: number; readonly definitions?: Readonly<Record<string, string>> } = {},
  ): Promise<RehearsalStage> {
    const first = new Map<string, string>();
    const offsetsMs = new Map<string, number>();
    let created: RehearsalStage | undefined;
    const stage = await Stage.create({
      seed: options.seed ?? 1,
      startMs,
      // The record of a call comes at the call, for whoever audits it.
      mq: { trailDelayMs: 0 },
      clockOffsetMs: (region) => offsetsMs.get(region) ?? 0,
      ...(options.definitions && { definitions: options.definitions }),
      replaceTask: ({ machineName, executionArn, stateName }) => {
        if (created?.isUnderWay !== true) return undefined;
        const key = `${machineName}/${stateName}`;
        const own = machineName === rehearsal.machine ? rehearsal.standIns?.[stateName] : undefined;
        const standIn = own ?? rehearsal.standIns?.[key];
        if (standIn === undefined || rehearsal.standInsOnce !== true) return standIn;
        if (!first.has(key)) first.set(key, executionArn);
        return executionArn === first.get(key) ? standIn : undefined;
      },
    });
    created = new RehearsalStage(stage, rehearsal, offsetsMs);
    return created;
  }

  /** Runs `body` as an actor of the stage's clock. */
  play<T>(body: () => Promise<T>): Promise<T> {
    return this.stage.clock.run('proof', body);
  }

  sleepSeconds(seconds: number): Promise<void> {
    return this.stage.clock.sleepMs(seconds * 1_000);
  }

  /** Starts a workflow through the API; the ARN of its execution. */
  async start(machine: string, region: string, input: unknown): Promise<string> {
    const { executionArn } = await this.#sfn(region).send(
      new StartExecutionCommand({
        stateMachineArn: this.stage.machineArn(machine, region),
        input: JSON.stringify(input),
      }),
    );
    if (executionArn === undefined) throw new TypeError('StartExecution answered without an ARN');
    return executionArn;
  }

  /** How an execution ended, once it has. */
  async end(executionArn: string): Promise<RunEnd> {
    await this.stage.engine.waitForEnd(executionArn);
    const region = executionArn.split(':')[3] ?? '';
    const { status, output, error, cause } = await this.#sfn(region).send(
      new DescribeExecutionCommand({ executionArn }),
    );
    const parsed: { readonly outcome?: string } = output === undefined ? {} : JSON.parse(output);
    return { executionArn, status: status ?? '', outcome: parsed.outcome, error, cause, output };
  }

  /** Calls a function as its event source does; what it throws is logged by it and dropped here. */
  async invoke(functionName: string, region: string, event: unknown): Promise<void> {
    try {
      await this.stage.invoke(functionName, region, event);
    } catch (error) {
      if (!(error instanceof TaskFailure)) throw error;
    }
  }

  /** Answers the newest open question of the pair, as an approver's tool would. */
  async answerApproval(answer: 'approved' | 'denied'): Promise<void> {
    const asked = this.stage.aws.notifications().findLast(({ message }) => /^Approval /m.test(message));
    const approvalId = /^Approval (\w+)/m.exec(asked?.message ?? '')?.[1];
    if (approvalId === undefined) return;
    const client = new DynamoDBClient({ ...this.stage.aws.clientSettings(), region: 'us-east-2', maxAttempts: 1 });
    const update = new UpdateItemCommand({
      TableName: controlTable,
      Key: { pk: { S: approvalScope('orders') }, sk: { S: `${approvalPrefix}${approvalId}` } },
      UpdateExpression: 'SET #status = :status, decidedBy = :by',
      ConditionExpression: '#status = :open',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': { S: answer }, ':open': { S: 'open' }, ':by': { S: 'approver' } },
    });
    // Somebody may have answered already.
    await client.send(update).catch(() => {});
  }

  /** Stops an execution, as somebody in the console would. */
  async stop(executionArn: string): Promise<void> {
    this.#stopped = executionArn;
    await this.#sfn(executionArn.split(':')[3] ?? '').send(new StopExecutionCommand({ executionArn }));
  }

  /** The execution that was stopped last. @throws TypeError before one was */
  get stopped(): string {
    if (this.#stopped === undefined) throw new TypeError('no execution was stopped');
    return this.#stopped;
  }

  /** Id of the pair's replica, also once it is gone. @throws TypeError for a pair without one */
  get replicaId(): string {
    if (this.#replicaId === undefined) throw new TypeError('the pair has no replica at the start');
    return this.#replicaId;
  }

  /** Puts messages into a queue, one for each id, as a producer does. @throws TypeError before the broker is made */
  send(brokerName: string, queue: string, ids: readonly string[]): void {
    const { store } = this.stage.dataPlanes.broker(this.broker(brokerName).brokerId);
    const nowMs = this.stage.clock.nowMs();
    for (const id of ids) {
      const message = { message_id: id, body: `body of ${id}`, durable: true, creation_time: new Date(nowMs) };
      store.enqueue(queue, readIncomingMessage(rhea.message.encode(message), nowMs));
    }
  }

  /** The broker with this name as it is now. @throws TypeError for an unknown one */
  broker(brokerName: string) {
    const broker = this.stage.aws.brokers().find((candidate) => candidate.brokerName === brokerName);
    if (broker === undefined) throw new TypeError(`no broker "${brokerName}"`);
    return broker;
  }

  /** Whether the team's consumers take messages from a broker now. */
  consumesFrom({ amqpAddresses: [endpoint] }: SimulatedBroker): boolean {
    return endpoint !== undefined && this.#team.consumes(endpoint);
  }

  /** Which of the team's consumers take messages now, by Region. */
  consumers(): readonly string[] {
    return this.stage.aws
      .brokers()
      .map(
        (broker) =>
          `consumers of ${broker.brokerName} in ${broker.region}: ${this.consumesFrom(broker) ? 'at work' : 'held'}`,
      );
  }

  /**
   * ARN of the execution that a function works for; undefined for other callers.
   *
   * @param region where the function runs: executions of two Regions may have one name
   */
  executionOf(caller: string, region: string): string | undefined {
    const [, machine, name] = /^(\S+) ([^:]+): /.exec(caller) ?? [];
    return machine && `arn:aws:states:${region}:${this.stage.aws.accountId}:execution:${machine}:${name}`;
  }

  /** An execution, its parent, the parent's parent and so on, by ARN: a lock that one of them holds is its own. */
  lineageOf(executionArn: string): readonly string[] {
    const executions = this.stage.engine.executions();
    const lineage: string[] = [];
    for (let arn: string | undefined = executionArn; arn !== undefined; ) {
      lineage.push(arn);
      arn = executions.find((execution) => execution.executionArn === arn)?.parentExecutionArn;
    }
    return lineage;
  }

  /** Sets the clocks of a Region's functions ahead, or back, by so many milliseconds. */
  setClock(region: string, offsetMs: number): void {
    this.#offsetsMs.set(region, offsetMs);
  }

  /** Hands an event to the function that the deployed rules hand it to. */
  receive(region: string, event: unknown): void {
    this.stage.clock.spawn(`event in ${region}`, () => this.invoke('receive-event', region, event));
  }

  #addPair({ paired }: RehearsalWorld): string {
    const { aws } = this.stage;
    const brokerUsers = [
      { username: 'operator', password: users.operator, consoleAccess: true },
      { username: 'replicator', password: users.replicator, replicationUser: true },
      { username: 'application', password: users.application },
    ];
    const settings = { engineVersion: '5.18', users: brokerUsers };
    const primary = aws.addBroker({ region: east, brokerName: 'orders', ...settings });
    if (paired) {
      const replica = aws.addBroker({ region: west, brokerName: 'orders-replica', ...settings });
      aws.pairBrokers(primary.brokerId, replica.brokerId);
      this.#replicaId = replica.brokerId;
    }
    return primary.brokerArn;
  }

  /** Settings of a ledger that has been kept since the beginning of time. */
  #reconciliation(afterPromotion: NonNullable<RehearsalWorld['reconciles']>) {
    const { operator } = this.secrets;
    return {
      secretArns: [operator, operator.replace(east, west)],
      ledgerStart: '2026-01-01T00:00:00Z',
      afterPromotion,
    };
  }

  #addTeam({ pair = {}, reconciles, consumers = 'hold' }: RehearsalWorld): TeamCutover {
    const { aws } = this.stage;
    const team = addTeamCutover(aws, {
      name: 'orders',
      regions: [east, west],
      consumers,
      brokers: () => aws.brokers(),
    });
    const [first, second] = aws.brokers().map(({ brokerArn }) => brokerArn);
    this.stage.configurePairs([
      {
        name: 'orders',
        cutover: team.settings,
        canary: { secretArn: this.secrets.application },
        ...(reconciles !== undefined && { reconciliation: this.#reconciliation(reconciles) }),
        ...(first !== undefined && second !== undefined && { brokers: [first, second] as const }),
        ...pair,
      },
    ]);
    return team;
  }

  #addCluster({ cluster: planned }: RehearsalWorld): EmbeddedRabbitCluster | undefined {
    if (planned === undefined) return undefined;
    const { aws } = this.stage;
    const { broker, cluster } = aws.addRabbitCluster(
      { region: east, brokerName: 'events' },
      planned.seed,
      administrator,
    );
    const secretArn = aws.addSecret({ name: 'events', value: JSON.stringify(administrator), regions: [east] });
    this.stage.configureClusters([{ ...planned.settings, name: 'events', broker: broker.brokerArn, secretArn }]);
    return cluster;
  }

  #onEvent(event: DeliveredEvent): void {
    const { source, detail, region } = event;
    if (source === 'aws.amazonmq') {
      const { eventName, errorCode, requestParameters } = detail as {
        readonly eventName?: string;
        readonly errorCode?: string;
        readonly requestParameters?: Readonly<Record<string, unknown>>;
      };
      if (errorCode !== undefined) return;
      const broker = requestParameters?.['broker-id'] ?? requestParameters?.brokerName;
      const mode = requestParameters?.mode ?? '';
      this.#stuck &&= mode === 'SWITCHOVER';
      if (!this.#stuck) this.effects.push(`${eventName} ${region} ${String(broker)} ${String(mode)}`.trimEnd());
    }
    if (source === 'aws.states') this.#settle(event);
  }

  /** The deployed rule `run-ended`: what ended without success is settled, but for settle-run itself. */
  #settle({ region, detail, ...event }: DeliveredEvent): void {
    const ended = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(String(detail.status));
    if (!this.settles || !ended || String(detail.stateMachineArn).endsWith(':settle-run')) return;
    if (this.stage.aws.reachability.isDark(region)) return;
    this.receive(region, { ...event, region, detail });
  }

  #sfn(region: string): SFNClient {
    const client =
      this.#clients.get(region) ?? new SFNClient({ ...this.stage.aws.clientSettings(), region, maxAttempts: 1 });
    this.#clients.set(region, client);
    return client;
  }
}
