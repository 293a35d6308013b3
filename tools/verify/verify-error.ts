/** The command cannot do what it was asked to: one line says why, and what to do. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
}
