import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** An object as a bucket keeps it. */
export interface StoredObject {
  readonly key: string;
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Virtual milliseconds since the Unix epoch. */
  readonly modifiedAtMs: number;
  /** As S3 writes it: the MD5 of the content in quotes. */
  readonly entityTag: string;
  /** Of the whole content, base64 of its four bytes. */
  readonly crc32: string;
}

/** The CRC-32 of a content as S3's headers carry it. */
export const crc32Of = (content: Uint8Array): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
};

/** The entity tag of an object that was uploaded at once. */
export const entityTagOf = (content: Uint8Array): string => `"${createHash('md5').update(content).digest('hex')}"`;
