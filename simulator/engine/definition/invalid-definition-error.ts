/** One thing that is wrong with a definition. */
export interface DefinitionProblem {
  /** Where it stands: `States.ReadRole.Retry[0].ErrorEquals`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

/** A state machine definition that is refused; it names everything that is wrong at once. */
export class InvalidDefinitionError extends Error {
  override readonly name = 'InvalidDefinitionError';
  readonly problems: readonly DefinitionProblem[];

  constructor(problems: readonly DefinitionProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '(document)' : path}: ${message}`);
    super(
      `the definition was refused with ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}
