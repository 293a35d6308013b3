import type { Json } from './expression/json.ts';

/** One try of a Task state whose resource is outside the engine. */
export interface TaskCall {
  /** `arn:aws:states:::lambda:invoke`. */
  readonly resource: string;
  /** The evaluated `Arguments`: `{ FunctionName, Payload }` for `lambda:invoke`. A copy: the invoker may keep it. */
  readonly arguments: { readonly [key: string]: Json };
  readonly region: string;
  readonly machineName: string;
  readonly executionArn: string;
  /** The execution at the top of a chain of `startExecution.sync:2`; the execution itself where it has no parent. */
  readonly rootExecutionArn: string;
  readonly stateName: string;
  /** 1 for the first try, 2 after the first retry. */
  readonly attempt: number;
  /** After this many seconds the state gives up; the call itself runs on, and its result is dropped. */
  readonly timeoutSeconds: number | undefined;
}

/**
 * Does what a Task state asks for and resolves with the function's own result (the `Payload` of `lambda:invoke`).
 * It runs in an actor of its own, which outlives the state when that times out or the execution is stopped.
 *
 * @throws TaskFailure where the function fails; any other error fails the execution with `States.Runtime`
 */
export type TaskInvoker = (call: TaskCall) => Promise<unknown>;

/**
 * Asked before each try of a state that starts an execution. What it gives instead is what the state sees, and none is
 * started: a failure, or the output of a child that succeeded.
 */
export type ReplaceChild = (call: TaskCall) => TaskFailure | { readonly result: unknown } | undefined;

/** A failed function, in the words of the States Language: `error` is what `ErrorEquals` is compared with. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly error: string;
  readonly failureCause: string;

  /** @param failureCause becomes the state's `Cause`; for a Lambda function JSON with errorMessage and errorType */
  constructor(error: string, failureCause: string) {
    super(`${error}: ${failureCause}`);
    this.error = error;
    this.failureCause = failureCause;
  }
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A step of an execution, for live display and the journal. */
export interface TransitionEvent {
  /** Virtual time, milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly executionArn: string;
  readonly machineName: string;
  readonly region: string;
  readonly stateName: string;
  readonly stateType: string;
  readonly kind: 'entered' | 'exited' | 'retried' | 'caught';
  /** What was retried or caught. */
  readonly error?: string;
  readonly cause?: string;
  /** State that follows; absent for an end state and for a retry. */
  readonly next?: string;
}

/**
 * EventBridge event "Step Functions Execution Status Change",
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html. Dates in `detail` are milliseconds since the
 * Unix epoch, `time` is ISO 8601 to the second.
 */
export interface ExecutionStatusChangeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly source: 'aws.states';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly name: string;
    readonly status: ExecutionStatus;
    readonly startDate: number;
    readonly stopDate: number | null;
    readonly input: string;
    readonly output: string | null;
    readonly stateMachineVersionArn: null;
    readonly stateMachineAliasArn: null;
    readonly redriveCount: number;
    readonly redriveDate: number | null;
    readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
    readonly redriveStatusReason: string | null;
    readonly inputDetails: { readonly included: boolean };
    readonly outputDetails: { readonly included: boolean } | null;
    readonly error: string | null;
    readonly cause: string | null;
  };
}
