import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { InvalidUse, MalformedFrame } from './openwire-errors.ts';
import { structureTypes as types } from './structure-types.ts';

const kinds = {
  [types.queue]: 'queue',
  [types.topic]: 'topic',
  [types.temporaryQueue]: 'temp-queue',
  [types.temporaryTopic]: 'temp-topic',
} as const;

/** Where messages go. */
export interface Destination {
  readonly kind: (typeof kinds)[keyof typeof kinds];
  readonly name: string;
}

const kindOf = (type: number): Destination['kind'] | undefined => kinds[type as keyof typeof kinds];

/** Characters with which a name means several queues, or has options behind it. */
const notInNames = /[,*>?]/;

/** @throws InvalidUse for a name that is not one queue's */
export const checkQueueName = (name: string): string => {
  if (name === '' || notInNames.test(name)) {
    throw new InvalidUse(`"${name}" is not the name of one queue: it is empty, or has one of the characters , * > ?`);
  }
  return name;
};

/** A destination that may be null. @throws MalformedFrame */
export const readDestination = (reader: ByteReader): Destination | undefined => {
  if (!reader.boolean()) return undefined;
  const type = reader.unsignedByte();
  const kind = kindOf(type);
  if (kind === undefined) throw new MalformedFrame(`a structure of type ${type} stands for a destination`);
  return { kind, name: reader.string() ?? '' };
};

export const writeQueue = (writer: ByteWriter, name: string): ByteWriter =>
  writer.boolean(true).byte(types.queue).string(name);
