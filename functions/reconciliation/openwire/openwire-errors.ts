import { DrError, type ErrorDetails } from '../../runtime/errors.ts';

/**
 * Base of every error of the OpenWire client. Sentences and details carry sizes, type numbers, counts and the names of
 * Java classes; never a message's content, a credential or bytes of a frame.
 */
export abstract class OpenWireError extends DrError {}

/** Bytes that are no OpenWire frame of version 12 in loose encoding, or are cut off. */
export class MalformedFrame extends OpenWireError {
  override readonly name = 'MalformedFrame';
  override readonly kind = 'permanent';
}

/** A frame, a message to be sent or an inflated body exceeds the limit that is stated or negotiated. */
export class FrameTooLarge extends OpenWireError {
  override readonly name = 'FrameTooLarge';
  override readonly kind = 'permanent';
}

/** The peer speaks another protocol, an older version, or insists on an option that this client does not speak. */
export class UnsupportedWireFormat extends OpenWireError {
  override readonly name = 'UnsupportedWireFormat';
  override readonly kind = 'permanent';
}

/** The broker refused the credentials, or what the user may not do. */
export class BrokerDeniedAccess extends OpenWireError {
  override readonly name = 'BrokerDeniedAccess';
  override readonly kind = 'permanent';
}

/** The broker answered a command with an exception. */
export class BrokerRefused extends OpenWireError {
  override readonly name = 'BrokerRefused';
  override readonly kind = 'permanent';
}

/** The broker reported that a command without an answer failed; nothing more is sent over its connection. */
export class BrokerReportedError extends OpenWireError {
  override readonly name = 'BrokerReportedError';
  override readonly kind = 'transient';
}

/** The broker did not answer in time; the connection was closed. */
export class NoAnswer extends OpenWireError {
  override readonly name = 'NoAnswer';
  override readonly kind = 'transient';
}

/** The connection is lost or closed. What it held went back to its queues, and its open transaction was rolled back. */
export class ConnectionLost extends OpenWireError {
  override readonly name = 'ConnectionLost';
  override readonly kind = 'transient';
}

/** The broker closed a consumer, as it does when its queue is removed. */
export class ConsumerClosed extends OpenWireError {
  override readonly name = 'ConsumerClosed';
  override readonly kind = 'transient';
}

/** The transaction did not take place: the broker rolled it back, or its commit was never sent. */
export class TransactionRolledBack extends OpenWireError {
  override readonly name = 'TransactionRolledBack';
  override readonly kind = 'transient';
}

/** The commit was sent and its answer is missing: it took place or did not. Check before doing it again. */
export class CommitOutcomeUnknown extends OpenWireError {
  override readonly name = 'CommitOutcomeUnknown';
  override readonly kind = 'transient';
}

/** The caller asked for something that would lose messages or that the broker would silently ignore. */
export class InvalidUse extends OpenWireError {
  override readonly name = 'InvalidUse';
  override readonly kind = 'permanent';
}

/** Every error class of the client by its name. */
export const openWireErrors = {
  MalformedFrame,
  FrameTooLarge,
  UnsupportedWireFormat,
  BrokerDeniedAccess,
  BrokerRefused,
  BrokerReportedError,
  NoAnswer,
  ConnectionLost,
  ConsumerClosed,
  TransactionRolledBack,
  CommitOutcomeUnknown,
  InvalidUse,
} as const;

/** An exception as the broker reports it. */
export interface BrokerException {
  /** Java class. */
  readonly className: string;
  readonly sentence: string | undefined;
}

/** Characters of the broker's sentence that an error quotes. */
const quotedCharacters = 200;

/**
 * The part of the broker's sentence that may be quoted. Where ActiveMQ prints a command or a message it writes
 * `ClassName {…}`, with a text's content inside: everything from the first brace on is left out.
 */
const quotable = ({ sentence }: BrokerException): string => {
  const [before = ''] = (sentence ?? '').split('{', 1);
  const text = before.trim();
  return text === '' ? '' : `: ${text.slice(0, quotedCharacters)}`;
};

/** The sentence of a SecurityException names the user, so that it is left out. */
const isSecurityException = ({ className }: BrokerException): boolean => /Security(?:Exception)?$/.test(className);

/** What a broker's exception says, in one line. */
export const exceptionText = (exception: BrokerException): string =>
  isSecurityException(exception) ? exception.className : `${exception.className}${quotable(exception)}`;

/** The error for a command that the broker answered with an exception. */
export const refusal = (what: string, exception: BrokerException): OpenWireError => {
  const details: ErrorDetails = { exception: exception.className };
  if (isSecurityException(exception)) {
    return new BrokerDeniedAccess(
      `${what}: the broker refused it with ${exception.className}. Check the user name, the password and what they may do`,
      details,
    );
  }
  return new BrokerRefused(`${what}: the broker answered ${exceptionText(exception)}`, details);
};
