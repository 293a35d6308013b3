import { WalkConnection } from '../../../functions/shared/adapters/walk-connection.ts';
import { WalkLink } from '../../../functions/shared/adapters/walk-link.ts';
import { runtimeFor, type WalkTarget } from './broker-access.ts';

/** A broker on loopback takes a connection within milliseconds. */
const connectTimeoutMs = 5_000;

/** What a link asks for at a time. */
const page = 200;

/** The encoded messages of a queue in order; they stay where they are. */
export const rawMessages = async ({ amqpUrl, credentials }: WalkTarget, queue: string): Promise<readonly Buffer[]> => {
  const { hostname: host, port } = new URL(amqpUrl);
  const stream = await runtimeFor(amqpUrl).connect({ host, port: Number(port) }, connectTimeoutMs);
  const connection = await WalkConnection.open(stream, credentials);
  const link = await WalkLink.attach(connection, queue);
  const messages: Buffer[] = [];
  for (;;) {
    const { arrivals } = await link.pull(page);
    if (arrivals.length === 0) break;
    for (const arrival of arrivals) {
      messages.push(Buffer.from(arrival.bytes));
      link.forget(arrival);
    }
  }
  await link.giveBack();
  await connection.close();
  return messages;
};
