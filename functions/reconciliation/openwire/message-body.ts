import { inflateSync } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';
import { FrameTooLarge, MalformedFrame } from './openwire-errors.ts';
import type { WireMessage } from './wire-message.ts';

/** Bytes that an inflated body may have, unless the caller says otherwise: the largest message of a broker. */
const defaultMaxBodyBytes = 104_857_600;

const inflated = (bytes: Buffer, maxBodyBytes: number): Buffer => {
  try {
    return inflateSync(bytes, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (tooLarge) throw new FrameTooLarge(`a body has more than ${maxBodyBytes} bytes when it is inflated`);
    throw new MalformedFrame(`a compressed body of ${bytes.length} bytes cannot be inflated`);
  }
};

/** In a compressed bytes message the length of the body stands in front of what is compressed. */
const inflatedLengthBytes = 4;

/**
 * The text of a text message, or undefined for a null text.
 *
 * @throws MalformedFrame; FrameTooLarge for more than `maxBodyBytes`, by default 100 MiB, after inflating
 */
export const textOf = (message: WireMessage, maxBodyBytes = defaultMaxBodyBytes): string | undefined => {
  const { content } = message;
  if (content === undefined) return undefined;
  const reader = new ByteReader(message.compressed ? inflated(content, maxBodyBytes) : content);
  const length = reader.int();
  return length < 0 ? undefined : reader.text(length);
};

/**
 * The body of a bytes message.
 *
 * @throws MalformedFrame; FrameTooLarge for more than `maxBodyBytes`, by default 100 MiB, after inflating
 */
export const bytesOf = (message: WireMessage, maxBodyBytes = defaultMaxBodyBytes): Buffer => {
  const { content } = message;
  if (content === undefined) return Buffer.alloc(0);
  if (!message.compressed) return content;
  const reader = new ByteReader(content);
  reader.skip(inflatedLengthBytes);
  return inflated(content.subarray(reader.at), maxBodyBytes);
};
