/** How the process ends; docs/cli.md lists them for scripts. */
export const exitCodes = {
  /** What was asked for is done, or was started. */
  done: 0,
  /** Wrong usage, or AWS could not be asked. */
  unusable: 1,
  /** A gate, a guard or a condition said no; nothing was changed. */
  refused: 2,
  /** The run stalled or failed; it may have changed something. */
  failed: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something that the operator has to change; the message says what. */
export class OperatorError extends Error {
  override readonly name: 'UsageError' | 'Refused';
  readonly exitCode: ExitCode;

  private constructor(name: 'UsageError' | 'Refused', message: string, exitCode: ExitCode) {
    super(message);
    this.name = name;
    this.exitCode = exitCode;
  }

  /** The command line cannot be carried out as it stands. */
  static usage(message: string): OperatorError {
    return new OperatorError('UsageError', message, exitCodes.unusable);
  }

  /** The command was understood, and what it would change is not in the state for it. */
  static refused(message: string): OperatorError {
    return new OperatorError('Refused', message, exitCodes.refused);
  }
}
