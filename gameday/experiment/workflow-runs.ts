import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Signal, VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { unknownName } from './scenario/problems.ts';
import type { ExerciseStage, StageStatusChange, StageTransition } from './stage-port.ts';
import { type Json, StepFailedError } from './step.ts';

/** How an execution ended. */
export interface WorkflowEnd {
  readonly executionArn: string;
  readonly status: string;
  readonly output: Json;
  readonly error?: string;
  readonly cause?: string;
}

const endStatuses = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/** Starts workflows and waits for them through the Step Functions API, as an operator's tool would. */
export class WorkflowRuns {
  readonly #clock: VirtualClock;
  readonly #stage: ExerciseStage;
  readonly #clients = new Map<string, SFNClient>();
  readonly #ends = new Map<string, Signal>();
  readonly #entries = new Map<string, Signal>();
  readonly #named = new Map<string, string>();
  readonly #expected = new Map<string, string>();
  #started = 0;

  constructor(clock: VirtualClock, stage: ExerciseStage) {
    this.#clock = clock;
    this.#stage = stage;
  }

  /** To be told of every status change of every execution. */
  statusChanged(change: StageStatusChange): void {
    if (endStatuses.has(change.status)) this.#endOf(change.executionArn).fire();
  }

  /**
   * Starts an execution, and remembers it under `label` for `awaitEnd`.
   *
   * @throws StepFailedError when the Region has no such workflow, or the service refuses the input
   */
  async start(label: string, workflow: string, region: string, input: Json, expected: string): Promise<string> {
    this.#started += 1;
    const stateMachineArn = await this.#machineArn(workflow, region);
    const { executionArn } = await this.#client(region).send(
      new StartExecutionCommand({
        stateMachineArn,
        name: `game-day-${this.#started}-${workflow}`,
        input: JSON.stringify(input),
      }),
    );
    if (executionArn === undefined) throw new StepFailedError(`Step Functions started ${workflow} without an ARN`);
    this.#named.set(label, executionArn);
    this.#expected.set(executionArn, expected);
    return executionArn;
  }

  /** The status that the scenario expects an execution to end in; executions that nobody expects should succeed. */
  expectedStatus(executionArn: string): string {
    return this.#expected.get(executionArn) ?? 'SUCCEEDED';
  }

  /** @throws StepFailedError when nothing was started under that label */
  async awaitEndOf(label: string): Promise<WorkflowEnd> {
    const executionArn = this.#named.get(label);
    if (executionArn === undefined) {
      throw new StepFailedError(unknownName('workflow run', label, [...this.#named.keys()]));
    }
    return await this.awaitEnd(executionArn);
  }

  /** Waits, without polling, until the execution has ended; then reads how. */
  async awaitEnd(executionArn: string): Promise<WorkflowEnd> {
    await this.#endOf(executionArn).wait();
    const region = executionArn.split(':')[3] ?? '';
    const described = await this.#client(region).send(new DescribeExecutionCommand({ executionArn }));
    return {
      executionArn,
      status: described.status ?? 'UNKNOWN',
      output: parseOutput(described.output),
      ...(described.error === undefined ? {} : { error: described.error }),
      ...(described.cause === undefined ? {} : { cause: described.cause }),
    };
  }

  /** To be told of every step of every execution. */
  transitionSeen({ machine, state, kind }: StageTransition): void {
    if (kind === 'entered') this.#entryOf(machine, state).fire();
  }

  /**
   * Waits until any execution of the workflow has entered the state, at once if one has before. The waiter gets its
   * turn before the state's own function.
   *
   * @throws StepFailedError when none does within `seconds` of virtual time
   */
  async awaitState(workflow: string, state: string, seconds: number): Promise<void> {
    const entry = this.#entryOf(workflow, state);
    const over = this.#clock.signal();
    const wake = (name: string, wait: () => Promise<void>) =>
      this.#clock.spawn(`${name} ${workflow} ${state}`, async () => {
        await wait();
        over.fire();
      });
    const waiters = [
      wake('entry of', () => entry.wait()),
      wake('patience for', () => this.#clock.sleepMs(seconds * 1_000)),
    ];
    await over.wait();
    for (const waiter of waiters) this.#clock.kill(waiter);
    if (!entry.fired) throw new StepFailedError(`no ${workflow} entered ${state} within ${seconds} s`);
  }

  #entryOf(machine: string, state: string): Signal {
    const key = `${machine} ${state}`;
    const entry = this.#entries.get(key) ?? this.#clock.signal();
    this.#entries.set(key, entry);
    return entry;
  }

  #endOf(executionArn: string): Signal {
    let signal = this.#ends.get(executionArn);
    if (signal === undefined) {
      signal = this.#clock.signal();
      this.#ends.set(executionArn, signal);
    }
    return signal;
  }

  async #machineArn(workflow: string, region: string): Promise<string> {
    const { stateMachines = [] } = await this.#client(region).send(new ListStateMachinesCommand({}));
    const found = stateMachines.find((machine) => machine.name === workflow);
    if (found?.stateMachineArn !== undefined) return found.stateMachineArn;
    const names = stateMachines.map((machine) => machine.name ?? '').sort();
    throw new StepFailedError(`${unknownName('workflow', workflow, names)} (in ${region})`);
  }

  #client(region: string): SFNClient {
    let client = this.#clients.get(region);
    if (client === undefined) {
      // One attempt: the SDK's own back-off would sleep in real time.
      client = new SFNClient({ ...this.#stage.aws, region, maxAttempts: 1 });
      this.#clients.set(region, client);
    }
    return client;
  }
}

const parseOutput = (output: string | undefined): Json => {
  if (output === undefined) return null;
  return JSON.parse(output) as Json;
};
