import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ControlItems } from '../../functions/control/control-items.ts';
import { GuardTable } from '../../functions/control/guard-table.ts';
import { currentRuntime } from '../../functions/runtime/runtime.ts';
import type { ApiCall } from '../../simulator/api/api-call.ts';
import type { TransitionEvent } from '../../simulator/engine/ports.ts';
import { type DeployedPair, Stage, type StageOptions } from '../../testbed/stage.ts';
import { trackMachineCoverage } from './machine-coverage.ts';

/** Every test file that imports this module adds to the coverage of the machines. */
const cover = trackMachineCoverage();

const passwords = {
  operator: 'embedded-Operator-42',
  replicator: 'embedded-Replicator-42',
  application: 'embedded-App-4242',
};

/** How a run ended. */
export interface RunEnd {
  readonly executionArn: string;
  readonly status: string | undefined;
  readonly output: Readonly<Record<string, unknown>> | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly states: readonly string[];
}

/** A stage with one broker `orders` in us-east-1, its secrets, and the means to run workflows on it. */
export class WorkflowStage {
  readonly stage: Stage;
  readonly calls: ApiCall[] = [];
  readonly transitions: TransitionEvent[] = [];
  readonly primaryArn: string;
  readonly primaryId: string;
  readonly secrets: Readonly<Record<keyof typeof passwords, string>>;

  #members: { readonly brokers?: readonly [string, string] } = {};

  private constructor(stage: Stage, pair: Omit<DeployedPair, 'name'>, paired: boolean, engineVersion: string) {
    this.stage = stage;
    const { aws } = stage;
    const users = [
      { username: 'operator', password: passwords.operator, consoleAccess: true },
      { username: 'replicator', password: passwords.replicator, replicationUser: true },
      { username: 'application', password: passwords.application },
    ];
    const primary = aws.addBroker({ region: 'us-east-1', brokerName: 'orders', engineVersion, users });
    this.primaryArn = primary.brokerArn;
    this.primaryId = primary.brokerId;
    const secret = (username: keyof typeof passwords): string =>
      aws.addSecret({
        name: username,
        value: JSON.stringify({ username, password: passwords[username] }),
        regions: ['us-east-1', 'us-west-2'],
      });
    this.secrets = {
      operator: secret('operator'),
      replicator: secret('replicator'),
      application: secret('application'),
    };
    if (paired) {
      const replica = aws.addBroker({ region: 'us-west-2', brokerName: 'orders-replica', engineVersion, users });
      aws.pairBrokers(primary.brokerId, replica.brokerId);
      this.#members = { brokers: [primary.brokerArn, replica.brokerArn] };
    }
    this.configure(pair);
    aws.onApiCall((call) => this.calls.push(call));
    stage.observe({ transition: (transition) => this.transitions.push(transition) });
  }

  static async create(
    options: Partial<StageOptions> & {
      readonly pair?: Omit<DeployedPair, 'name'>;
      readonly paired?: boolean;
      readonly engineVersion?: string;
    } = {},
  ): Promise<WorkflowStage> {
    const { pair = {}, paired = false, engineVersion = '5.18', ...rest } = options;
    const stage = await Stage.create({ seed: 1, startMs: Date.UTC(2026, 0, 5, 9), ...rest });
    cover(stage.engine);
    return new WorkflowStage(stage, pair, paired, engineVersion);
  }

