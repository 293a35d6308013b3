import type { Actor } from '../../clock/actor.ts';
import type { Definition } from '../definition/definition.ts';
import type { Json } from '../expression/json.ts';
import type { Frame } from '../interpreter/frame.ts';
import type { ExecutionStatus } from '../ports.ts';
import { History } from './history.ts';

/** A state machine of one Region. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly roleArn: string;
  readonly createdAtMs: number;
  /** The definition as it was handed in. */
  readonly text: string;
  readonly definition: Definition;
}

/** How an execution ended. */
export interface ExecutionResult {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly output?: Json;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** One execution with everything a redrive needs. */
export class Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  /** JSON text, as it was handed in. */
  readonly input: string;
  readonly inputValue: Json;
  readonly rootArn: string;
  readonly parentArn: string | undefined;
  readonly startedAtMs: number;
  readonly history = new History();
  readonly root: Frame;
  status: ExecutionStatus = 'RUNNING';
  stoppedAtMs: number | undefined;
  /** JSON text. */
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  redriveCount = 0;
  redrivenAtMs: number | undefined;
  /** State transitions as they are billed: each state entered, each retry, each redrive. */
  transitions = 0;
  /** Client tokens of redrives with the time they were used, milliseconds since the Unix epoch. */
  readonly redriveTokens = new Map<string, number>();
  actor: Actor | undefined;
  timeout: Actor | undefined;
  readonly #onEnd: (() => void)[] = [];

  constructor(
    fields: Pick<Execution, 'arn' | 'name' | 'machine' | 'input' | 'inputValue' | 'rootArn' | 'startedAtMs' | 'root'>,
    parentArn: string | undefined,
  ) {
    this.arn = fields.arn;
    this.name = fields.name;
    this.machine = fields.machine;
    this.input = fields.input;
    this.inputValue = fields.inputValue;
    this.rootArn = fields.rootArn;
    this.startedAtMs = fields.startedAtMs;
    this.root = fields.root;
    this.parentArn = parentArn;
  }

  /** Calls `callback` when the present run ends; at once when it has. */
  onEnd(callback: () => void): void {
    if (this.status === 'RUNNING') this.#onEnd.push(callback);
    else callback();
  }

  /** Tells everyone who waits for the end of the run. */
  notifyEnd(): void {
    for (const callback of this.#onEnd.splice(0)) callback();
  }
}
