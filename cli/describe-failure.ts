import { CommanderError } from 'commander';
import { DrError } from '../functions/runtime/errors.ts';
import { printable } from '../functions/runtime/printable.ts';
import { type ExitCode, exitCodes, OperatorError } from './operator-error.ts';

/** A failed command: one line for a person, a name for a program. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** The error and what caused it, outermost first; Node hides connection errors of several addresses in `errors`. */
const causesOf = (error: unknown): readonly { name: string; code: string; message: string }[] => {
  const found: { name: string; code: string; message: string }[] = [];
  let current: unknown = error;
  // A chain that points back at itself would never end; ours are three links long.
  while (current instanceof Error && found.length < 8) {
    const code = 'code' in current ? String(current.code) : '';
    found.push({ name: current.name, code, message: current.message });
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined);
  }
  return found;
};

const credentialsMissing = /^(CredentialsProviderError|TokenProviderError)$/;
const credentialsRefused =
  /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch)/;
const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Whether AWS was never asked, because this machine has no credentials: then nothing is known about AWS. */
export const lacksCredentials = (error: unknown): boolean =>
  causesOf(error).some(({ name }) => credentialsMissing.test(name));

/** What the operator can do about an error of AWS; undefined where its own message says it. */
export const adviceFor = (error: unknown): string | undefined => {
  const causes = causesOf(error);
  const has = (pattern: RegExp): boolean => causes.some(({ name, code }) => pattern.test(name) || pattern.test(code));
  if (lacksCredentials(error)) {
    return 'no AWS credentials were found: set AWS_PROFILE, or log in (aws sso login), and try again';
  }
  if (has(credentialsRefused)) return 'AWS does not accept these credentials: log in again and try again';
  if (has(unreachable)) {
    return 'the endpoint cannot be reached: check the network, the Region and AWS_ENDPOINT_URL; if the Region is lost, give --region with another one';
  }
  return undefined;
};

const generalAdvice: Readonly<Record<string, string>> = {
  ServiceUnavailable: 'a write may have happened: check with mq-dr status, then try again',
  AccessDenied: 'your own identity needs this permission; docs/cli.md lists them',
  NotFound: 'set --region to a Region that has the table and the workflows, and --table if the table has another name',
};

/** What a person reads when a command did not work. Nothing of it is a stack trace, unless the fault is our own. */
export const describeFailure = (error: unknown): Failure => {
  if (error instanceof OperatorError) {
    return { name: error.name, message: printable(error.message), exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) {
    const message = printable(error.message.replace(/^error: /, ''));
    return { name: 'UsageError', message, exitCode: exitCodes.unusable };
  }
  if (error instanceof DrError) {
    const advice = adviceFor(error) ?? generalAdvice[error.name];
    const message = advice === undefined ? error.message : `${error.message}; ${advice}`;
    return { name: error.name, message: printable(message), exitCode: exitCodes.unusable };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { name: 'InternalError', message: `internal error: ${text}`, exitCode: exitCodes.unusable };
};
