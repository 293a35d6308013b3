import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTlsSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenWireConnection } from '../../../functions/reconciliation/openwire/index.ts';
import { connectors, RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { JmsTool } from '../activemq/jms-tool.ts';
import { withoutActiveMq } from '../activemq/without-activemq.ts';
import { connectOpenWire, moveMessages, takeMessages } from './broker-connection.ts';

const run = promisify(execFile);

/** Room for some twenty messages of 32 KiB: what a queue may hold before a sender must wait. */
const policyEntries = `
  <policyEntry queue="full.&gt;" producerFlowControl="true" memoryLimit="600kb"/>
  <policyEntry queue="failing.&gt;" producerFlowControl="true" memoryLimit="600kb" sendFailIfNoSpace="true"/>
  <policyEntry queue="&gt;"/>`;

const errorOf = async (promise: Promise<unknown>): Promise<Error> =>
  await promise.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  );

describe.runIf(!withoutActiveMq)('what a real broker refuses', () => {
  let broker: RealBroker;
  let jms: JmsTool;
  let folder: string;
  let tls: { readonly keyStore: string; readonly password: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mq-dr-tls-'));
    tls = { keyStore: join(folder, 'keys.p12'), password: randomBytes(12).toString('hex') };
    const named = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2', '-alias', 'broker'];
    const store = ['-keystore', tls.keyStore, '-storetype', 'PKCS12', '-storepass', tls.password];
    await run('keytool', ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', ...named, ...store]);
    await run('keytool', ['-exportcert', '-rfc', '-alias', 'broker', '-file', join(folder, 'cert.pem'), ...store]);
    broker = await RealBroker.start({ policyEntries, tls });
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('wrong credentials, of which the error says nothing', async () => {
    const credentials = { username: 'nobody-knows-me', password: 'nobody-may-see-me' };
    const error = await errorOf(connectOpenWire(broker, { credentials }));
    expect(error.name).toBe('BrokerDeniedAccess');
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/nobody/);
  });

  it('a selector that is none', async () => {
    const connection = await connectOpenWire(broker);
    const error = await errorOf(connection.consume({ queue: 'q', prefetch: 1, selector: 'no selector at all' }));
    expect(error).toMatchObject({
      name: 'BrokerRefused',
      message: expect.stringContaining('InvalidSelectorException'),
    });
    expect(connection.error).toBeUndefined();
    await connection.close();
  });

  it.runIf(connectors().amqp)('another protocol on the port', async () => {
    const openWireUrl = broker.amqpUrl.replace('amqp:', 'tcp:');
    const error = await errorOf(
      connectOpenWire({ openWireUrl, credentials: broker.credentials }, { answerTimeoutMs: 5_000 }),
    );
    expect(['UnsupportedWireFormat', 'ConnectionLost']).toContain(error.name);
  });

  it('a frame that is larger than it was told: the connection ends by name, and nothing is lost', async () => {
    const queue = `large-${randomUUID()}`;
    await jms.sendSizes(queue, [2_000_000]);
    const connection = await connectOpenWire(broker, { maxFrameBytes: 1_000_000 });
    const consuming = connection.consume({ queue, prefetch: 10 });
    const error = await errorOf(consuming.then((consumer) => consumer.arrival(20_000)));
    expect(error.name).toBe('FrameTooLarge');
    await connection.close();
    expect((await jms.readKinds(queue, 1)).length).toBe(1);
  });

  it.each([
    // The broker waits for room, without an answer.
    ['full', 'NoAnswer'],
    // The broker says that there is none.
    ['failing', 'BrokerRefused'],
  ])('copies to a queue without room (%s): nothing took place, and everything is still there', async (kind, cause) => {
    const queue = `source-${randomUUID()}`;
    const target = `${kind}.${randomUUID()}`;
    const sizes = Array.from({ length: 60 }, () => 32 * 1024);
    await jms.sendSizes(queue, sizes);
    const connection = await connectOpenWire(broker, { answerTimeoutMs: 5_000, maxInactivityMs: 3_000 });
    const consumer = await connection.consume({ queue, prefetch: 100 });
    const held = await takeMessages(consumer, sizes.length);
    const results: string[] = [];
    // Six transactions of 10: the queue has room for the first.
    for (let first = 0; first < held.length && connection.error === undefined; first += 10) {
      const some = held.slice(first, first + 10);
      const transaction = await connection.begin();
      for (const { message } of some) transaction.copy(message, target, 'kept');
      consumer.acknowledge(some, transaction);
      const error = (await transaction.commit().catch((reason: Error) => reason)) as Error | undefined;
      results.push(error === undefined ? 'committed' : `${error.name} by ${(error.cause as Error).name}`);
      if (error !== undefined) break;
    }
    expect(results[0]).toBe('committed');
    expect(results.at(-1)).toBe(`TransactionRolledBack by ${cause}`);
    const committed = results.filter((result) => result === 'committed').length * 10;
    await connection.close();
    const left = await jms.readKinds(queue, sizes.length - committed);
    const copied = await jms.readKinds(target, committed);
    expect(left.length + copied.length).toBe(sizes.length);
    expect(new Set([...left, ...copied].map(({ id }) => id)).size).toBe(sizes.length);
  });

  it('nothing over TLS that it does not refuse without', async () => {
    const queue = `tls-${randomUUID()}`;
    await jms.sendSizes(queue, [1, 200_000, 3_000_000]);
    const ca = await readFile(join(folder, 'cert.pem'));
    const stream = connectTlsSocket({ host: '127.0.0.1', port: broker.tlsPort, ca });
    const connection = await OpenWireConnection.open(stream, {
      credentials: broker.credentials,
      uniqueName: randomUUID(),
    });
    expect(await moveMessages(connection, { from: queue, to: `${queue}.moved`, count: 3, identity: 'kept' })).toBe(3);
    await connection.close();
    expect((await jms.readKinds(`${queue}.moved`, 3)).length).toBe(3);
  });

  it('a plain connection to its port with TLS, by name', async () => {
    const openWireUrl = `tcp://127.0.0.1:${broker.tlsPort}`;
    const error = await errorOf(
      connectOpenWire({ openWireUrl, credentials: broker.credentials }, { answerTimeoutMs: 5_000 }),
    );
    expect(['UnsupportedWireFormat', 'ConnectionLost']).toContain(error.name);
  });
});
