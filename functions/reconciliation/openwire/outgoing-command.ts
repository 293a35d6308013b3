import { ByteWriter } from './byte-writer.ts';
import { writeQueue } from './destination.ts';
import { type ProducerId, writeProducerId } from './message-id.ts';
import { structureTypes as types } from './structure-types.ts';
import { type TransactionId, writeConnectionId, writeTransactionId } from './transaction-id.ts';

/** What every command begins with. */
export interface CommandHead {
  readonly commandId: number;
  /** Whether the broker must answer. */
  readonly responseRequired: boolean;
}

/** A consumer of one connection's one session. */
export interface ConsumerId {
  readonly connectionId: string;
  readonly value: number;
}

/** The session that a connection has; -1 would be the one in which Java clients listen for advisories. */
export const sessionNumber = 1;

/** Types of MessageAck. */
export const ackTypes = { delivered: 0, standard: 2, individual: 4 } as const;

/** Types of TransactionInfo for a local transaction. */
export const transactionSteps = { begin: 0, commitOnePhase: 2, rollback: 4 } as const;

/** RemoveInfo with this value returns what is unacknowledged without counting a delivery; -2 counts one for each. */
const countNoDelivery = 0;

const command = (type: number, { commandId, responseRequired }: CommandHead): ByteWriter =>
  new ByteWriter().byte(type).int(commandId).boolean(responseRequired);

const writeSessionId = (writer: ByteWriter, connectionId: string): ByteWriter =>
  writer.boolean(true).byte(types.sessionId).string(connectionId).long(sessionNumber);

const writeConsumerId = (writer: ByteWriter, { connectionId, value }: ConsumerId): ByteWriter =>
  writer.boolean(true).byte(types.consumerId).string(connectionId).long(sessionNumber).long(value);

export const connectionInfo = (
  head: CommandHead,
  connectionId: string,
  { username, password }: { readonly username: string; readonly password: string },
): Buffer =>
  writeConnectionId(command(types.connectionInfo, head), connectionId)
    // A broker refuses a connection without a client id.
    .string(connectionId)
    .string(password)
    .string(username)
    .boolean(false) // broker path
    .boolean(false) // master connector
    .boolean(false) // manageable: no updates about a cluster
    .boolean(true) // client master, as every client says
    .boolean(false) // fault tolerant
    .boolean(false) // reconnect after a failover
    .boolean(false) // client address
    .finish();

export const sessionInfo = (head: CommandHead, connectionId: string): Buffer =>
  writeSessionId(command(types.sessionInfo, head), connectionId).finish();

/** A producer for any queue. */
export const producerInfo = (head: CommandHead, producer: ProducerId): Buffer =>
  writeProducerId(command(types.producerInfo, head), producer)
    .boolean(false) // destination
    .boolean(false) // broker path
    .boolean(false) // dispatch asynchronously
    .int(0) // window
    .finish();

/** What a consumer is registered with. */
export interface ConsumerSettings {
  readonly queue: string;
  /** Messages that the broker sends in advance; 0 for none but those that are pulled. */
  readonly prefetch: number;
  readonly selector?: string;
  /** Reads messages without holding them. */
  readonly browse?: boolean;
  /** Gets all messages of the queue that are not given yet. Of several the one with the highest priority does. */
  readonly exclusive?: boolean;
  /** 0 by default, 127 the highest. */
  readonly priority?: number;
}

export const consumerInfo = (head: CommandHead, id: ConsumerId, settings: ConsumerSettings): Buffer => {
  const { queue, prefetch, selector, browse = false, exclusive = false, priority = 0 } = settings;
  const writer = writeConsumerId(command(types.consumerInfo, head), id).boolean(browse);
  return writeQueue(writer, queue)
    .int(prefetch)
    .int(0) // limit of pending messages: for topics
    .boolean(true) // dispatch asynchronously
    .string(selector)
    .boolean(false) // client id: for durable subscriptions
    .boolean(false) // subscription name
    .boolean(false) // no local
    .boolean(exclusive)
    .boolean(false) // retroactive
    .byte(priority)
    .boolean(false) // broker path
    .boolean(false) // additional predicate
    .boolean(false) // network subscription
    .boolean(false) // optimized acknowledgements
    .boolean(false) // no range acknowledgements
    .boolean(false) // network consumer path
    .finish();
};

export const transactionInfo = (head: CommandHead, transaction: TransactionId, step: number): Buffer => {
  const writer = writeConnectionId(command(types.transactionInfo, head), transaction.connectionId);
  return writeTransactionId(writer, transaction).byte(step).finish();
};

/** An acknowledgement of the messages from one to another; ids as they stand in the messages. */
export interface Acknowledgement {
  readonly type: number;
  readonly queue: string;
  readonly consumer: ConsumerId;
  readonly first: Buffer;
  readonly last: Buffer;
  readonly count: number;
  readonly transaction: TransactionId | undefined;
}

export const messageAck = (head: CommandHead, acknowledgement: Acknowledgement): Buffer => {
  const { type, queue, consumer, first, last, count, transaction } = acknowledgement;
  const writer = writeQueue(command(types.messageAck, head), queue);
  writeTransactionId(writer, transaction);
  return writeConsumerId(writer, consumer)
    .byte(type)
    .raw(first)
    .raw(last)
    .int(count)
    .boolean(false) // cause of a poison acknowledgement
    .finish();
};

/** Asks for one message. */
export const messagePull = (head: CommandHead, id: ConsumerId, queue: string, timeoutMs: number): Buffer => {
  const writer = writeConsumerId(command(types.messagePull, head), id);
  return writeQueue(writer, queue)
    .long(timeoutMs)
    .boolean(false) // correlation id
    .boolean(false) // message id
    .finish();
};

/** Sets how many messages the broker sends in advance. */
export const consumerControl = (head: CommandHead, id: ConsumerId, queue: string, prefetch: number): Buffer => {
  const writer = writeQueue(command(types.consumerControl, head), queue).boolean(false); // close
  return writeConsumerId(writer, id)
    .int(prefetch)
    .boolean(false) // flush
    .boolean(false) // start
    .boolean(false) // stop
    .finish();
};

/** Ends a consumer; what it holds goes back to the queue with its counters as they were. */
export const removeConsumer = (head: CommandHead, id: ConsumerId): Buffer =>
  writeConsumerId(command(types.removeInfo, head), id).long(countNoDelivery).finish();

/** Ends a connection with everything that it has, as removeConsumer. */
export const removeConnection = (head: CommandHead, connectionId: string): Buffer =>
  writeConnectionId(command(types.removeInfo, head), connectionId).long(countNoDelivery).finish();

export const keepAliveInfo = (head: CommandHead): Buffer => command(types.keepAliveInfo, head).finish();

export const shutdownInfo = (head: CommandHead): Buffer => command(types.shutdownInfo, head).finish();
