import { randomUUID } from 'node:crypto';
import type { Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import type {
  HeldMessage,
  ScanOptions,
  ScanSummary,
  ScanVerdict,
} from '../../../functions/reconciliation/queue-scan/port.ts';
import { scanQueue } from '../../../functions/reconciliation/scan-queue.ts';
import { connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { countsOn, type ScanTarget, scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { FakeLookup } from '../../support/ledger-entries.ts';
import { difference, fillQueue, idOfRaw, noDifference } from './filled-queue.ts';
import { JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';
import { withoutActiveMq } from './without-activemq.ts';

const scanTimeMs = 60_000;

/** Room for some 7,000 messages of 1 KiB: fewer than the test's queue has. */
const memoryLimit = '20 mb';

const mebibyte = 1_048_576;

describe.runIf(!withoutActiveMq)('the limits of a scan on a real broker', () => {
  let broker: RealBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    // A message of 90 MiB is in the heap several times while AMQP is converted, and the collector may come late.
    broker = await RealBroker.start({ heap: '2g' });
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  const send = async (target: ScanTarget, queue: string, messages: readonly Message[]): Promise<void> => {
    const connection = await connectAmqp(target);
    await sendAmqp(connection, queue, messages);
    connection.close();
  };

  const numbered = (count: number, more: Partial<Message> = {}): readonly Message[] =>
    Array.from({ length: count }, (_, number) => ({ message_id: `m${number}`, durable: true, body: 'x', ...more }));

  const scan = async (
    queue: string,
    judge: (message: HeldMessage) => ScanVerdict,
    { target = broker, ...options }: Partial<ScanOptions> & { readonly target?: ScanTarget } = {},
  ): Promise<ScanSummary> => {
    return await scanOn(target).scan(queue, { deadlineMs: Date.now() + scanTimeMs, ...options }, async (batch) =>
      batch.map(judge),
    );
  };

  it('keeps message groups in order', async () => {
    const queue = `groups-${randomUUID()}`;
    const quarantine = `${queue}.quarantine`;
    const filled = await fillQueue(broker, jms, queue, { jms: 4_000, amqp: 500, groups: true });
    const processed = new Set(filled.order.filter((_id, position) => position % 4 === 1));
    const summary = await scan(
      queue,
      ({ messageId }) => (processed.has(canonicalAmqpId(messageId) ?? '') ? 'remove' : 'keep'),
      { quarantine },
    );
    expect(summary).toMatchObject({ complete: true, seen: 4_500, removed: processed.size });
    const left = filled.order.filter((id) => !processed.has(id));
    const drained = await jms.drain(queue, left.length);
    expect(drained.map(({ id }) => id)).toEqual(left);
    expect(drained.filter(({ group }) => group !== null).length).toBeGreaterThan(500);
    expect(difference((await rawMessages(broker, quarantine)).map(idOfRaw), [...processed])).toEqual(noDifference);
  });

  it('says so when the broker has no memory for more, and leaves everything in order', async () => {
    const small = await RealBroker.start({ memoryLimit });
    try {
      const queue = 'deep';
      await send(small, queue, numbered(20_000, { body: 'x'.repeat(1_024) }));
      const lines: string[] = [];
      const scan = await scanQueue(
        {
          pair: 'orders',
          queue,
          keyPrefix: 'scan-',
          span: { startMs: 0, retentionSeconds: 0 },
          deadlineMs: Date.now() + scanTimeMs,
        },
        {
          queueScan: scanOn(small),
          identify: identifyHeld({ from: 'message-id' }),
          store: { put: async (_key, text) => void lines.push(...text.trimEnd().split('\n')) },
          readCounts: () => countsOn(small),
          ledger: new FakeLookup(),
          nowMs: Date.now,
        },
      );
      expect(lines.length).toBeLessThan(20_000);
      // The broker says nothing of it, but its counters do.
      const message = `${lines.length} messages of ${queue} were seen, but the queue held 20000`;
      expect(scan).toMatchObject({ complete: false, findings: [{ code: 'SEEN_MISMATCH', message }] });
      const consumer = await connectAmqp(small);
      const first = await new Promise((resolve) => {
        consumer
          .open_receiver({ source: queue, credit_window: 1 })
          .once('message', ({ message }) => resolve(message?.message_id));
      });
      consumer.close();
      expect(first).toBe('m0');
    } finally {
      await small.stop();
    }
  });

  // The broker itself refuses an id of more than 65,535 bytes, and a message of more than 100 MiB.
  it('takes messages as they come: without id, with a huge id, of 90 MiB, without a body', async () => {
    const queue = `odd-${randomUUID()}`;
    const quarantine = `${queue}.quarantine`;
    const huge = `"|'\u0000${'i'.repeat(65_000)}`;
    const odd: readonly Message[] = [
      { durable: true, body: 'without an id' },
      { durable: true, message_id: huge, body: 'a huge id' },
      { durable: true, message_id: 'large', body: Buffer.alloc(90 * mebibyte, 7).toString('latin1') },
      { durable: true, message_id: 'last', body: undefined },
    ];
    await send(broker, queue, odd);
    const seen: HeldMessage[] = [];
    const summary = await scan(
      queue,
      (message) => {
        seen.push(message);
        return 'remove';
      },
      { quarantine },
    );
    expect(seen.map(({ messageId }) => messageId)).toEqual([undefined, huge, 'large', 'last']);
    expect(summary).toMatchObject({ complete: true, seen: 4, removed: 4, notes: [] });
    const quarantined = await rawMessages(broker, quarantine);
    expect(quarantined.map((bytes) => Math.floor(bytes.length / mebibyte))).toEqual([0, 0, 90, 0]);
  }, 120_000);

  it('leaves expired messages to the broker', async () => {
    const queue = `expired-${randomUUID()}`;
    await send(broker, queue, [...numbered(300, { ttl: 1 }), ...numbered(300)]);
    expect(await scan(queue, () => 'keep')).toMatchObject({ complete: true, seen: 300 });
  });

  it('ends at a message that was delivered too often', async () => {
    const queue = `worn-${randomUUID()}`;
    await send(broker, queue, [
      ...numbered(10),
      { message_id: 'worn', durable: true, delivery_count: 5, body: 'x' },
      ...numbered(5),
    ]);
    const summary = await scan(queue, () => 'keep');
    expect(summary).toMatchObject({ complete: false, seen: 10, deliveries: { before: 0, after: 0 } });
    expect(summary.notes).toEqual([expect.stringContaining('position 10 was delivered 5 times')]);
  });

  it('names what the broker refuses', async () => {
    const wrong = { amqpUrl: broker.amqpUrl, credentials: { username: 'scanner', password: 'guessed' } };
    const error = await scan('any', () => 'keep', { target: wrong }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AccessDenied' });
    expect(String(error)).not.toContain('guessed');
    const nobody = { amqpUrl: 'amqp://127.0.0.1:1', credentials: wrong.credentials };
    await expect(scan('any', () => 'keep', { target: nobody })).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('gives everything back when the visitor fails', async () => {
    const queue = `failing-${randomUUID()}`;
    await send(broker, queue, numbered(2_500));
    const fails = scanOn(broker).scan(queue, { deadlineMs: Date.now() + scanTimeMs }, async (batch) => {
      if ((batch[0]?.position ?? 0) > 1_500) throw new Error('the ledger is gone');
      return batch.map(() => 'keep');
    });
    await expect(fails).rejects.toThrow('the ledger is gone');
    expect(await scan(queue, () => 'keep')).toMatchObject({ seen: 2_500, deliveries: { before: 0, after: 0 } });
  });
});
