import type { Duplex } from 'node:stream';
import type { BrokerSnapshot } from '../broker-snapshot.ts';
import type { Runtime, SocketAddress } from '../runtime.ts';

/**
 * Budget of one connection attempt. The standby's endpoint refuses at once, an unreachable network does not answer:
 * two attempts of 3 s fit three times into a 20 s function.
 */
const connectTimeoutMs = 3_000;

const addressOf = (endpoint: string): SocketAddress => {
  const url = new URL(endpoint);
  return { host: url.hostname, port: Number(url.port) };
};

/**
 * What the AMQP endpoints say together: `accepts` when one takes a connection, `refuses` when all refuse (a replica, or
 * a broker closed by a switchover), `unreachable` when at least one gave no answer, `none` when the broker has none.
 * The standby's refusal is normal; docs/amazon-mq.md 7.
 */
export type EndpointState = 'accepts' | 'refuses' | 'unreachable' | 'none';

/** Opens a stream to the active instance of a broker, or says why there is none. */
export const openActive = async (
  runtime: Runtime,
  broker: Pick<BrokerSnapshot, 'amqpEndpoints'>,
): Promise<
  { readonly state: 'accepts'; readonly stream: Duplex } | { readonly state: Exclude<EndpointState, 'accepts'> }
> => {
  let state: Exclude<EndpointState, 'accepts'> = broker.amqpEndpoints.length > 0 ? 'refuses' : 'none';
  for (const endpoint of broker.amqpEndpoints) {
    try {
      return { state: 'accepts', stream: await runtime.connect(addressOf(endpoint), connectTimeoutMs) };
    } catch (error) {
      const refused = error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
      if (!refused) state = 'unreachable';
    }
  }
  return { state };
};

/** Whether clients can reach the broker from here; opens a connection and closes it again. */
export const probeEndpoints = async (
  runtime: Runtime,
  broker: Pick<BrokerSnapshot, 'amqpEndpoints'>,
): Promise<EndpointState> => {
  const opened = await openActive(runtime, broker);
  if (opened.state === 'accepts') opened.stream.destroy();
  return opened.state;
};
