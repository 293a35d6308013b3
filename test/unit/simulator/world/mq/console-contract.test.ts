import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { queuesPage } from '../../../../../simulator/world/mq/console-pages.ts';
import type { SimulatedAws } from '../../../../../simulator/world/simulated-aws.ts';
import { A, B, password, rejection, users, withAws } from '../support/aws-under-test.ts';
import { activePair } from '../support/mq-requests.ts';

const limits = { timeoutMs: 8_000, maxBodyBytes: 1_000_000 };

const asOperator = { authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` };

const get = (aws: SimulatedAws, origin: string, path: string, headers: Readonly<Record<string, string>> = asOperator) =>
  aws.httpRequest({ method: 'GET', origin, path, headers }, limits, A);

const consoleOf = (brokerId: string, instance = 1, region = A): string =>
  `https://${brokerId}-${instance}.mq.${region}.amazonaws.com:8162`;

const broker = (aws: SimulatedAws): string =>
  aws.addBroker({
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
    await withAws('in process', async ({ aws, dataPlanes, calls }) => {
      const brokerId = broker(aws);
      dataPlanes.broker(brokerId).depths = new Map([
        ['orders', 7],
        [`a<b>&"c"'d'`, 0],
      ]);
      dataPlanes.broker(brokerId).counts = { consumers: 2, enqueued: 11, dequeued: 4 };
      const { status, body } = await get(aws, consoleOf(brokerId), '/admin/xml/queues.jsp');
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
    await withAws('in process', async ({ aws }) => {
      const brokerId = broker(aws);
      const page = async () =>
        parser.parse((await get(aws, consoleOf(brokerId), '/admin/xml/subscribers.jsp')).body.trim()) as unknown;
      expect(await page()).toEqual({ subscribers: '' });
      aws.amendBroker(brokerId, {
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
    await withAws('in process', async ({ aws }) => {
      const origin = consoleOf(broker(aws));
      const statusFor = async (credentials: string) => {
        const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
        return (await get(aws, origin, '/admin/xml/queues.jsp', { authorization })).status;
      };
      expect(await statusFor(`operator:${password}`)).toBe(200);
      expect(await statusFor('operator:wrong')).toBe(401);
      expect(await statusFor(`replicator:${password}`)).toBe(401);
      expect(await statusFor(`nobody:${password}`)).toBe(401);
      expect((await get(aws, origin, '/admin/xml/queues.jsp', {})).status).toBe(401);
    });
  });

  it('listens on the active instance alone, and not where clients are refused', async () => {
    await withAws('in process', async ({ aws, dataPlanes }) => {
      const { primaryId, replicaId } = activePair({ aws } as Parameters<typeof activePair>[0]);
      const page = '/admin/xml/queues.jsp';
      const refused = { code: 'ECONNREFUSED' };
      expect((await get(aws, consoleOf(primaryId), page)).status).toBe(401);
      expect(await rejection(get(aws, consoleOf(primaryId, 2), page))).toMatchObject(refused);
      const otherPort = consoleOf(primaryId).replace('8162', '443');
      expect(await rejection(get(aws, otherPort, page))).toMatchObject(refused);
      expect(await rejection(get(aws, consoleOf(replicaId, 1, B), page))).toMatchObject(refused);
      dataPlanes.broker(primaryId).powerOff();
      expect(await rejection(get(aws, consoleOf(primaryId), page))).toMatchObject(refused);
      expect(await rejection(get(aws, 'https://nobody:8162', page))).toMatchObject({ code: 'ENOTFOUND' });
    });
  });

  it('names what it does not model', async () => {
    await withAws('in process', async ({ aws }) => {
      const { status, body } = await get(aws, consoleOf(broker(aws)), '/admin/queueBrowse/orders?view=xml');
      expect([status, body]).toEqual([501, expect.stringContaining('/admin/queueBrowse/orders')]);
    });
  });

  it('meets the faults of its Region', async () => {
    await withAws('in process', async ({ aws, calls }) => {
      const origin = consoleOf(broker(aws));
      const read = () => get(aws, origin, '/admin/xml/queues.jsp');
      aws.faults.start({ kind: 'server-error', service: 'activemq-console', count: 1 });
      expect((await read()).status).toBe(500);
      aws.faults.start({ kind: 'malformed-answer', service: 'activemq-console', count: 1 });
      expect((await read()).body).not.toContain('</queues>');
      aws.blackout(A);
      expect(await rejection(read())).toMatchObject({ code: 'ETIMEDOUT' });
      expect(calls.map(({ outcome }) => outcome)).toEqual(['500', 'ok', 'ETIMEDOUT']);
    });
  });
});
