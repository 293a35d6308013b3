import rhea from 'rhea';

/** An AMQP id as the vectors have it. */
export interface IdVector {
  readonly type: string;
  readonly value: string;
}

/** Bytes from hexadecimal digits. */
export const hex = (value: string): Buffer => Buffer.from(value, 'hex');

/** The id as a producer hands it to rhea. */
export const typedId = ({ type, value }: IdVector): unknown => {
  const types = rhea.types as unknown as Record<string, (value: unknown) => unknown>;
  if (type === 'string') return value;
  if (type === 'uuid') return types.wrap_uuid?.(hex(value));
  if (type === 'binary') return types.wrap_binary?.(hex(value));
  const ulong = Buffer.alloc(8);
  ulong.writeBigUInt64BE(BigInt(value));
  return types.wrap_ulong?.(ulong);
};
