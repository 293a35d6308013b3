import { randomUUID } from 'node:crypto';
import { OpenWireConnection, type OpenWireOptions } from '../../../functions/reconciliation/openwire/index.ts';
import { runtimeFor } from '../../../tools/real/activemq/broker-access.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';

/** A broker on loopback takes a connection within milliseconds. */
const connectTimeoutMs = 5_000;

/** A busy broker on loopback sends on within milliseconds; a busy host may pause it. */
const quietMs = 2_000;

/** A connection to a broker in its own protocol. */
export const connectOpenWire = async (
  { openWireUrl, credentials }: Pick<TestBroker, 'openWireUrl' | 'credentials'>,
  options: Partial<OpenWireOptions> = {},
): Promise<OpenWireConnection> => {
  const { hostname: host, port } = new URL(openWireUrl);
  const stream = await runtimeFor(openWireUrl).connect({ host, port: Number(port) }, connectTimeoutMs);
  return await OpenWireConnection.open(stream, { credentials, uniqueName: randomUUID(), ...options });
};

type Consumer = Awaited<ReturnType<OpenWireConnection['consume']>>;
type Delivery = ReturnType<Consumer['take']>[number];

/** Messages of a page: the broker reads on only when it is told that those are delivered. */
const windowMessages = 100;

/** Takes messages until so many have come, or none come any more; the window moves along. */
export const takeMessages = async (consumer: Consumer, count: number): Promise<readonly Delivery[]> => {
  const taken: Delivery[] = [];
  let extended = 0;
  while (taken.length < count && (await consumer.arrival(quietMs)) === 'arrived') {
    taken.push(...consumer.take());
    const [oldest] = taken;
    for (; oldest !== undefined && taken.length - extended >= windowMessages; extended += windowMessages) {
      consumer.extendWindow(oldest, windowMessages);
    }
  }
  return taken;
};

/** Moves messages of a queue to another one, in one transaction. Gives how many. */
export const moveMessages = async (
  connection: OpenWireConnection,
  {
    from,
    to,
    count,
    identity,
  }: {
    readonly from: string;
    readonly to: string;
    readonly count: number;
    readonly identity: 'kept' | 'fresh';
  },
): Promise<number> => {
  const consumer = await connection.consume({ queue: from, prefetch: count });
  const deliveries = await takeMessages(consumer, count);
  const transaction = await connection.begin();
  for (const { message } of deliveries) transaction.copy(message, to, identity);
  consumer.acknowledge(deliveries, transaction);
  await transaction.commit();
  await consumer.close();
  return deliveries.length;
};
