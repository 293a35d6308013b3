import { AmqpConnection } from '../../brokers/amqp-connection.ts';
import { openActive } from '../../brokers/broker-endpoints.ts';
import { readLogin } from '../../brokers/broker-login.ts';
import type { BrokerSnapshot } from '../../brokers/broker-snapshot.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/** Budget of the whole exchange on an open connection; a healthy broker needs milliseconds. */
const exchangeTimeoutMs = 5_000;

/** The outcome of a canary; a failure is evidence, never an error of the run. */
export type CanaryResult = 'sent' | `taken: ${number}` | `failed: ${string}`;

type CanarySettings = NonNullable<PairConfig['canary']> & Partial<Pick<PairConfig, 'brokerDomains'>>;

/**
 * Puts one message on the canary queue of a primary, so that even an idle pair has an event to carry. It stays there
 * until `takeCanaries`: a message that is sent and acknowledged at once never crosses. docs/amazon-mq.md 3.
 *
 * @throws errors of reading the secret
 */
export const sendCanary = (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
): Promise<CanaryResult> =>
  overConnection(runtime, primary, settings, async (amqp) => {
    await sendOne(amqp, settings.queue);
    return 'sent';
  });

/** Takes every canary off the queue, those of killed attempts as well, and counts them. @throws as `sendCanary` */
export const takeCanaries = (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
): Promise<CanaryResult> =>
  overConnection(runtime, primary, settings, async (amqp) => `taken: ${await drain(amqp, settings.queue)}` as const);

const overConnection = async (
  runtime: Runtime,
  primary: BrokerSnapshot,
  settings: CanarySettings,
  exchange: (amqp: AmqpConnection) => Promise<CanaryResult>,
): Promise<CanaryResult> => {
  const credentials = await readLogin(runtime, { ...settings, urls: primary.amqpEndpoints });
  const opened = await openActive(runtime, primary);
  if (opened.state !== 'accepts') return `failed: the primary's AMQP endpoints answered "${opened.state}"`;
  const amqp = new AmqpConnection(opened.stream, credentials);
  // Wall time on purpose: it bounds a broker that accepts a connection and then says nothing.
  AbortSignal.timeout(exchangeTimeoutMs).addEventListener('abort', () => {
    amqp.abort(`no answer within ${exchangeTimeoutMs} ms`);
  });
  try {
    return await exchange(amqp);
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    amqp.close();
    opened.stream.end();
  }
};

const sendOne = async (amqp: AmqpConnection, queue: string): Promise<void> => {
  const outcome = await amqp.answer<'accepted' | 'rejected'>((done) => {
    const sender = amqp.connection.open_sender({ target: { address: queue } });
    sender.once('sendable', () => {
      sender.send({ message_id: `mq-dr-canary-${amqp.connection.container_id}`, durable: true, body: 'canary' });
    });
    sender.once('accepted', () => done('accepted'));
    sender.once('rejected', () => done('rejected'));
  });
  if (outcome === 'rejected') throw new Error('the broker rejected the canary');
};

/** More canaries than killed attempts can have left; what remains is taken by the next run. */
const drainCredit = 100;

const drain = (amqp: AmqpConnection, queue: string): Promise<number> =>
  amqp.answer((done) => {
    const source = { address: queue };
    const receiver = amqp.connection.open_receiver({ source, autoaccept: true, credit_window: 0 });
    let taken = 0;
    receiver.on('message', () => {
      taken += 1;
    });
    receiver.once('receiver_open', () => {
      receiver.drain = true;
      receiver.add_credit(drainCredit);
    });
    receiver.once('receiver_drained', () => done(taken));
  });
