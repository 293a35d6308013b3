import { describe, expect, it } from 'vitest';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { readLines } from '../../../functions/reconciliation/manifest.ts';
import { type ScanPorts, scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { AccessDenied, NotFound, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs } from '../../support/brokers.ts';
import { FakeQueues, FakeStore, heldMessage } from '../../support/fake-queues.ts';
import { claimRecord, FakeLookup, processedRecord } from '../../support/ledger-entries.ts';

const span = { startMs: noonMs - 86_400_000, retentionSeconds: 864_000 };

const setup = () => {
  const queues = new FakeQueues();
  const ledger = new FakeLookup();
  const store = new FakeStore();
  const scan = (ports: Partial<ScanPorts> = {}) =>
    scanQueue(
      { pair: 'orders', queue: 'work', keyPrefix: 'scan-0-', span, deadlineMs: noonMs + 270_000 },
      {
        queueScan: queues,
        ledger,
        identify: identifyHeld({ from: 'message-id' }),
        store,
        readCounts: queues.counts,
        nowMs: () => noonMs,
        ...ports,
      },
    );
  return { queues, ledger, store, scan };
};

const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('the scan of a queue', () => {
  it('has a line for each message with its class and what it was judged by', async () => {
    const { queues, ledger, store, scan } = setup();
    queues.sendIds('work', 'm0');
    queues.send('work', [
      heldMessage({
        messageId: 'm1',
        createdAtMs: noonMs - 5_000,
        expiresAtMs: noonMs + 5_000,
        groupId: 'g',
        deliveryCount: 2,
      }),
      heldMessage({ messageId: undefined }),
      heldMessage({ messageId: 'm3', createdAtMs: undefined }),
      heldMessage({ messageId: 'm4', expiresAtMs: noonMs }),
    ]);
    ledger.given(
      {
        processed: [
          processedRecord({ atMs: noonMs - 20, by: 'later' }),
          processedRecord({ region: 'us-west-2', atMs: noonMs - 30 }),
        ],
      },
      'ID:m1',
    );
    const found = await scan();
    expect(found).toEqual({
      queue: 'work',
      parts: [expect.objectContaining({ key: 'scan-0-00000.ndjson', messages: 5 })],
      counts: { processed: 1, unprocessed: 1, uncertain: 2, expired: 1 },
      processedTwice: 1,
      complete: true,
      findings: [],
      deliveries: { before: 0, after: 1 },
    });
    const [part] = found.parts;
    const lines = part === undefined ? [] : readLines(store.text(part.key), part);
    expect(lines.map(({ id, position, reason }) => `${position} ${id} ${reason}`)).toEqual([
      '0 ID:m0 absent-in-both-regions',
      '1 ID:m1 processed-in-both-regions',
      '2 null no-message-identity',
      '3 ID:m3 age-unknown',
      '4 ID:m4 past-expiry',
    ]);
    expect(lines[1]).toEqual({
      destination: 'work',
      position: 1,
      id: 'ID:m1',
      class: 'processed',
      reason: 'processed-in-both-regions',
      createdAtMs: noonMs - 5_000,
      expiresAtMs: noonMs + 5_000,
      groupId: 'g',
      deliveries: 2,
      // The first of both.
      processed: { region: 'us-west-2', atMs: noonMs - 30, by: 'billing' },
    });
    expect(lines[0]).toMatchObject({ expiresAtMs: null, groupId: null, processed: null });
  });

  it('changes nothing', async () => {
    const { queues, ledger, scan } = setup();
    queues.sendIds('work', ...ids(250));
    ledger.processed(...ids(250).map((id) => `ID:${id}`));
    expect((await scan()).counts.processed).toBe(250);
    expect(queues.idsIn('work')).toEqual(ids(250));
    expect(queues.scans).toEqual([{ queue: 'work', options: { deadlineMs: noonMs + 270_000, sizeAtStart: 250 } }]);
  });

  it('asks the ledger for a batch at once, of this queue alone, and for nothing without an identity', async () => {
    const { queues, ledger, scan } = setup();
    queues.sendIds('work', ...ids(150)).send('work', [heldMessage({ messageId: undefined })]);
    await scan();
    expect(ledger.lookups.map((keys) => keys.length)).toEqual([100, 50]);
    expect(ledger.lookups[0]?.[0]).toEqual({ pair: 'orders', destination: 'work', id: 'ID:m0' });
  });

  it('judges messages of one id alike', async () => {
    const { queues, ledger, scan } = setup();
    queues.sendIds('work', 'm1', 'm2', 'm1');
    ledger.processed('ID:m1');
    expect((await scan()).counts).toMatchObject({ processed: 2, unprocessed: 1 });
  });

  it('keeps the order of the lines while several batches are looked up at once', async () => {
    const { queues, ledger, store, scan } = setup();
    queues.sendIds('work', ...ids(1_000));
    queues.disturbance = { lanes: 4, batchSize: 30 };
    const { parts } = await scan();
    expect(ledger.lookups[0]?.[0]?.id).toBe('ID:m90');
    expect(parts.flatMap((part) => readLines(store.text(part.key), part)).map(({ id }) => id)).toEqual(
      ids(1_000).map((id) => `ID:${id}`),
    );
  });

  it('is complete while others produce and consume', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', ...ids(250));
    queues.disturbance = {
      beforeBatch: (batch) => {
        if (batch === 1) queues.sendIds('work', 'n1', 'n2').consume('work', 3);
      },
    };
    expect(await scan()).toMatchObject({ complete: true, findings: [] });
  });

  it('is incomplete when it did not reach the end, with the reason', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', ...ids(250));
    queues.disturbance = { endsBefore: 1, notes: ['the time was over after 100 messages'] };
    expect(await scan()).toMatchObject({
      complete: false,
      counts: { unprocessed: 100 },
      findings: [
        { code: 'WALK_REMARK', message: 'the time was over after 100 messages' },
        { code: 'SEEN_MISMATCH', message: '100 messages of work were seen, but the queue held 250' },
      ],
    });
  });

  it('is complete with a remark, and without counters, which it says', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', 'm1');
    queues.disturbance = { notes: ['a consumer was at work'] };
    expect(await scan({ readCounts: async () => undefined })).toMatchObject({
      complete: true,
      findings: [{ code: 'WALK_REMARK' }, { code: 'COUNTS_UNVERIFIED' }],
    });
  });

  it('is incomplete when a held message was never judged', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', ...ids(10));
    const queueScan: ScanPorts['queueScan'] = {
      scan: async (queue, options, visit) =>
        await queues.scan(queue, options, async (batch) => {
          await visit(batch.slice(1));
          return batch.map(() => 'keep');
        }),
    };
    const found = await scan({ queueScan });
    expect(found).toMatchObject({ complete: false, findings: [{ code: 'LINES_MISMATCH' }] });
    // What was judged has its lines nevertheless.
    expect(found.counts.unprocessed).toBe(9);
  });

  it('takes a record of an older message with the same id for no proof', async () => {
    const { queues, ledger, store, scan } = setup();
    queues.send('work', [
      heldMessage({ messageId: 'm1', createdAtMs: noonMs - 60_000 }),
      heldMessage({ messageId: 'm1', createdAtMs: noonMs - 1_000 }),
      heldMessage({ messageId: 'm2', createdAtMs: noonMs - 1_000 }),
    ]);
    ledger.given({ processed: [processedRecord({ createdAtMs: noonMs - 60_000 })] }, 'ID:m1');
    ledger.given({ processed: [processedRecord({ atMs: noonMs - 3_600_000 })] }, 'ID:m2');
    const { parts } = await scan();
    const lines = parts.flatMap((part) => readLines(store.text(part.key), part));
    expect(lines.map(({ class: of, reason, processed }) => `${of} ${reason} ${processed?.by}`)).toEqual([
      'processed processed-once billing',
      'uncertain record-of-another-message undefined',
      'uncertain record-of-another-message undefined',
    ]);
  });

  it('leaves uncertain what the scheduler made of an AMQP message, unless a record says more', async () => {
    const { queues, ledger, scan } = setup();
    queues.send('work', [
      heldMessage({ messageId: 'm1', scheduled: 'once' }),
      heldMessage({ messageId: 'm2', scheduled: 'once' }),
      heldMessage({ messageId: 'm3', scheduled: 'repeatedly' }),
    ]);
    ledger.processed('ID:m1', 'ID:m3');
    expect((await scan()).counts).toEqual({ processed: 1, unprocessed: 0, uncertain: 2, expired: 0 });
  });

  it('names messages that nobody can decode, and judges the others', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', 'm1').send('work', [heldMessage({ messageId: undefined, undecodable: true })]);
    expect(await scan()).toMatchObject({
      complete: false,
      counts: { unprocessed: 1, uncertain: 1 },
      findings: [{ code: 'MESSAGES_UNDECODABLE', evidence: { count: 1 } }],
    });
  });

  it('does not attach to a queue that the broker does not have any more', async () => {
    const { queues, scan } = setup();
    queues.sendIds('other', 'm1');
    expect(await scan()).toMatchObject({ complete: false, parts: [], findings: [{ code: 'QUEUE_GONE' }] });
    expect(queues.scans).toEqual([]);
  });

  it('says so when the queue was removed during the scan', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', 'm1');
    let reads = 0;
    const readCounts = async () => {
      reads += 1;
      return reads === 1 ? await queues.counts() : { queues: new Map(), durableSubscriptions: [] };
    };
    expect(await scan({ readCounts })).toMatchObject({ complete: false, findings: [{ code: 'QUEUE_GONE' }] });
  });

  it('is incomplete where the counters are impossible', async () => {
    const { queues, scan } = setup();
    queues.sendIds('work', 'm1');
    const oddQueues = [{ queue: 'work', problem: 'size is "-1"' }];
    const readCounts = async () => ({ queues: new Map(), oddQueues, durableSubscriptions: [] });
    expect(await scan({ readCounts })).toMatchObject({
      complete: false,
      counts: { unprocessed: 1 },
      findings: [{ code: 'COUNTS_ODD', message: expect.stringContaining('size is "-1"') }],
    });
  });

  it('says of an empty queue without counters that it may not exist', async () => {
    const { queues, scan } = setup();
    expect(await scan({ readCounts: async () => undefined })).toMatchObject({
      complete: true,
      findings: [{ code: 'COUNTS_UNVERIFIED' }, { code: 'EMPTY_OR_MISSING' }],
    });
    expect(queues.scans).toHaveLength(1);
  });

  it('goes on where the broker keeps one queue from the user, and fails where it refuses him', async () => {
    const { scan } = setup();
    const refusing = (error: Error): Partial<ScanPorts> => ({
      readCounts: async () => undefined,
      queueScan: { scan: async () => Promise.reject(error) },
    });
    const ofQueue = new AccessDenied('a link that receives: amqp:unauthorized-access', { queue: 'work' });
    expect(await scan(refusing(ofQueue))).toMatchObject({ complete: false, findings: [{ code: 'QUEUE_REFUSED' }] });
    const ofUser = new AccessDenied('the AMQP connection: amqp:unauthorized-access');
    await expect(scan(refusing(ofUser))).rejects.toBe(ofUser);
    // The ledger's table is no queue.
    const ofTable = new NotFound('BatchGetItem', { subject: 'work' });
    await expect(scan(refusing(ofTable))).rejects.toBe(ofTable);
  });

  it('leaves what is absent here uncertain while the other Region cannot be read', async () => {
    const { queues, ledger, scan } = setup();
    queues.sendIds('work', 'm1', 'm2', 'm3');
    ledger.processed('ID:m1').given({ claims: [claimRecord()] }, 'ID:m2');
    ledger.otherRegion = 'unreachable';
    expect((await scan()).counts).toEqual({ processed: 1, unprocessed: 0, uncertain: 2, expired: 0 });
  });

  it.each(['ledger', 'store', 'counters'])('raises what the %s raises', async (broken) => {
    const { queues, store, scan } = setup();
    queues.sendIds('work', 'm1');
    const failing = async () => {
      throw new ServiceUnavailable(`no ${broken}`);
    };
    if (broken === 'store') store.failNext = new ServiceUnavailable('no store');
    const ports = { ledger: { ledger: { lookup: failing } }, counters: { readCounts: failing }, store: {} }[broken];
    await expect(scan(ports)).rejects.toThrow(`no ${broken}`);
    expect(queues.idsIn('work')).toEqual(['m1']);
  });
});
