import type { Duplex } from 'node:stream';
import type { Runtime } from '../runtime/runtime.ts';
import { connectTls } from '../runtime/tls-connect.ts';
import type { BrokerSnapshot } from './broker-snapshot.ts';

/**
 * Budget of one connection attempt. The standby's endpoint refuses at once, an unreachable network does not answer:
 * two attempts of 3 s fit three times into a 20 s function.
 */
const connectTimeoutMs = 3_000;

const connectTo = (runtime: Runtime, endpoint: string): Promise<Duplex> => {
  const { hostname: host, port } = new URL(endpoint);
  return (runtime.connect ?? connectTls)({ host, port: Number(port) }, connectTimeoutMs);
};

/**
 * What the AMQP endpoints say together: `accepts` when one takes a connection, `refuses` when all refuse (a replica, or
 * a broker closed by a switchover), `unreachable` when at least one gave no answer, `none` when the broker has none.
 * The standby's refusal is normal; docs/amazon-mq.md 7.
 */
export type EndpointState = 'accepts' | 'refuses' | 'unreachable' | 'none';

/** Probes the endpoints of a broker: whether clients can connect to it. */
export type ProbeEndpoints = (broker: Pick<BrokerSnapshot, 'amqpEndpoints'>) => Promise<EndpointState>;

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
      return { state: 'accepts', stream: await connectTo(runtime, endpoint) };
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

/** How far the best endpoint opened: no TCP connection at all, TCP without TLS, TLS without AMQP, or all three. */
export type OpenedLayer = 'nothing' | 'tcp' | 'tls' | 'amqp';

const layers: readonly OpenedLayer[] = ['nothing', 'tcp', 'tls', 'amqp'];

/** Codes of a TCP connection that did not open; any other failure happened on an open one, in the TLS handshake. */
const tcpCodes: readonly string[] = [
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ERR_INVALID_URL',
];

/**
 * Offers AMQP 1.0 with SASL, which a listening broker answers with its own header before it asks who calls:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-security-v1.0-os.html#section-sasl
 */
const saslHeader = Buffer.from([...Buffer.from('AMQP'), 3, 1, 0, 0]);

/** Budget of the broker's answer; a healthy one needs milliseconds. */
const headerTimeoutMs = 2_000;

/** Whether the peer answers with an AMQP header; the stream is closed afterwards. */
const speaksAmqp = (stream: Duplex): Promise<boolean> =>
  new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (answer: boolean): void => {
      resolve(answer);
      stream.destroy();
    };
    stream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4) finish(received.subarray(0, 4).equals(saslHeader.subarray(0, 4)));
    });
    for (const event of ['error', 'end', 'close']) stream.once(event, () => finish(false));
    // Wall time on purpose: it bounds a broker that accepts a connection and then says nothing.
    AbortSignal.timeout(headerTimeoutMs).addEventListener('abort', () => finish(false));
    stream.write(saslHeader);
  });

const openLayers = async (
  runtime: Runtime,
  endpoint: string,
): Promise<{ readonly opened: OpenedLayer; readonly refused: boolean }> => {
  try {
    const stream = await connectTo(runtime, endpoint);
    return { opened: (await speaksAmqp(stream)) ? 'amqp' : 'tls', refused: false };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return { opened: tcpCodes.includes(code) ? 'nothing' : 'tcp', refused: code === 'ECONNREFUSED' };
  }
};

/** What the AMQP endpoints say together, as `probeEndpoints`, and how far the best of them opened. */
export const probeLayers = async (
  runtime: Runtime,
  broker: Pick<BrokerSnapshot, 'amqpEndpoints'>,
): Promise<{ readonly state: EndpointState; readonly opened: OpenedLayer }> => {
  const probes = await runtime.clock.concurrently<Awaited<ReturnType<typeof openLayers>>[]>(
    broker.amqpEndpoints.map((endpoint) => () => openLayers(runtime, endpoint)),
  );
  if (probes.length === 0) return { state: 'none', opened: 'nothing' };
  const opened = layers[Math.max(...probes.map((probe) => layers.indexOf(probe.opened)))] ?? 'nothing';
  if (opened === 'tls' || opened === 'amqp') return { state: 'accepts', opened };
  return { state: probes.every(({ refused }) => refused) ? 'refuses' : 'unreachable', opened };
};