  /** Changes the settings of the pair `orders`, as a deployment would. */
  configure(pair: Omit<DeployedPair, 'name'>): void {
    this.stage.configurePairs([{ name: 'orders', ...this.#members, ...pair }]);
  }

  /** The broker with this name as it is now. */
  broker(brokerName: string) {
    const broker = this.stage.aws.brokers().find((candidate) => candidate.brokerName === brokerName);
    if (broker?.dataPlane === undefined) throw new TypeError(`no broker "${brokerName}"`);
    return { ...broker, dataPlane: broker.dataPlane };
  }

  /** Input of create-replica for the stage's broker. */
  createReplicaInput(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return {
      pair: 'orders',
      primaryBrokerArn: this.primaryArn,
      replicaRegion: 'us-west-2',
      replicaName: 'orders-replica',
      consoleUserSecretArn: this.secrets.operator,
      replicationUserSecretArn: this.secrets.replicator,
      applicationUserSecretArns: [this.secrets.application],
      reason: 'test',
      ...more,
    };
  }

  /** Input of switchover towards us-west-2. */
  switchoverInput(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return { pair: 'orders', targetRegion: 'us-west-2', reason: 'test', ...more };
  }

  /** Runs `body` as an actor of the stage's clock. */
  play<T>(body: () => Promise<T>): Promise<T> {
    return this.stage.clock.run('test', body);
  }

  /** Starts a workflow through the API, waits for its end and reads how it ended. */
  async run(machine: string, region: string, input: unknown): Promise<RunEnd> {
    return await this.end(await this.start(machine, region, input));
  }

  async start(machine: string, region: string, input: unknown): Promise<string> {
    const { executionArn } = await this.sfn(region).send(
      new StartExecutionCommand({
        stateMachineArn: this.stage.machineArn(machine, region),
        input: JSON.stringify(input),
      }),
    );
    if (executionArn === undefined) throw new TypeError('StartExecution answered without an ARN');
    return executionArn;
  }

  async end(executionArn: string): Promise<RunEnd> {
    await this.stage.engine.waitForEnd(executionArn);
    const region = executionArn.split(':')[3] ?? '';
    const { status, output, error, cause } = await this.sfn(region).send(
      new DescribeExecutionCommand({ executionArn }),
    );
    const states = this.transitions
      .filter((transition) => transition.executionArn === executionArn && transition.kind === 'entered')
      .map((transition) => transition.stateName);
    return { executionArn, status, output: output && JSON.parse(output), error, cause, states };
  }

  /** Answers the open approval of the pair, as an approver's tool would. */
  async answerApproval(approvalId: string, status: 'approved' | 'denied'): Promise<void> {
    await new DynamoDBClient({ ...this.stage.aws.clientSettings(), region: 'us-east-1', maxAttempts: 1 }).send(
      new UpdateItemCommand({
        TableName: 'mq-dr-control',
        Key: { pk: { S: 'APPROVALS#orders' }, sk: { S: `APPROVAL#${approvalId}` } },
        UpdateExpression: 'SET #status = :status, decidedBy = :by',
        ConditionExpression: '#status = :open',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: status }, ':open': { S: 'open' }, ':by': { S: 'tester' } },
      }),
    );
  }

  /** Stops all writes of a scope, as an operator's tool would. */
  async freeze(scope: string): Promise<void> {
    await this.guardTable(scope).freeze({ reason: 'test', by: 'tester', atMs: this.stage.clock.nowMs() });
  }

  /** Takes a lock from whoever has it. */
  async takeLock(scope: string, owner: string, purpose: string): Promise<void> {
    const everybody = ['switchover', 'failover', 'create-replica', 'unpair', 'nobody'];
    await this.guardTable(scope).acquire(owner, purpose, this.stage.clock.nowMs(), everybody);
  }

  /** Locks, freezes and epochs of a scope. */
  guardTable(scope: string): GuardTable {
    const { clock, aws } = this.stage;
    const runtime = { ...currentRuntime(), clock, random: () => 0.5, aws: aws.clientSettings() };
    return new GuardTable(new ControlItems(runtime, { region: 'us-east-2', tableName: 'mq-dr-control' }), scope);
  }

  /** ARN of the first execution that was started on this stage. */
  firstExecution(): string | undefined {
    return this.stage.engine.executions()[0]?.executionArn;
  }

  sfn(region: string): SFNClient {
    return new SFNClient({ ...this.stage.aws.clientSettings(), region, maxAttempts: 1 });
  }

  /** Writes that reached Amazon MQ, in order. */
  mqWrites(): readonly string[] {
    const writes = ['CreateBroker', 'RebootBroker', 'Promote', 'UpdateBroker', 'DeleteBroker'];
    return this.calls
      .filter((call) => call.service === 'mq' && writes.includes(call.operation))
      .map((call) => `${call.operation} ${call.region} ${call.outcome}`);
  }
}
