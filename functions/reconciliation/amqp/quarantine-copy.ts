import { sectionCodes, withFields } from './message-sections.ts';
import { headerFields, propertiesFields, readMessage } from './read-message.ts';

const encodedTrue = Buffer.from([0x41]);

/**
 * The bytes of a message for the quarantine: those of the message, but never expiring, because a copy that expired
 * would leave the quarantine, and durable, because it is kept as evidence. A durable message without an expiry is
 * copied byte for byte.
 *
 * @throws UnexpectedAnswer where the bytes are no AMQP 1.0 message
 */
export const quarantineCopy = (bytes: Buffer): Buffer => {
  const { durable, expiresAtMs, timeToLiveMs } = readMessage(bytes);
  const header = {
    ...(durable ? {} : { [headerFields.durable]: encodedTrue }),
    ...(timeToLiveMs === undefined ? {} : { [headerFields.timeToLive]: undefined }),
  };
  const withHeader = Object.keys(header).length === 0 ? bytes : withFields(bytes, sectionCodes.header, header);
  return expiresAtMs === undefined
    ? withHeader
    : withFields(withHeader, sectionCodes.properties, { [propertiesFields.absoluteExpiryTime]: undefined });
};
