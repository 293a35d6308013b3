import { ApiFault, type ApiService } from '../api/service.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { type StatesBackend, statesService } from './api/states-service.ts';
import { CoverageRecorder, type MachineCoverage } from './coverage/coverage.ts';
import { parseDefinition } from './definition/parse-definition.ts';
import { Execution, type StateMachine } from './execution/execution.ts';
import { Lifecycle } from './execution/lifecycle.ts';
import { redriveEligibility } from './execution/redrive-eligibility.ts';
import { statusChangeEvent } from './execution/status-change-event.ts';
import { Evaluator } from './expression/evaluator.ts';
import type { Json } from './expression/json.ts';
import { executionArn, requireArn, requireName, stateMachineArn } from './identifiers.ts';
import { newFrame } from './interpreter/frame.ts';
import type { ChildRequest, InterpreterServices } from './interpreter/run.ts';
import { clientTokenPeriodMs, maxPayloadBytes } from './limits.ts';
import type {
  ExecutionStatus,
  ExecutionStatusChangeEvent,
  ReplaceChild,
  TaskInvoker,
  TransitionEvent,
} from './ports.ts';
import { uuidFrom } from './uuid.ts';

export interface EngineOptions {
  readonly clock: VirtualClock;
  /** A number in [0, 1), seeded: jitter, `$random`, `$uuid` and all ids come from it. */
  readonly random: () => number;
  /** Twelve digits. */
  readonly accountId: string;
  readonly invokeTask: TaskInvoker;
  readonly replaceChild?: ReplaceChild;
  /** Called at once, inside whichever actor changed the status; it must not wait. */
  readonly onStatusChange?: (event: ExecutionStatusChangeEvent) => void;
  /** Called at once, inside the execution's actor; it must not wait. */
  readonly onTransition?: (event: TransitionEvent) => void;
}

/** Figures of an execution that the API does not give. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly machineName: string;
  readonly region: string;
  readonly status: ExecutionStatus;
  /** JSON text, as it was handed in. */
  readonly input: string;
  /** The execution whose Task state started this one. */
  readonly parentExecutionArn: string | undefined;
  readonly rootExecutionArn: string;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number | undefined;
  /** State transitions as they are billed. */
  readonly transitions: number;
  readonly historyEvents: number;
  readonly redriveCount: number;
}

/**
 * AWS Step Functions (Standard workflows, JSONata) on a virtual clock. Executions are actors; the real SDK client drives it
 * through `service`. It carries out what `parseDefinition` accepts and refuses everything else by name.
 */
export class Engine {
  readonly service: ApiService;
  readonly #options: EngineOptions;
  readonly #machines = new Map<string, StateMachine>();
  readonly #executions = new Map<string, Execution>();
  readonly #coverage = new Map<string, CoverageRecorder>();
  readonly #services: InterpreterServices;
  readonly #lifecycle: Lifecycle;

  constructor(options: EngineOptions) {
    const { clock, random, accountId, invokeTask, replaceChild, onStatusChange, onTransition } = options;
    this.#options = options;
    this.#services = {
      clock,
      random,
      invokeTask,
      replaceChild: replaceChild ?? (() => undefined),
      onTransition,
      evaluator: new Evaluator({ nowMs: () => clock.nowMs(), random }),
      startChild: (parent, request) => this.#startChild(parent, request),
      stop: (execution) => this.#lifecycle.stop(execution),
    };
    this.#lifecycle = new Lifecycle(
      clock,
      (execution) => ({ execution, services: this.#services, coverage: this.#coverageOf(execution.machine.name) }),
      (execution) => {
        if (onStatusChange === undefined) return;
        onStatusChange(statusChangeEvent(execution, accountId, clock.nowMs(), uuidFrom(random)));
      },
    );
    this.service = statesService(this.#backend());
  }

  /**
   * Adds a state machine. The same name with the same definition in the same Region answers the ARN there is.
   *
   * @param machine.definition JSON text or a document, substitutions already made
   * @throws InvalidDefinitionError with every problem of the definition
   * @throws ApiFault InvalidName, or StateMachineAlreadyExists where the definition differs
   */
  createStateMachine(machine: {
    readonly name: string;
    readonly region: string;
    readonly definition: unknown;
  }): string {
    const { name, region } = machine;
    requireName(name);
    const definition = parseDefinition(machine.definition);
    const text = typeof machine.definition === 'string' ? machine.definition : JSON.stringify(machine.definition);
    const arn = stateMachineArn(region, this.#options.accountId, name);
    const existing = this.#machines.get(arn);
    if (existing !== undefined) {
      if (existing.text === text) return arn;
      throw new ApiFault('StateMachineAlreadyExists', 400, `State Machine Already Exists: '${arn}'`);
    }
    this.#machines.set(arn, {
      arn,
      name,
      region,
      roleArn: `arn:aws:iam::${this.#options.accountId}:role/${name}`,
      createdAtMs: this.#options.clock.nowMs(),
      text,
      definition,
    });
    this.#coverageOf(name).addGoals(definition);
    return arn;
  }

