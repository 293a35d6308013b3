import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { judgeConservation } from '../../../functions/reconciliation/conservation.ts';
import type { ScanSummary } from '../../../functions/reconciliation/queue-scan/port.ts';
import { randomStream } from '../../../simulator/world/seeded-random.ts';
import { countsOn, scanOn } from '../../../tools/real/activemq/broker-access.ts';
import { brokerIsGiven, openBroker } from '../../../tools/real/activemq/given-broker.ts';
import { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import { comparable, difference, type FilledQueue, fillQueue, idOfRaw, noDifference } from './filled-queue.ts';
import { JmsTool } from './jms-tool.ts';
import { scanInChild } from './killed-scan.ts';
import { rawMessages } from './raw-queue.ts';
import type { ChildTask } from './scan-child.ts';
import { withoutActiveMq } from './without-activemq.ts';

const scanTimeMs = 120_000;

/** A scan takes two seconds at least, and so long the broker was seen to clean up on a busy host. */
const mostScans = 5;

/** A scan that dies raises the counters of everything it held, so one queue stands only so many. */
const killsOfQueues = [4, 3, 3];

/** Moments of the kills: a scan of 20,400 messages has some 210 batches, and removes after every 20 to 40 of them. */
const latestKill = { batches: 170, thenMs: 60 };

describe.runIf(!withoutActiveMq)('a scan that dies on a real broker', () => {
  let broker: TestBroker;
  let jms: JmsTool;
  let folder: string;

  beforeAll(async () => {
    broker = await openBroker(process.env);
    jms = await JmsTool.compile(broker);
    folder = await mkdtemp(join(tmpdir(), 'mq-dr-scan-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await jms?.dispose();
    await broker?.stop();
  });

  /**
   * Scans until the counters confirm that all was seen, as an operator does after `Incomplete`: as long as the broker
   * cleans up after the dead, it offers nobody what they held. A scan that they wrongly confirm shows in what is left.
   */
  const finish = async (task: ChildTask): Promise<ScanSummary | undefined> => {
    const counts = async () => (await countsOn(broker)).queues.get(task.queue);
    for (let attempt = 1; ; attempt++) {
      const before = await counts();
      const summary = await scanInChild(task);
      const findings = summary && judgeConservation(task.queue, before, await counts(), summary);
      if (findings?.length === 0) return summary;
      if (attempt === mostScans) throw new Error(`after ${attempt} scans: ${JSON.stringify(findings)}`);
      console.log(`scan ${attempt}: ${findings?.map(({ message }) => message).join('; ')}`);
    }
  };

  const processedOf = ({ order }: FilledQueue): ReadonlySet<string> =>
    new Set(order.filter((_id, position) => position % 10 < 2 || position % 37 === 5));

  /** Nothing lost, nothing processed left, nothing twice, and every message as it was. */
  const expectRepaired = async (filled: FilledQueue, quarantine: string, processed: ReadonlySet<string>) => {
    const quarantined = (await rawMessages(broker, quarantine)).map(idOfRaw);
    const left = filled.order.filter((id) => !processed.has(id));
    const drained = await jms.drain(filled.queue, left.length);
    // Both at once: what is missing in one of them may be in the other.
    expect({
      quarantine: difference(quarantined, [...processed]),
      queue: difference(
        drained.map(({ id }) => id),
        left,
      ),
    }).toEqual({ quarantine: noDifference, queue: noDifference });
    for (const message of drained) {
      const expected = filled.expected.get(message.id);
      expect(comparable(message)).toEqual(expected && comparable(expected));
    }
    return drained;
  };

  it('leaves each message in the queue or in the quarantine when it is killed, ten times, and a new one finishes', async () => {
    const seed = Number(process.env.MQ_DR_SEED ?? 5);
    const random = randomStream(seed, 'kills');
    for (const [index, kills] of killsOfQueues.entries()) {
      const queue = `killed-${randomUUID()}`;
      const quarantine = `${queue}.quarantine`;
      const filled = await fillQueue(broker, jms, queue, { jms: 8_000, amqp: 12_400 });
      const processed = processedOf(filled);
      const processedFile = join(folder, `processed-${index}`);
      await writeFile(processedFile, [...processed].join('\n'));
      const { amqpUrl, credentials } = broker;
      const task = { target: { amqpUrl, credentials }, queue, quarantine, processedFile };
      for (let kill = 1; kill <= kills; kill++) {
        const batches = 1 + Math.floor(random() * latestKill.batches);
        const thenMs = Math.floor(random() * latestKill.thenMs);
        console.log(`seed ${seed}, queue ${index}, kill ${kill}: ${thenMs} ms after batch ${batches}`);
        expect(await scanInChild(task, { batches, thenMs })).toBeUndefined();
      }
      const summary = await finish(task);
      expect(summary).toMatchObject({ complete: true });
      const drained = await expectRepaired(filled, quarantine, processed);
      const redeliveries = Math.max(...drained.map((message) => message.redeliveries));
      expect(summary?.deliveries).toEqual({ before: redeliveries, after: redeliveries });
      expect(redeliveries).toBeGreaterThan(0);
      expect(redeliveries).toBeLessThanOrEqual(kills);
    }
  });

  it.runIf(!brokerIsGiven(process.env))('ends when the broker is restarted, and a new one finishes', async () => {
    if (!(broker instanceof RealBroker)) throw new Error('only a broker of our own can be restarted');
    const own = broker;
    const queue = `restarted-${randomUUID()}`;
    const quarantine = `${queue}.quarantine`;
    const filled = await fillQueue(own, jms, queue, { jms: 8_000, amqp: 12_400 });
    // What is not persistent does not survive a restart, and is not the scan's business.
    const lasting = filled.order.filter((id) => filled.expected.get(id)?.mode === 2);
    const processed = processedOf({ ...filled, order: lasting });
    let batches = 0;
    const scan = () =>
      scanOn(own).scan(queue, { quarantine, deadlineMs: Date.now() + scanTimeMs }, async (batch) => {
        batches += 1;
        if (batches === 90) void own.shutDown();
        return batch.map(({ messageId }) => (processed.has(canonicalAmqpId(messageId) ?? '') ? 'remove' : 'keep'));
      });
    await expect(scan()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    await own.shutDown();
    await own.startAgain();
    // The store's order may differ from that in memory where several producers sent at the same time.
    const stored = (await rawMessages(own, queue)).map(idOfRaw);
    expect(await scan()).toMatchObject({ complete: true, deliveries: { before: 0, after: 0 } });
    const drained = await expectRepaired({ ...filled, order: lasting }, quarantine, processed);
    expect(drained.map(({ id }) => id)).toEqual(stored.filter((id) => !processed.has(id)));
  });
});
