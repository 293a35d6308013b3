import type { ByteReader } from './byte-reader.ts';
import { MalformedFrame } from './openwire-errors.ts';
import { structureTypes as types } from './structure-types.ts';

/**
 * A field of a structure: so many bytes, or a string, a sequence of bytes, a nested structure, an array of them. All but
 * the first have a boolean in front that says whether they are null.
 */
type Field = number | 'string' | 'bytes' | 'nested' | 'array';

/** Command id and whether an answer is wanted. */
const commandHead = 5;

const message: readonly Field[] = [
  commandHead,
  // producer, destination, transaction, original destination, id, original transaction
  ...Array<Field>(6).fill('nested'),
  'string', // group
  4, // group sequence
  'string', // correlation id
  10, // persistent, expiration, priority
  'nested', // reply to
  8, // timestamp
  'string', // type
  'bytes', // content
  'bytes', // properties
  'nested', // data structure
  'nested', // target consumer
  5, // compressed, redelivery counter
  'array', // broker path
  8, // arrival
  'string', // user
  2, // received by a bridge, droppable
  'array', // cluster
  17, // broker in time, broker out time, first of its group for the consumer
];

const destination: readonly Field[] = ['string'];

/**
 * The loose encoding of everything that may stand inside a message or a command of the broker: what OpenWire 12 says of
 * each in the package org.apache.activemq.openwire.v12. An advisory message that was forwarded to a queue has a command
 * inside.
 */
const layouts: Readonly<Record<number, readonly Field[]>> = {
  [types.brokerInfo]: [commandHead, 'nested', 'string', 'array', 'string', 13, 'string', 'string'],
  [types.connectionInfo]: [commandHead, 'nested', 'string', 'string', 'string', 'array', 5, 'string'],
  [types.sessionInfo]: [commandHead, 'nested'],
  [types.consumerInfo]: [
    commandHead,
    'nested',
    1,
    'nested',
    9,
    'string',
    'string',
    'string',
    4,
    'array',
    'nested',
    3,
    'array',
  ],
  [types.producerInfo]: [commandHead, 'nested', 'nested', 'array', 5],
  [types.destinationInfo]: [commandHead, 'nested', 'nested', 9, 'array'],
  [types.removeSubscriptionInfo]: [commandHead, 'nested', 'string', 'string'],
  [types.removeInfo]: [commandHead, 'nested', 8],
  [types.plainMessage]: message,
  [types.bytesMessage]: message,
  [types.mapMessage]: message,
  [types.objectMessage]: message,
  [types.streamMessage]: message,
  [types.textMessage]: message,
  [types.blobMessage]: [...message, 'string', 'string', 1],
  [types.subscriptionInfo]: ['string', 'nested', 'string', 'string', 'nested', 1],
  [types.networkBridgeFilter]: ['nested', 8],
  [types.queue]: destination,
  [types.topic]: destination,
  [types.temporaryQueue]: destination,
  [types.temporaryTopic]: destination,
  [types.messageId]: ['string', 'nested', 16],
  [types.localTransactionId]: [8, 'nested'],
  [types.xaTransactionId]: [4, 'bytes', 'bytes'],
  [types.connectionId]: ['string'],
  [types.sessionId]: ['string', 8],
  [types.consumerId]: ['string', 16],
  [types.producerId]: ['string', 16],
  [types.brokerId]: ['string'],
};

/** Structures inside each other; a broker's own go four deep. */
const maxDepth = 16;

const skipField = (reader: ByteReader, field: Field, depth: number): void => {
  switch (field) {
    case 'string':
      reader.skipString();
      return;
    case 'bytes':
      reader.byteSequence();
      return;
    case 'nested':
      skipNested(reader, depth);
      return;
    case 'array': {
      if (!reader.boolean()) return;
      const count = reader.short();
      if (count < 0) throw new MalformedFrame(`an array of ${count} structures at offset ${reader.at - 2}`);
      for (let index = 0; index < count; index++) skipNested(reader, depth);
      return;
    }
    default:
      reader.skip(field);
  }
};

/**
 * Reads over a structure that may be null.
 *
 * @throws MalformedFrame for a type that stands in no message, for structures more than 16 deep, for bytes cut off
 */
export const skipNested = (reader: ByteReader, depth = 0): void => {
  if (!reader.boolean()) return;
  const type = reader.unsignedByte();
  const layout = layouts[type];
  if (layout === undefined) throw new MalformedFrame(`a structure of type ${type} at offset ${reader.at - 1}`);
  if (depth >= maxDepth) throw new MalformedFrame(`structures more than ${maxDepth} deep at offset ${reader.at - 1}`);
  for (const field of layout) skipField(reader, field, depth + 1);
};
