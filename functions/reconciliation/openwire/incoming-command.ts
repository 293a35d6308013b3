import { ByteReader } from './byte-reader.ts';
import { type BrokerException, MalformedFrame } from './openwire-errors.ts';
import { skipNested } from './skip-structure.ts';
import { structureTypes as types } from './structure-types.ts';
import { WireMessage } from './wire-message.ts';

/** What a broker sends, as far as this client has a use for it. */
export type IncomingCommand =
  /** A message for a consumer; without one, the end of a browse or a pull that found nothing. */
  | {
      readonly kind: 'dispatch';
      readonly consumer: number;
      readonly message: WireMessage | undefined;
      readonly redeliveries: number;
    }
  | { readonly kind: 'answer'; readonly commandId: number; readonly exception: BrokerException | undefined }
  | { readonly kind: 'keepAlive'; readonly answerWanted: boolean }
  /** Something failed that nobody waits for. */
  | { readonly kind: 'error'; readonly exception: BrokerException }
  | { readonly kind: 'consumerClosed'; readonly consumer: number }
  /** The broker ends the connection. */
  | { readonly kind: 'goodbye'; readonly why: string }
  | { readonly kind: 'nothing' };

const nothing: IncomingCommand = { kind: 'nothing' };

/** Size of the redelivery counter at the end of a dispatch. */
const counterBytes = 4;

/** The number of a consumer of this connection, from an id that is not null. */
const readConsumer = (reader: ByteReader): number => {
  if (!reader.boolean()) throw new MalformedFrame(`no consumer at offset ${reader.at}`);
  const type = reader.unsignedByte();
  if (type !== types.consumerId) throw new MalformedFrame(`a structure of type ${type} stands for a consumer`);
  reader.skipString();
  reader.skip(8); // session
  return reader.longAsNumber();
};

const readDispatch = (reader: ByteReader): IncomingCommand => {
  const consumer = readConsumer(reader);
  skipNested(reader); // destination
  const present = reader.boolean();
  const start = reader.skip(reader.left - counterBytes);
  const message = present ? new WireMessage(reader.bytes.subarray(start, reader.at)) : undefined;
  return { kind: 'dispatch', consumer, message, redeliveries: reader.int() };
};

/** @throws MalformedFrame for none: an error without a reason is no error of ActiveMQ's */
const readException = (reader: ByteReader): BrokerException => {
  if (!reader.boolean()) return { className: 'an unnamed exception', sentence: undefined };
  const className = reader.string() ?? 'an unnamed exception';
  return { className, sentence: reader.string() };
};

const readConsumerControl = (reader: ByteReader): IncomingCommand => {
  skipNested(reader); // destination
  const close = reader.boolean();
  return close ? { kind: 'consumerClosed', consumer: readConsumer(reader) } : nothing;
};

const readConnectionControl = (reader: ByteReader): IncomingCommand => {
  const close = reader.boolean();
  const exit = reader.boolean();
  return close || exit ? { kind: 'goodbye', why: 'the broker asked this client to close its connection' } : nothing;
};

/** Commands that carry nothing for a client of one broker. */
const ignored: ReadonlySet<number> = new Set([types.brokerInfo, types.flushCommand, types.producerAck]);

/**
 * Reads a frame without its length.
 *
 * @throws MalformedFrame for a command that no broker sends to a client, and for bytes that are none
 */
export const readCommand = (frame: Buffer): IncomingCommand => {
  const reader = new ByteReader(frame);
  const type = reader.unsignedByte();
  reader.skip(4); // command id
  const answerWanted = reader.boolean();
  switch (type) {
    case types.messageDispatch:
      return readDispatch(reader);
    case types.response:
    case types.dataResponse:
    case types.dataArrayResponse:
    case types.integerResponse:
      return { kind: 'answer', commandId: reader.int(), exception: undefined };
    case types.exceptionResponse:
      return { kind: 'answer', commandId: reader.int(), exception: readException(reader) };
    case types.keepAliveInfo:
      return { kind: 'keepAlive', answerWanted };
    case types.connectionError:
      return { kind: 'error', exception: readException(reader) };
    case types.consumerControl:
      return readConsumerControl(reader);
    case types.connectionControl:
      return readConnectionControl(reader);
    case types.controlCommand:
      return reader.string() === 'shutdown' ? { kind: 'goodbye', why: 'the broker shuts down' } : nothing;
    case types.shutdownInfo:
      return { kind: 'goodbye', why: 'the broker closed the connection' };
    default:
      if (ignored.has(type)) return nothing;
      throw new MalformedFrame(`a command of type ${type}, which no broker sends to a client`);
  }
};
