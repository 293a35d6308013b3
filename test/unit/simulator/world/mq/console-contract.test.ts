import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { queuesPage } from '../../../../../simulator/world/mq/console-pages.ts';
import type { World } from '../../../../../simulator/world/world.ts';
import { activePair } from '../support/mq-requests.ts';
import { A, B, password, rejection, users, withWorld } from '../support/world-under-test.ts';

const limits = { timeoutMs: 8_000, maxBodyBytes: 1_000_000 };

const asOperator = { authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` };

const get = (world: World, origin: string, path: string, headers: Readonly<Record<string, string>> = asOperator) =>
  world.httpRequest({ method: 'GET', origin, path, headers }, limits, A);

const consoleOf = (brokerId: string, instance = 1, region = A): string =>
  `https://${brokerId}-${instance}.mq.${region}.amazonaws.com:8162`;

const broker = (world: World): string =>
  world.addBroker({
    region: A,
    brokerName: 'orders',
    users: users.map(({ Username, Password, ...rest }) => ({
      username: Username,
      password: Password,
      consoleAccess: 'ConsoleAccess' in rest,
    })),
  }).brokerId;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // The console writes quotes as numbers.
  htmlEntities: true,
  isArray: (name) => name === 'queue',
});

describe('the web console of an ActiveMQ broker', () => {
  it('shows the counts of every queue, whatever its name', async () => {
    await withWorld('in process', async ({ world, dataPlanes, calls }) => {
      const brokerId = broker(world);
      dataPlanes.broker(brokerId).depths = new Map([
        ['orders', 7],
        [`a<b>&"c"'d'`, 0],
      ]);
      dataPlanes.broker(brokerId).counts = { consumers: 2, enqueued: 11, dequeued: 4 };
      const { status, body } = await get(world, consoleOf(brokerId), '/admin/xml/queues.jsp');
      expect(status).toBe(200);
      const stats = { consumerCount: '2', enqueueCount: '11', dequeueCount: '4' };
      const { queues } = parser.parse(body.trim()) as { readonly queues: { readonly queue: readonly unknown[] } };
      expect(queues.queue).toMatchObject([
        { name: 'orders', stats: { size: '7', ...stats } },
        { name: 'a<b>&"c"\'d\'', stats: { size: '0', ...stats } },
      ]);
      expect(calls).toMatchObject([
        { service: 'activemq-console', operation: 'GET /admin/xml/queues.jsp', region: A, outcome: 'ok' },
      ]);
      expect(JSON.stringify(calls)).not.toContain(asOperator.authorization);
    });
  });

  it('writes its page like the real one', () => {
    const counts = { size: 1, inFlight: 0, consumers: 0, enqueued: 3, dequeued: 2, expired: 0 };
    const page = queuesPage(new Map([['orders', counts]]));
    expect(page.trim()).toBe(
      [
        '<queues>',
        '',
        '<queue name="orders">',
        '',
        '  <stats size="1"',
        '         consumerCount="0"',
        '         enqueueCount="3"',
        '         dequeueCount="2"/>',
        '',
        '',
        '  <feed>',
        '    <atom>queueBrowse/orders?view=rss&amp;amp;feedType=atom_1.0</atom>',
        '    <rss>queueBrowse/orders?view=rss&amp;amp;feedType=rss_2.0</rss>',
        '  </feed>',
        '</queue>',
        '',
        '</queues>',
      ].join('\n'),
    );
  });

  it('lists durable subscriptions that nobody is connected to', async () => {
    await withWorld('in process', async ({ world }) => {
      const brokerId = broker(world);
      const page = async () =>
        parser.parse((await get(world, consoleOf(brokerId), '/admin/xml/subscribers.jsp')).body.trim()) as unknown;
      expect(await page()).toEqual({ subscribers: '' });
      world.amendBroker(brokerId, {
        durableSubscriptions: [{ clientId: 'billing', name: 'all "prices"', topic: 'prices', pending: 12 }],
      });
      expect(await page()).toMatchObject({
        subscribers: {
          subscriber: {
            clientId: 'billing',
            subscriptionName: 'all "prices"',
            destinationName: 'prices',
            active: 'no',
            stats: { pendingQueueSize: '12' },
          },
        },
      });
    });
  });

  it('takes only users with console access and the right password', async () => {
    await withWorld('in process', async ({ world }) => {
      const origin = consoleOf(broker(world));
      const statusFor = async (credentials: string) => {
        const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
        return (await get(world, origin, '/admin/xml/queues.jsp', { authorization })).status;
      };
      expect(await statusFor(`operator:${password}`)).toBe(200);
      expect(await statusFor('operator:wrong')).toBe(401);
      expect(await statusFor(`replicator:${password}`)).toBe(401);
      expect(await statusFor(`nobody:${password}`)).toBe(401);
      expect((await get(world, origin, '/admin/xml/queues.jsp', {})).status).toBe(401);
    });
  });

  it('listens on the active instance alone, and not where clients are refused', async () => {
    await withWorld('in process', async ({ world, dataPlanes }) => {
      const { primaryId, replicaId } = activePair({ world } as Parameters<typeof activePair>[0]);
      const page = '/admin/xml/queues.jsp';
      const refused = { code: 'ECONNREFUSED' };
      expect((await get(world, consoleOf(primaryId), page)).status).toBe(401);
      expect(await rejection(get(world, consoleOf(primaryId, 2), page))).toMatchObject(refused);
      const otherPort = consoleOf(primaryId).replace('8162', '443');
      expect(await rejection(get(world, otherPort, page))).toMatchObject(refused);
      expect(await rejection(get(world, consoleOf(replicaId, 1, B), page))).toMatchObject(refused);
      dataPlanes.broker(primaryId).powerOff();
      expect(await rejection(get(world, consoleOf(primaryId), page))).toMatchObject(refused);
      expect(await rejection(get(world, 'https://nobody:8162', page))).toMatchObject({ code: 'ENOTFOUND' });
    });
  });

  it('names what it does not model', async () => {
    await withWorld('in process', async ({ world }) => {
      const { status, body } = await get(world, consoleOf(broker(world)), '/admin/queueBrowse/orders?view=xml');
      expect([status, body]).toEqual([501, expect.stringContaining('/admin/queueBrowse/orders')]);
    });
  });

  it('meets the faults of its Region', async () => {
    await withWorld('in process', async ({ world, calls }) => {
      const origin = consoleOf(broker(world));
      const read = () => get(world, origin, '/admin/xml/queues.jsp');
      world.faults.start({ kind: 'server-error', service: 'activemq-console', count: 1 });
      expect((await read()).status).toBe(500);
      world.faults.start({ kind: 'malformed-answer', service: 'activemq-console', count: 1 });
      expect((await read()).body).not.toContain('</queues>');
      world.blackout(A);
      expect(await rejection(read())).toMatchObject({ code: 'ETIMEDOUT' });
      expect(calls.map(({ outcome }) => outcome)).toEqual(['500', 'ok', 'ETIMEDOUT']);
    });
  });
});
