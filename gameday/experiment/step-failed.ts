/** A step did what it could, and the system under test did not answer as the scenario expects. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
}
