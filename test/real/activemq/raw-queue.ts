import { WalkConnection } from '../../../functions/reconciliation/queue-walk/walk-connection.ts';
import { WalkReader } from '../../../functions/reconciliation/queue-walk/walk-reader.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { runtimeFor, type WalkTarget } from '../../../tools/real/activemq/broker-access.ts';

/** A broker on loopback takes a connection within milliseconds. */
const connectTimeoutMs = 5_000;

/** A queue of 20,000 messages is read in seconds; the limit is for a busy host. */
const readingTimeMs = 120_000;

/**
 * The encoded messages of a queue in order; they stay where they are.
 *
 * @throws Error when not all could be read
 */
export const rawMessages = async ({ amqpUrl, credentials }: WalkTarget, queue: string): Promise<readonly Buffer[]> => {
  const { hostname: host, port } = new URL(amqpUrl);
  const stream = await runtimeFor(amqpUrl).connect({ host, port: Number(port) }, connectTimeoutMs);
  const connection = await WalkConnection.open(stream, credentials);
  const deadlineMs = systemClock.nowMs() + readingTimeMs;
  const reader = new WalkReader({ clock: systemClock, queue, deadlineMs }, [{ connection }]);
  const messages: Buffer[] = [];
  for (let shares = await reader.read(); shares.length > 0; shares = await reader.read()) {
    for (const { held } of shares) messages.push(...held.map(({ bytes }) => Buffer.from(bytes)));
  }
  await reader.giveBack();
  await connection.close();
  if (reader.end?.complete !== true) throw new Error(`${queue} could not be read: ${reader.end?.remark}`);
  return messages;
};
