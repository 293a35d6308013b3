import { connect as connectPlain } from 'node:net';
import type { Duplex } from 'node:stream';
import { BrokerConsole } from '../../../functions/reconciliation/adapters/broker-console.ts';
import type { DestinationCounts } from '../../../functions/reconciliation/queue-counts.ts';
import { AmqpQueueWalk } from '../../../functions/reconciliation/queue-walk/queue-walk.ts';
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

/** What a walk needs of a broker. */
export type WalkTarget = Pick<TestBroker, 'amqpUrl' | 'credentials'>;

/** A walk through queues of the broker. */
export const walkOn = ({ amqpUrl, credentials }: WalkTarget): AmqpQueueWalk =>
  new AmqpQueueWalk(runtimeFor(amqpUrl), { broker: { amqpEndpoints: [amqpUrl] }, credentials });
