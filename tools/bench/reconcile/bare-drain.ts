import { connectAmqp } from '../../real/activemq/amqp-source.ts';
import type { ScanTarget } from '../../real/activemq/broker-access.ts';
import { type Measured, measured } from './measured.ts';

/** A queue of 100,000 takes seconds; a message that is not there would be waited for without an end. */
const timeoutMs = 180_000;

const drain = async (target: ScanTarget, queue: string, expected: number): Promise<void> => {
  const connection = await connectAmqp(target);
  const done = Promise.withResolvers<void>();
  let received = 0;
  const session = connection.create_session();
  session.begin();
  session.open_receiver({ source: { address: queue } }).on('message', () => {
    received += 1;
    if (received === expected) done.resolve();
  });
  const late = AbortSignal.timeout(timeoutMs);
  late.addEventListener('abort', () =>
    done.reject(new Error(`${queue} gave ${received} of ${expected} messages within ${timeoutMs} ms`)),
  );
  await done.promise;
  // The broker answers when it has worked on everything before.
  const closed = new Promise((resolve) => connection.once('connection_close', resolve));
  connection.close();
  await closed;
};

/**
 * Empties a queue with a plain rhea receiver as it comes, which decodes and accepts each message; from connecting to the
 * end of the connection.
 *
 * @param expected messages in the queue
 * @throws Error when fewer come
 */
export const drainBare = async (target: ScanTarget, queue: string, expected: number): Promise<Measured<null>> =>
  await measured(async () => {
    if (expected > 0) await drain(target, queue, expected);
    return null;
  });
