import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import rhea, { type EventContext } from 'rhea';
import { beforeEach, describe, expect, it } from 'vitest';
import { sendCanary, takeCanaries } from '../../../../functions/replica/adapters/amqp-canary.ts';
import { NotFound } from '../../../../functions/runtime/errors.ts';
import { ActiveMqBroker } from '../../../../simulator/world/broker/active-mq-broker.ts';
import { memoryConnection } from '../../../../simulator/world/broker/duplex-pair.ts';
import { serverConnection } from '../../../../simulator/world/broker/rhea-internals.ts';
import { settleStreams } from '../../../support/amqp-client.ts';
import { noonMs, pairedEast } from '../../../support/brokers.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const secrets = mockClient(SecretsManagerClient);
beforeEach(() => {
  secrets.reset();
  secrets.onAnyCommand().resolves({ SecretString: '{"username":"canary","password":"hunter2hunter2"}' });
});

const settings = {
  secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/canary-AbCdEf',
  queue: 'mq-dr.canary',
};
const primary = pairedEast();

const embedded = () =>
  new ActiveMqBroker({
    brokerId: primary.brokerId,
    brokerName: primary.brokerName,
    region: primary.region,
    nowMs: () => noonMs,
    authenticate: (username, password) => username === 'canary' && password === 'hunter2hunter2',
  });
const runtimeTo = (broker: ActiveMqBroker) => fakeRuntime({ connect: async () => broker.connect() });

describe('sendCanary and takeCanaries', () => {
  it('leave one durable message on the queue, take every one off it again, and hang up', async () => {
    const broker = embedded();
    expect(await sendCanary(runtimeTo(broker), primary, settings)).toBe('sent');
    expect(await sendCanary(runtimeTo(broker), primary, settings)).toBe('sent');
    await settleStreams();
    expect(broker.queueDepths().get('mq-dr.canary')).toBe(2);
    expect(await takeCanaries(runtimeTo(broker), primary, settings)).toBe('taken: 2');
    await settleStreams();
    expect(broker.queueDepths().get('mq-dr.canary')).toBe(0);
    expect(broker.clientConnections()).toBe(0);
  });

  it('find nothing to take on an empty queue', async () => {
    expect(await takeCanaries(runtimeTo(embedded()), primary, settings)).toBe('taken: 0');
  });

  it('give evidence, not an error, when the broker does not take clients', async () => {
    expect(await sendCanary(fakeRuntime(), primary, settings)).toBe(
      'failed: the primary\'s AMQP endpoints answered "refuses"',
    );
  });

  it('give evidence without the password when the broker refuses the user', async () => {
    secrets.onAnyCommand().resolves({ SecretString: '{"username":"canary","password":"wrong-password"}' });
    const result = await sendCanary(runtimeTo(embedded()), primary, settings);
    expect(result).toMatch(/^failed: /);
    expect(result).not.toContain('wrong-password');
  });

  it.each([
    ['sendCanary', sendCanary, 'a link that sends'],
    ['takeCanaries', takeCanaries, 'a link that receives'],
  ] as const)('%s gives what the broker says of its link as evidence', async (_name, canary, link) => {
    const topic = { ...settings, queue: 'topic://mq-dr.canary' };
    expect(await canary(runtimeTo(embedded()), primary, topic)).toContain(`failed: ${link}: amqp:not-implemented`);
  });

  it('give what the broker says of its session as evidence', async () => {
    const [client, server] = memoryConnection();
    const container = rhea.create_container();
    container.sasl_server_mechanisms.enable_plain(() => true);
    container.on('disconnected', () => {});
    const connection = serverConnection(container, 'broker');
    connection.on('session_open', ({ session }: EventContext) => {
      session?.close({ condition: 'amqp:resource-limit-exceeded', description: 'too many sessions' });
    });
    connection.accept(server);
    const result = await sendCanary(fakeRuntime({ connect: async () => client }), primary, settings);
    expect(result).toBe('failed: an AMQP session: amqp:resource-limit-exceeded: too many sessions');
  });

  it('pass an error of reading the secret on', async () => {
    secrets.onAnyCommand().rejects(sdkError('ResourceNotFoundException', 400));
    await expect(sendCanary(runtimeTo(embedded()), primary, settings)).rejects.toThrow(NotFound);
  });
});
