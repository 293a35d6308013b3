import type { Json } from '../../../../../gameday/engine/expression/json.ts';
import type { ExecutionStatus } from '../../../../../gameday/engine/ports.ts';

/** What the function of a Task state does at one call. */
interface TaskAnswer {
  /** How long it takes; 0 unless given. */
  readonly afterSeconds?: number;
  /** What it returns; `null` unless given. */
  readonly payload?: Json;
  /** Makes it fail with this name instead. */
  readonly error?: string;
  readonly cause?: string;
}

/** One claim about how a definition is carried out. */
export interface ExecutionVector {
  /** What is claimed; a row of the documentation. */
  readonly feature: string;
  /** Where the behaviour is specified, or where it was observed. */
  readonly spec: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** `{}` unless given. */
  readonly input?: Json;
  /** By state name: the answers in the order of the calls; the last one repeats. */
  readonly answers?: Readonly<Record<string, readonly TaskAnswer[]>>;
  /** Other machines by name, for child executions. */
  readonly children?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly expect: {
    readonly status: ExecutionStatus;
    readonly output?: Json;
    readonly error?: string;
    readonly cause?: string | RegExp;
    /** Types of all history events in order. */
    readonly history?: readonly string[];
    /** Virtual time from start to end. */
    readonly durationSeconds?: number;
    readonly transitions?: number;
  };
}

/** One claim about what is refused when a definition is created. */
export interface RefusalVector {
  readonly feature: string;
  readonly spec: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** Every problem, in order: its path and what its message must say. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

export const SPEC = 'https://states-language.net/spec.html';
export const GUIDE = 'https://docs.aws.amazon.com/step-functions/latest/dg';

/** A JSONata machine. */
export const machine = (
  StartAt: string,
  States: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({ QueryLanguage: 'JSONata', StartAt, States, ...more });

/** A machine of one state. */
export const single = (state: Readonly<Record<string, unknown>>) => machine('Only', { Only: state });

/** A Pass state that ends with this output. */
export const passes = (Output: Json) => single({ Type: 'Pass', Output, End: true });

/** A Task state that calls a function with the state's input. */
export const task = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});

/** A Task state that starts the machine `child`. */
export const startChild = (
  suffix: '' | '.sync:2',
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:startExecution${suffix}`,
  Arguments: {
    StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:child',
    Input: '{% $states.input %}',
    Name: 'inner',
  },
  End: true,
  ...more,
});

/** Types of a Task's events: entered, scheduled, started, succeeded, exited. */
export const TASK_EVENTS = [
  'TaskStateEntered',
  'TaskScheduled',
  'TaskStarted',
  'TaskSucceeded',
  'TaskStateExited',
] as const;