  /** What was visited so far, by machine name, all Regions together. */
  coverage(): Readonly<Record<string, MachineCoverage>> {
    return Object.fromEntries([...this.#coverage].map(([name, recorder]) => [name, recorder.report()]));
  }

  /** All executions in the order of their start. */
  executions(): readonly ExecutionSummary[] {
    return [...this.#executions.values()].map((execution) => ({
      executionArn: execution.arn,
      name: execution.name,
      machineName: execution.machine.name,
      region: execution.machine.region,
      status: execution.status,
      input: execution.input,
      parentExecutionArn: execution.parentArn,
      rootExecutionArn: execution.rootArn,
      startedAtMs: execution.startedAtMs,
      stoppedAtMs: execution.stoppedAtMs,
      transitions: execution.transitions,
      historyEvents: execution.history.events.length,
      redriveCount: execution.redriveCount,
    }));
  }

  /**
   * Lets go of the baton until the execution's present run has ended. For tests and scenarios that need no polling.
   *
   * @throws ApiFault ExecutionDoesNotExist
   */
  async waitForEnd(arn: string): Promise<void> {
    const execution = this.#requireExecution(arn);
    const ended = this.#options.clock.signal();
    execution.onEnd(() => ended.fire());
    await ended.wait();
  }

  /**
   * Ends a running execution now as TIMED_OUT, as if its TimeoutSeconds were over; nothing where it has ended.
   *
   * @throws ApiFault ExecutionDoesNotExist
   */
  expire(arn: string): void {
    this.#lifecycle.expire(this.#requireExecution(arn));
  }

  #backend(): StatesBackend {
    return {
      nowMs: () => this.#options.clock.nowMs(),
      findMachine: (region, arn) => this.#findMachine(region, arn),
      findExecution: (region, arn) => {
        requireArn(arn, 'execution');
        const execution = this.#requireExecution(arn);
        if (execution.machine.region !== region) throw executionDoesNotExist(arn);
        return execution;
      },
      machinesIn: (region) => [...this.#machines.values()].filter((machine) => machine.region === region),
      executionsOf: (machine) => [...this.#executions.values()].filter((execution) => execution.machine === machine),
      start: (machine, name, input) => this.#start(machine, name, input, undefined),
      stop: (execution, error, cause) => this.#lifecycle.stop(execution, error, cause),
      redrive: (execution, clientToken) => this.#redrive(execution, clientToken),
    };
  }

  #findMachine(region: string, arn: string): StateMachine {
    requireArn(arn, 'stateMachine');
    const machine = this.#machines.get(arn);
    if (machine === undefined || machine.region !== region) {
      throw new ApiFault('StateMachineDoesNotExist', 400, `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }

  #requireExecution(arn: string): Execution {
    const execution = this.#executions.get(arn);
    if (execution === undefined) throw executionDoesNotExist(arn);
    return execution;
  }

  #coverageOf(name: string): CoverageRecorder {
    const recorder = this.#coverage.get(name) ?? new CoverageRecorder();
    this.#coverage.set(name, recorder);
    return recorder;
  }

  #startChild(parent: Execution, request: ChildRequest): Execution {
    const machine = this.#findMachine(parent.machine.region, request.stateMachineArn);
    return this.#start(machine, request.name, request.input, { parent, synchronous: request.synchronous });
  }

  #start(
    machine: StateMachine,
    askedName: string | undefined,
    input: string,
    origin: { readonly parent: Execution; readonly synchronous: boolean } | undefined,
  ): Execution {
    if (askedName !== undefined) requireName(askedName);
    const inputValue = parseInput(input);
    const name = askedName ?? uuidFrom(this.#options.random);
    const arn = executionArn(machine.region, this.#options.accountId, machine.name, name);
    const existing = this.#executions.get(arn);
    if (existing !== undefined) {
      // Starting twice with one input is idempotent while it runs; a closed name stays taken (for 90 days in the service).
      if (existing.status === 'RUNNING' && existing.input === input) return existing;
      throw new ApiFault('ExecutionAlreadyExists', 400, `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(
      {
        arn,
        name,
        machine,
        input,
        inputValue,
        rootArn: origin?.synchronous === true ? origin.parent.rootArn : arn,
        startedAtMs: this.#options.clock.nowMs(),
        root: newFrame(machine.definition, inputValue),
      },
      origin?.parent.arn,
    );
    this.#executions.set(arn, execution);
    this.#lifecycle.start(execution);
    return execution;
  }

  #redrive(execution: Execution, clientToken: string | undefined): void {
    const nowMs = this.#options.clock.nowMs();
    if (clientToken !== undefined) {
      const usedAtMs = execution.redriveTokens.get(clientToken);
      if (usedAtMs !== undefined && nowMs - usedAtMs <= clientTokenPeriodMs) return;
    }
    const eligibility = redriveEligibility(execution, nowMs);
    if (!eligibility.redrivable) {
      throw new ApiFault('ExecutionNotRedrivable', 400, `${eligibility.reason}: '${execution.arn}'`);
    }
    if (clientToken !== undefined) execution.redriveTokens.set(clientToken, nowMs);
    this.#lifecycle.redrive(execution);
  }
}

const executionDoesNotExist = (arn: string): ApiFault =>
  new ApiFault('ExecutionDoesNotExist', 400, `Execution Does Not Exist: '${arn}'`);

const parseInput = (input: string): Json => {
  if (Buffer.byteLength(input, 'utf8') > maxPayloadBytes) {
    throw new ApiFault(
      'InvalidExecutionInput',
      400,
      `Invalid State Machine Execution Input: 'the input exceeds the maximum of ${maxPayloadBytes} bytes'`,
    );
  }
  try {
    return JSON.parse(input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiFault('InvalidExecutionInput', 400, `Invalid State Machine Execution Input: '${reason}'`);
  }
};
