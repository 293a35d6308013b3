import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { quarantineCopy } from '../../../functions/reconciliation/amqp/quarantine-copy.ts';
import type { HeldMessage, ScanSummary } from '../../../functions/reconciliation/queue-scan/port.ts';
import { connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { openBroker } from '../../../tools/real/activemq/given-broker.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { comparable, type FilledQueue, fillQueue, idOfRaw } from './filled-queue.ts';
import { JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';
import { withoutActiveMq } from './without-activemq.ts';

/** A scan of 20,000 messages takes seconds; the limit is for a busy host. */
const scanTimeMs = 120_000;

const idOf = ({ messageId }: HeldMessage): string => canonicalAmqpId(messageId) ?? '';

describe.runIf(!withoutActiveMq)('a scan of a queue of a real broker', () => {
  let broker: TestBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    broker = await openBroker(process.env);
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  /** Removes what `processed` has; gives what was seen, in order. */
  const repair = async (
    queue: string,
    quarantine: string,
    processed: ReadonlySet<string>,
  ): Promise<{ readonly summary: ScanSummary; readonly seen: readonly string[] }> => {
    const seen: string[] = [];
    const summary = await scanOn(broker).scan(
      queue,
      { quarantine, deadlineMs: Date.now() + scanTimeMs },
      async (batch) =>
        batch.map((message) => {
          seen[message.position] = idOf(message);
          return processed.has(idOf(message)) ? 'remove' : 'keep';
        }),
    );
    return { summary, seen };
  };

  const everyThird = (count: number): ReadonlySet<string> =>
    new Set(Array.from({ length: Math.ceil(count / 3) }, (_, index) => `ID:m${index * 3}`));

  const interleaved = ({ order }: FilledQueue): ReadonlySet<string> =>
    new Set(order.filter((_id, position) => position % 10 < 2 || position % 37 === 5));

  it('removes exactly what is proved processed of 20,000 mixed messages, beside a live consumer', async () => {
    const queue = `scan-${randomUUID()}`;
    const quarantine = `${queue}.quarantine`;
    const filled = await fillQueue(broker, jms, queue, { jms: 10_000, amqp: 10_200 });
    expect(filled.order.length).toBe(20_200);
    const processed = interleaved(filled);

    const live = await jms.consumeSlowly(queue, 20);
    const beforeScan = await waitUntil('the first messages', 10_000, async () => live.received.length || undefined);
    const { summary, seen } = await repair(queue, quarantine, processed);
    const duringScan = live.received.length;
    await waitUntil('more messages', 10_000, async () => live.received.length > duringScan + 20 || undefined);
    await live.end();

    // What the consumer had before the scan held the queue was its own to take.
    const taken = live.received.map(({ id }) => id);
    const mine = new Set(seen);
    const removed = new Set(filled.order.filter((id) => processed.has(id) && mine.has(id)));
    expect(summary).toMatchObject({ complete: true, removed: removed.size, deliveries: { before: 0, after: 0 } });
    expect(beforeScan).toBeGreaterThan(0);
    expect(filled.order.length - seen.length).toBeLessThan(taken.length);

    const consumed = new Set(taken);
    const left = filled.order.filter((id) => !removed.has(id) && !consumed.has(id));
    const drained = await jms.drain(queue, left.length);
    // The live consumer had one message in hand when it ended, which came back behind the others.
    const [first = '', ...others] = left;
    const drainedIds = drained.map(({ id }) => id);
    expect([left, [...others, first]]).toContainEqual(drainedIds);
    expect(new Set([...taken, ...drainedIds]).size).toBe(taken.length + drainedIds.length);
    for (const message of [...live.received, ...drained]) {
      const expected = filled.expected.get(message.id);
      expect(comparable(message)).toEqual(expected && comparable(expected));
    }
    expect(Math.max(...drained.map(({ redeliveries }) => redeliveries))).toBeLessThan(2);

    const quarantined = await rawMessages(broker, quarantine);
    expect(quarantined.map(idOfRaw).sort()).toEqual([...removed].sort());
    for (const copy of quarantined) {
      const original = filled.raw.get(idOfRaw(copy));
      expect(copy.equals(quarantineCopy(original ?? Buffer.alloc(0)))).toBe(true);
    }
  });

  it('misses none of 20,000 messages while others are sent and it removes some itself', async () => {
    const count = 20_000;
    const message = (number: number) => ({ message_id: `m${number}`, body: 'x'.repeat(1_024), durable: true });
    const connection = await connectAmqp(broker);
    // Each round gives the broker's threads other chances to come between a request and its answer.
    for (let round = 1; round <= 3; round++) {
      const queue = `hurried-${randomUUID()}`;
      await sendAmqp(
        connection,
        queue,
        Array.from({ length: count }, (_, number) => message(number)),
      );
      let scanning = true;
      const sending = (async () => {
        let sent = count;
        while (scanning) {
          const more = Array.from({ length: 50 }, (_, number) => message(sent + number));
          await sendAmqp(connection, queue, more);
          sent += more.length;
        }
        return sent;
      })();
      const removed = everyThird(count);
      const { summary, seen } = await repair(queue, `${queue}.quarantine`, removed);
      scanning = false;
      const sent = await sending;
      const order = Array.from({ length: sent }, (_, number) => `ID:m${number}`);
      expect(summary.complete).toBe(true);
      expect(seen.slice(0, count)).toEqual(order.slice(0, count));
      const left = (await rawMessages(broker, queue)).map(idOfRaw);
      expect(left).toEqual(order.filter((id) => !removed.has(id)));
    }
    connection.close();
  });
});
