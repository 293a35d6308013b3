/**
 * How a workflow treats an error:
 * `transient` is retried · `conflict` means that another run acts: stop, undo nothing · `permanent` fails the run by
 * name · `unsafe` means that acting could make things worse: stop and page.
 * A refusal is no error: gates return it with all its reasons (see `finding.ts`).
 */
export type ErrorKind = 'transient' | 'conflict' | 'permanent' | 'unsafe';

/** What an error carries in addition to its message: identifiers and readings, never secrets. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Base of every error that a workflow may meet; its literal `name` is what `ErrorEquals` matches. */
export abstract class DrError extends Error {
  abstract readonly kind: ErrorKind;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** A service throttled, answered 5xx, timed out or could not be reached; a read that may be tried again. */
export class ServiceUnavailable extends DrError {
  override readonly name = 'ServiceUnavailable';
  override readonly kind = 'transient';
}

/**
 * A write may or may not have happened, and it is too early to tell by observation. The task is retried and
 * checks before it acts.
 */
export class OutcomeUnknown extends DrError {
  override readonly name = 'OutcomeUnknown';
  override readonly kind = 'transient';
}

/** Another writer changed the Control table's item first. */
export class ControlConflict extends DrError {
  override readonly name = 'ControlConflict';
  override readonly kind = 'conflict';
}

/** Another run holds the lock that this one needs. */
export class LockHeld extends DrError {
  override readonly name = 'LockHeld';
  override readonly kind = 'conflict';
}

/** The run does not hold its lock any more: another run acts. It stops and undoes nothing. */
export class LockLost extends DrError {
  override readonly name = 'LockLost';
  override readonly kind = 'conflict';
}

/** The input of a workflow or a function is not what its schema says. */
export class InvalidInput extends DrError {
  override readonly name = 'InvalidInput';
  override readonly kind = 'permanent';
}

/** The function's own configuration (environment variables, pair settings) is missing or wrong. */
export class InvalidConfiguration extends DrError {
  override readonly name = 'InvalidConfiguration';
  override readonly kind = 'permanent';
}

/** IAM refused a call. */
export class AccessDenied extends DrError {
  override readonly name = 'AccessDenied';
  override readonly kind = 'permanent';
}

/** No such broker, secret, table or pair. */
export class NotFound extends DrError {
  override readonly name = 'NotFound';
  override readonly kind = 'permanent';
}

/** The service refused a request that this project believed to be right. */
export class RequestRejected extends DrError {
  override readonly name = 'RequestRejected';
  override readonly kind = 'permanent';
}

/** An answer lacks what every decision needs, or says something this project does not know. */
export class UnexpectedAnswer extends DrError {
  override readonly name = 'UnexpectedAnswer';
  override readonly kind = 'permanent';
}

/** A secret exists but holds no usable user name and password. */
export class SecretUnusable extends DrError {
  override readonly name = 'SecretUnusable';
  override readonly kind = 'permanent';
}

/** An endpoint showed a certificate that this host does not trust: no credentials were sent. */
export class UntrustedEndpoint extends DrError {
  override readonly name = 'UntrustedEndpoint';
  override readonly kind = 'permanent';
}

/** The service gave up creating the replica. */
export class CreationFailed extends DrError {
  override readonly name = 'CreationFailed';
  override readonly kind = 'permanent';
}

/** A customer hook raised an error, or answered something that this project does not know. */
export class HookFailed extends DrError {
  override readonly name = 'HookFailed';
  override readonly kind = 'permanent';
}

/** A message lacks what the ledger identifies it by, or carries something that cannot be trusted as an id. */
export class MessageUnidentifiable extends DrError {
  override readonly name = 'MessageUnidentifiable';
  override readonly kind = 'permanent';
}

/** Another consumer has claimed a message in the ledger: this one must not process it now. */
export class ClaimedElsewhere extends DrError {
  override readonly name = 'ClaimedElsewhere';
  override readonly kind = 'conflict';
}

/** Both brokers call themselves primary, or both replica: nothing may be promoted. */
export class UnsafeTopology extends DrError {
  override readonly name = 'UnsafeTopology';
  override readonly kind = 'unsafe';
}

/** Every error class of the project by its name: what a definition's `ErrorEquals` may mention. */
export const errorCatalogue = {
  ServiceUnavailable,
  OutcomeUnknown,
  ControlConflict,
  LockHeld,
  LockLost,
  InvalidInput,
  InvalidConfiguration,
  AccessDenied,
  NotFound,
  RequestRejected,
  UnexpectedAnswer,
  SecretUnusable,
  UntrustedEndpoint,
  CreationFailed,
  HookFailed,
  MessageUnidentifiable,
  ClaimedElsewhere,
  UnsafeTopology,
} as const;
