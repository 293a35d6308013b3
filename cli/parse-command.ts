import { type Command, CommanderError } from 'commander';

/** The command line was wrong, or asked for help: nothing is to be run. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** 0 for help, 1 for a mistake. */
  readonly exitCode: 0 | 1;

  constructor(message: string, exitCode: 0 | 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Parses the arguments after a script's name; prints nothing and ends no process.
 *
 * @returns the command's options, arguments beyond them being refused
 * @throws UsageError with what commander has to say, also for --help
 */
export const parseCommand = <T extends object>(command: Command, argv: readonly string[]): T => {
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  command.allowExcessArguments(false).exitOverride().configureOutput({ writeOut: print, writeErr: print });
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(printed.trimEnd(), error.exitCode === 0 ? 0 : 1);
    throw error;
  }
  return command.opts<T>();
};
