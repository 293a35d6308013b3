import { QueueReader } from '../../../functions/reconciliation/queue-scan/queue-reader.ts';
import { ScanConnection } from '../../../functions/reconciliation/queue-scan/scan-connection.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { runtimeFor, type ScanTarget } from '../../../tools/real/activemq/broker-access.ts';

/** A broker on loopback takes a connection within milliseconds. */
const connectTimeoutMs = 5_000;

/** A queue of 20,000 messages is read in seconds; the limit is for a busy host. */
const readingTimeMs = 120_000;

/**
 * The encoded messages of a queue in order; they stay where they are.
 *
 * @throws Error when not all could be read
 */
export const rawMessages = async ({ amqpUrl, credentials }: ScanTarget, queue: string): Promise<readonly Buffer[]> => {
  const { hostname: host, port } = new URL(amqpUrl);
  const stream = await runtimeFor(amqpUrl).connect({ host, port: Number(port) }, connectTimeoutMs);
  const connection = await ScanConnection.open(stream, credentials);
  const deadlineMs = systemClock.nowMs() + readingTimeMs;
  const reader = new QueueReader({ clock: systemClock, queue, deadlineMs }, [{ connection }]);
  const messages: Buffer[] = [];
  for (let shares = await reader.read(); shares.length > 0; shares = await reader.read()) {
    for (const { held } of shares) messages.push(...held.map(({ bytes }) => Buffer.from(bytes)));
  }
  await reader.release();
  await connection.close();
  if (reader.end?.complete !== true) throw new Error(`${queue} could not be read: ${reader.end?.note}`);
  return messages;
};
