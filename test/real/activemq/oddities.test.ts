import type { Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconciliationSchema } from '../../../functions/config/reconciliation-config.ts';
import { canonicalDestination } from '../../../functions/ledger/destination.ts';
import { BrokerConsole } from '../../../functions/reconciliation/adapters/broker-console.ts';
import { discoverQueues } from '../../../functions/reconciliation/discover-queues.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { type ManifestLine, readLines, type ScannedQueue } from '../../../functions/reconciliation/manifest.ts';
import { repairQueue } from '../../../functions/reconciliation/repair-queue.ts';
import { scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { sendHttp } from '../../../functions/runtime/http-request.ts';
import { connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { countsOn, scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { FakeStore } from '../../support/fake-queues.ts';
import { FakeLookup, processedRecord } from '../../support/ledger-entries.ts';
import { idOfRaw } from './filled-queue.ts';
import { JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';
import { withoutActiveMq } from './without-activemq.ts';

const span = { startMs: 0, retentionSeconds: 31_536_000 };
const scanTimeMs = 60_000;
const hourMs = 3_600_000;

const config = reconciliationSchema.parse({
  secretArns: ['arn:aws:secretsmanager:us-east-1:1:secret:a'],
  ledgerStart: '2020-01-01T00:00:00Z',
});

/** Garbage collection as public configurations have it, but quicker. */
const collecting = '<policyEntry queue="idle.&gt;" gcInactiveDestinations="true" inactiveTimeoutBeforeGC="500"/>';

/** How often the broker looks for queues to collect. */
const sweep = 'schedulePeriodForDestinationPurge="200"';

describe.runIf(!withoutActiveMq)('what real clients and brokers do to a reconciliation', () => {
  let broker: RealBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    broker = await RealBroker.start({
      scheduler: true,
      policyEntries: `<policyEntry queue="&gt;"/>${collecting}`,
      brokerAttributes: sweep,
    });
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  const readCounts = () => countsOn(broker);
  const namesOn = async (): Promise<readonly string[]> => [...(await readCounts()).queues.keys()].sort();

  const send = async (queue: string, ...messages: readonly Partial<Message>[]): Promise<void> => {
    const connection = await connectAmqp(broker);
    await sendAmqp(
      connection,
      queue,
      messages.map((message) => ({ durable: true, body: 'x', ...message }) as Message),
    );
    connection.close();
  };

  /** Attaches a consumer that takes nothing, and detaches it. */
  const attach = async (address: string): Promise<void> => {
    const connection = await connectAmqp(broker);
    await new Promise((resolve) =>
      connection.open_receiver({ source: { address }, credit_window: 0 }).once('receiver_open', resolve),
    );
    connection.close();
  };

  const scan = async (
    queue: string,
    { ledger = new FakeLookup(), counts = readCounts as typeof readCounts | (() => Promise<undefined>) } = {},
  ): Promise<{ readonly scan: ScannedQueue; readonly lines: readonly ManifestLine[]; readonly store: FakeStore }> => {
    const store = new FakeStore();
    const found = await scanQueue(
      { pair: 'orders', queue, keyPrefix: 'scan-', span, deadlineMs: Date.now() + scanTimeMs },
      {
        queueScan: scanOn(broker),
        ledger,
        identify: identifyHeld({ from: 'message-id' }),
        store,
        readCounts: counts,
        nowMs: Date.now,
      },
    );
    return { scan: found, lines: found.parts.flatMap((part) => readLines(store.text(part.key), part)), store };
  };

  it('name queues as the ledger does, whatever clients call them', async () => {
    const addresses = [
      'names.plain',
      'queue://names.prefixed',
      ' names.spaced ',
      'queue:// names.inner',
      'names.optioned?consumer.prefetchSize=10',
      'queue://names.both?consumer.exclusive=true&consumer.priority=127',
      '/queue/names.literal',
      '  queue://names.late',
      'queue://queue://names.twice',
      'Queue://names.case',
    ];
    const before = new Set(await namesOn());
    for (const address of addresses) await attach(address);
    const created = (await namesOn()).filter((name) => !before.has(name));
    expect(created).toEqual(addresses.map((address) => canonicalDestination(address, 'address')).sort());
  });

  it('scan and repair queues whose names look like addresses', async () => {
    for (const queue of ['/queue/odd', 'queue://odd', 'odd # & "name"']) {
      await send(`queue://${queue}`, { message_id: `in ${queue}`, creation_time: Date.now() as never });
      const id = `ID:in ${queue}`;
      const ledger = new FakeLookup().given({ processed: [processedRecord({ atMs: Date.now() })] }, id);
      const { scan: found, store } = await scan(queue, { ledger });
      expect(found).toMatchObject({ complete: true, counts: { processed: 1 }, findings: [] });
      const repaired = await repairQueue(
        { scan: found, quarantine: 'mq-dr.quarantine.odd', keyPrefix: 'r-', deadlineMs: Date.now() + scanTimeMs },
        {
          queueScan: scanOn(broker),
          identify: identifyHeld({ from: 'message-id' }),
          store,
          readCounts,
          keepLock: async () => {},
        },
      );
      expect(repaired).toMatchObject({ removed: 1, complete: true, findings: [] });
    }
  });

  it('create no queue by a report: not one that never was, nor one that was removed, with or without counters', async () => {
    const before = await namesOn();
    expect((await scan('never.was')).scan).toMatchObject({ complete: false, findings: [{ code: 'QUEUE_GONE' }] });
    expect((await scan('never.was', { counts: async () => undefined })).scan).toMatchObject({
      complete: true,
      findings: [{ code: 'COUNTS_UNVERIFIED' }, { code: 'EMPTY_OR_MISSING' }],
    });
    expect(await namesOn()).toEqual(before);

    await attach('idle.one');
    expect(await namesOn()).toContain('idle.one');
    await waitUntil('its collection', 30_000, async () => ((await namesOn()).includes('idle.one') ? undefined : true));
    // The list of queues is older than the removal, and nobody looks at the counters between.
    expect((await scan('idle.one', { counts: async () => undefined })).scan.findings).toHaveLength(2);
    expect(await namesOn()).not.toContain('idle.one');
  });

  it('read on where a producer’s clock is 61 s ahead', async () => {
    const queue = 'clock.ahead';
    await send(queue, { message_id: 'ahead', creation_time: (Date.now() + 61_000) as never });
    await send(
      queue,
      ...Array.from({ length: 10 }, (_, index) => ({ message_id: `m${index}`, creation_time: Date.now() as never })),
    );
    for (const counts of [readCounts, async () => undefined]) {
      const { scan: found, lines } = await scan(queue, { counts });
      expect([lines.length, found.complete]).toEqual([11, true]);
    }
  });

  it('take a record of an older message for no proof, and remove the message that it is about', async () => {
    const queue = 'ids.repeated';
    const [first, second] = [Date.now() - 48 * hourMs, Date.now() - 1_000];
    for (const createdAtMs of [first, second]) {
      await send(queue, {
        message_id: 'ID:image-1:1:1:1',
        creation_time: createdAtMs as never,
        body: String(createdAtMs),
      });
    }
    const record = processedRecord({ atMs: first + 5_000, createdAtMs: first });
    const ledger = new FakeLookup().given({ processed: [record] }, 'ID:image-1:1:1:1');
    const { scan: found, lines, store } = await scan(queue, { ledger });
    expect(lines.map((line) => [line.class, line.reason])).toEqual([
      ['processed', 'processed-once'],
      ['uncertain', 'record-of-another-message'],
    ]);
    // A third one comes after the report.
    await send(queue, { message_id: 'ID:image-1:1:1:1', creation_time: Date.now() as never, body: 'third' });
    const repaired = await repairQueue(
      { scan: found, quarantine: `${queue}.quarantine`, keyPrefix: 'r-', deadlineMs: Date.now() + scanTimeMs },
      {
        queueScan: scanOn(broker),
        identify: identifyHeld({ from: 'message-id' }),
        store,
        readCounts,
        keepLock: async () => {},
      },
    );
    expect(repaired).toMatchObject({ removed: 1, complete: false, findings: [{ code: 'ID_REPEATED' }] });
    expect((await rawMessages(broker, queue)).map(idOfRaw)).toHaveLength(2);
    expect(await rawMessages(broker, `${queue}.quarantine`)).toHaveLength(1);
  });

  it('leave uncertain what the scheduler made of one send, which JMS clients see under other ids', async () => {
    const queue = 'scheduled';
    const repeated = { 'x-opt-delivery-delay': 50, 'x-opt-delivery-repeat': 1, 'x-opt-delivery-period': 50 };
    await send(
      queue,
      { message_id: 'repeated', message_annotations: repeated },
      { message_id: 'once', message_annotations: { 'x-opt-delivery-delay': 50 } },
    );
    await waitUntil('what is scheduled', 10_000, async () =>
      (await readCounts()).queues.get(queue)?.size === 3 ? true : undefined,
    );
    const { lines } = await scan(queue, { ledger: new FakeLookup().processed('ID:repeated') });
    expect(lines.map(({ reason }) => reason).sort()).toEqual([
      'no-message-identity',
      'no-message-identity',
      'scheduled-over-amqp',
    ]);
    const seen = await jms.drain(queue, 3);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
    expect(seen.map(({ id }) => id)).not.toContain('ID:repeated');
  });

  it('name a queue of which the name is a wildcard, a page that answers 500, and reconcile a hundred others', async () => {
    const healthy = Array.from({ length: 100 }, (_, index) => `healthy.${String(index).padStart(3, '0')}`);
    await send('healthy.*', { message_id: 'w' });
    for (const queue of healthy) await send(queue, { message_id: `m of ${queue}` });
    const httpRequest: typeof sendHttp = async (request, limits) =>
      request.path === '/admin/xml/subscribers.jsp' ? { status: 500, body: '' } : await sendHttp(request, limits);
    const { consoleUrl, credentials } = broker;
    const console = new BrokerConsole({ httpRequest }, { urls: [consoleUrl], credentials });
    const counts = () => console.readDestinations();
    const include = ['healthy.*', 'nobody.*'];
    const found = await discoverQueues({ ...config, queues: { ...config.queues, include } }, undefined, undefined, {
      readCounts: counts,
      listQueues: async () => [],
    });
    expect(found.queues).toEqual(healthy);
    expect(found.uncovered.map(({ code }) => code)).toEqual([
      'QUEUE_NAME_UNADDRESSABLE',
      'INCLUDE_UNMATCHED',
      'SUBSCRIPTIONS_UNREADABLE',
    ]);
    const before = await namesOn();
    for (const queue of found.queues) {
      // Their consumers get what is in the wildcard's queue as well, and so does a scan.
      expect((await scan(queue, { counts })).scan).toMatchObject({
        complete: true,
        counts: { uncertain: 2 },
        findings: [{ code: 'WALK_REMARK', message: expect.stringContaining('wildcards') }],
      });
    }
    expect(await namesOn()).toEqual(before);
  });

  it('name what the broker counts and cannot convert, with its likely causes', async () => {
    const queue = 'undecodable';
    await jms.sendStreamOfBytes(queue);
    await send(queue, { message_id: 'fine' });
    const { scan: found } = await scan(queue);
    expect(found).toMatchObject({ complete: false, findings: [{ code: 'SEEN_MISMATCH', evidence: { missing: 1 } }] });
    expect(found.findings[0]?.evidence.likelyCauses).toContainEqual(expect.objectContaining({ cause: 'undecodable' }));
    // It is where it was, and a JMS client gets it.
    expect(await jms.readKinds(queue, 2)).toHaveLength(2);
  });
});
