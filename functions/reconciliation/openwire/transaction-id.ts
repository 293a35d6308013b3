import type { ByteWriter } from './byte-writer.ts';
import { structureTypes as types } from './structure-types.ts';

/** A local transaction: a number of its connection's own. */
export interface TransactionId {
  readonly connectionId: string;
  readonly value: number;
}

/** Writes a transaction that may be null. */
export const writeTransactionId = (writer: ByteWriter, id: TransactionId | undefined): ByteWriter =>
  id === undefined
    ? writer.boolean(false)
    : writeConnectionId(writer.boolean(true).byte(types.localTransactionId).long(id.value), id.connectionId);

export const writeConnectionId = (writer: ByteWriter, connectionId: string): ByteWriter =>
  writer.boolean(true).byte(types.connectionId).string(connectionId);
