import type { Runtime } from '../functions/runtime/runtime.ts';
import type { ExitCode } from './operator-error.ts';

/** What a command takes from the process around it; tests hand in their own. */
export interface CliIo {
  /** Time, chance, environment and the way to AWS. */
  readonly runtime: Runtime;
  /** Standard output: results. */
  write(text: string): void;
  /** Standard error: questions and failures. */
  writeError(text: string): void;
  /** Whether a person can be asked: standard input is a terminal. */
  readonly interactive: boolean;
  /** Asks on standard error and gives the line that was typed, without white space around it. */
  ask(question: string): Promise<string>;
  /** Text of a file. Rejects with the system's error. */
  readFile(path: string): Promise<string>;
  /** Name of the operating system's user. */
  readonly userName: string;
  /** Region by the SDK's own rules: AWS_REGION, or the profile's. Rejects when there is none. */
  defaultRegion(): Promise<string>;
}

/** What a command found or did, for a person and for a program. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** Printed as one line with `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Printed otherwise. */
  readonly lines: readonly string[];
}
