/** A state failed with an error of the States Language. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  /** Error name: `States.Timeout`, `Lambda.Unknown`; undefined for a Fail state without `Error`. */
  readonly error: string | undefined;
  readonly failureCause: string | undefined;

  constructor(error: string | undefined, failureCause: string | undefined) {
    super(`${error ?? '(no error name)'}: ${failureCause ?? '(no cause)'}`);
    this.error = error;
    this.failureCause = failureCause;
  }
}
