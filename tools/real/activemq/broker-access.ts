import { connect as connectPlain } from 'node:net';
import type { Duplex } from 'node:stream';
import { BrokerConsole } from '../../../functions/reconciliation/adapters/broker-console.ts';
import type { DestinationCounts } from '../../../functions/reconciliation/queue-counts.ts';
import { AmqpQueueScan } from '../../../functions/reconciliation/queue-scan/amqp-queue-scan.ts';
import { sendHttp } from '../../../functions/runtime/http-request.ts';
import { currentRuntime, type Runtime } from '../../../functions/runtime/runtime.ts';
import { connectTls } from '../../../functions/runtime/tls-connect.ts';
import type { TestBroker } from './test-broker.ts';

const openPlain = ({ host, port }: { readonly host: string; readonly port: number }): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connectPlain({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });

const ignore = (): void => {};

/** The host's runtime, silent, whose streams lead to the broker, without TLS where it has none. */
export const runtimeFor = (amqpUrl: string): Runtime & Required<Pick<Runtime, 'connect'>> => ({
  ...currentRuntime(),
  log: { info: ignore, warn: ignore, error: ignore },
  connect: (address, timeoutMs) =>
    amqpUrl.startsWith('amqp+ssl:') ? connectTls(address, timeoutMs) : openPlain(address),
});

/** The counters of the broker's destinations, as its console shows them. */
export const countsOn = async ({
  consoleUrl,
  credentials,
}: Pick<TestBroker, 'consoleUrl' | 'credentials'>): Promise<DestinationCounts> =>
  await new BrokerConsole({ httpRequest: sendHttp }, { urls: [consoleUrl], credentials }).readDestinations();

/** What a scan needs of a broker. */
export type ScanTarget = Pick<TestBroker, 'amqpUrl' | 'credentials'>;

/** A scan of queues of the broker. */
export const scanOn = ({ amqpUrl, credentials }: ScanTarget): AmqpQueueScan =>
  new AmqpQueueScan(runtimeFor(amqpUrl), { broker: { amqpEndpoints: [amqpUrl] }, credentials });
