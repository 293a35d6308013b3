import type { Duplex } from 'node:stream';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { AmqpQueueScan } from '../../../../../functions/reconciliation/queue-scan/amqp-queue-scan.ts';
import type { HeldMessage, ScanOptions, ScanSummary } from '../../../../../functions/reconciliation/queue-scan/port.ts';
import { VirtualClock } from '../../../../../simulator/clock/virtual-clock.ts';
import { ActiveMqBroker } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import { AmqpTestClient, settleStreams } from '../../../../support/amqp-client.ts';
import { fakeRuntime } from '../../../../support/fake-ports.ts';

const quarantine = 'mq-dr.quarantine.q';
const hourMs = 3_600_000;

interface Rehearsal {
  readonly clock: VirtualClock;
  readonly broker: ActiveMqBroker;
  readonly client: AmqpTestClient;
  /** Scans `q` and removes what the test says; nothing with `remove` left out. */
  readonly scan: (
    remove?: (message: HeldMessage) => boolean,
    options?: Pick<ScanOptions, 'sizeAtStart'>,
  ) => Promise<ScanSummary>;
  /** Client ends of the scan's connections that are open. */
  readonly streams: Duplex[];
}

const rehearse = async (body: (rehearsal: Rehearsal) => Promise<void>, leavesOver?: () => boolean): Promise<void> => {
  const clock = new VirtualClock({ startMs: 0, watchdogMs: 20_000 });
  const broker = new ActiveMqBroker({
    brokerId: 'b-1',
    brokerName: 'orders',
    region: 'us-east-1',
    nowMs: () => clock.nowMs(),
    authenticate: () => true,
    leavesOver,
  });
  const streams: Duplex[] = [];
  const connect = async (): Promise<Duplex> => {
    const stream = broker.connect();
    streams.push(stream);
    return stream;
  };
  const runtime = { ...fakeRuntime({ connect }), clock };
  const access = {
    broker: { amqpEndpoints: ['amqp+ssl://b-1-1.mq.us-east-1.amazonaws.com:5671'] },
    credentials: { username: 'reconciler', password: 'any' },
  };
  await clock.run('test', async () => {
    const client = await AmqpTestClient.connect(broker);
    const scan: Rehearsal['scan'] = (remove, options = {}) =>
      new AmqpQueueScan(runtime, access).scan(
        'q',
        { deadlineMs: clock.nowMs() + hourMs, ...(remove && { quarantine }), ...options },
        async (batch) => batch.map((message) => (remove?.(message) ? 'remove' : 'keep')),
      );
    await body({ clock, broker, client, scan, streams });
  });
};

const everyThird = ({ messageId }: HeldMessage): boolean => Number(String(messageId).slice(1)) % 3 === 0;

const idsOn = (broker: ActiveMqBroker, queue: string): string[] => broker.messages(queue).map(({ id }) => id);

const numbered = (count: number, fits: (number: number) => boolean = () => true): string[] =>
  Array.from({ length: count }, (_unused, index) => index + 1)
    .filter(fits)
    .map((number) => `ID:m${number}`);

/** Everything that a consumer gets now, in order. */
const drained = async (client: AmqpTestClient): Promise<readonly (readonly [unknown, number])[]> => {
  const all: (readonly [unknown, number])[] = [];
  for (;;) {
    // A session buffers 2,048 messages that are not answered.
    const page = await client.receive('q', 1_000);
    if (page.length === 0) return all;
    all.push(...page.map(({ id, deliveryCount }) => [id, deliveryCount] as const));
  }
};

describe('the queue scan on the embedded broker', () => {
  it('sees every message of a deep queue and leaves all of it as it was', async () => {
    await rehearse(async ({ broker, client, scan }) => {
      await client.sendNumbered('q', 'm', 3_500);
      const summary = await scan();
      expect(summary).toMatchObject({ seen: 3_500, removed: 0, complete: true });
      expect(broker.queueStatistics().get('q')).toMatchObject({
        size: 3_500,
        inFlight: 0,
        enqueued: 3_500,
        dequeued: 0,
      });
      expect(await drained(client)).toEqual(numbered(3_500).map((id) => [id.slice(3), 0]));
    });
  });

  it('sees what the broker leaves over for a link, in its place, and removes it too', async () => {
    await rehearse(
      async ({ broker, client, scan }) => {
        await client.sendNumbered('q', 'm', 3_500);
        expect(await scan()).toMatchObject({ seen: 3_500, complete: true, deliveries: { before: 0, after: 0 } });
        expect(idsOn(broker, 'q')).toEqual(numbered(3_500));
        expect(await scan(everyThird)).toMatchObject({ seen: 3_500, removed: 1_166, complete: true });
        expect(idsOn(broker, 'q')).toEqual(numbered(3_500, (number) => number % 3 !== 0));
        expect(idsOn(broker, quarantine).length).toBe(1_166);
      },
      () => true,
    );
  });

  it('removes messages that follow each other, and those that stand alone', async () => {
    await rehearse(async ({ broker, client, scan }) => {
      await client.sendNumbered('q', 'm', 1_250);
      const isWanted = (number: number): boolean => number % 10 < 4 || number % 10 === 7;
      const summary = await scan(({ messageId }) => isWanted(Number(String(messageId).slice(1))));
      expect(summary).toMatchObject({ seen: 1_250, removed: numbered(1_250, isWanted).length, complete: true });
      expect(idsOn(broker, 'q')).toEqual(numbered(1_250, (number) => !isWanted(number)));
      expect(idsOn(broker, quarantine).sort()).toEqual([...numbered(1_250, isWanted)].sort());
    });
  });

  it('removes exactly what is judged so, with a copy of the same bytes, beside a live consumer', async () => {
    await rehearse(async ({ broker, client, scan }) => {
      const message = (number: number) => ({
        message_id: `m${number}`,
        correlation_id: rhea.types.wrap_ulong(number),
        group_id: undefined,
        application_properties: { short: rhea.types.wrap_short(7), text: 'ä' },
        message_annotations: { 'x-opt-note': rhea.types.wrap_ubyte(1) },
        body: number % 2 === 0 ? rhea.message.data_section(Buffer.from([number % 256])) : { text: `${number}` },
      });
      await client.send(
        'q',
        Array.from({ length: 2_400 }, (_unused, index) => message(index + 1)),
      );
      const bytes = new Map(broker.store.browse('q').map(({ message: stored }) => [stored.id, stored.bytes]));
      const live = await AmqpTestClient.connect(broker);
      await live.receive('q', 5, { answer: 'hold' });
      const summary = await scan(everyThird);
      expect(summary).toMatchObject({ seen: 2_395, complete: true });
      await live.close();
      const removed = numbered(2_400, (number) => number > 5 && number % 3 === 0);
      expect(summary.removed).toBe(removed.length);
      expect([...idsOn(broker, quarantine)].sort()).toEqual([...removed].sort());
      expect(idsOn(broker, 'q')).toEqual(numbered(2_400, (number) => number <= 5 || number % 3 !== 0));
      for (const { message: stored } of broker.store.browse(quarantine)) {
        expect(stored.idFromClient).toBe(true);
        expect(bytes.get(stored.id)?.equals(stored.bytes) ?? true).toBe(true);
      }
      const order = (await drained(client)).map(([id]) => `ID:${id}`);
      // What the live consumer held goes back when its connection closes, behind what the scan had given back.
      expect([...order].sort()).toEqual([...numbered(2_400, (number) => number <= 5 || number % 3 !== 0)].sort());
    });
  });

  it('ends where only messages follow that arrived during the scan once it has seen what was there, and says so', async () => {
    await rehearse(async ({ client, scan }) => {
      await client.send('q', [{ message_id: 'old', creation_time: 0, body: 'x' }]);
      const newer = Array.from({ length: 12 }, (_unused, index) => ({
        message_id: `m${index}`,
        creation_time: hourMs,
        body: 'x',
      }));
      await client.send('q', newer);
      expect(await scan(undefined, { sizeAtStart: 1 })).toMatchObject({
        seen: 13,
        complete: true,
        notes: [expect.stringContaining('arrived during the scan')],
      });
    });
  });

  it.each([[11], [undefined]])(
    'reads on where a producer’s clock is 61 s ahead, of a queue of %s',
    async (sizeAtStart) => {
      await rehearse(async ({ client, clock, scan }) => {
        const ahead = { message_id: 'ahead', creation_time: clock.nowMs() + 61_000, body: 'x' };
        await client.send('q', [ahead]);
        await client.send(
          'q',
          numbered(10).map((id) => ({ message_id: id, creation_time: clock.nowMs(), body: 'x' })),
        );
        expect(await scan(undefined, { sizeAtStart })).toMatchObject({ seen: 11, complete: true, notes: [] });
      });
    },
  );

  it('keeps the order of a queue with message groups', async () => {
    await rehearse(async ({ client, scan }) => {
      await client.send(
        'q',
        Array.from({ length: 1_300 }, (_unused, index) => ({
          message_id: `m${index + 1}`,
          ...(index % 4 === 0 && { group_id: `g${index % 3}` }),
          body: 'x',
        })),
      );
      expect(await scan()).toMatchObject({ seen: 1_300, complete: true });
      expect((await drained(client)).map(([id]) => `ID:${id}`)).toEqual(numbered(1_300));
    });
  });

  it('loses nothing when its connections break in the middle, and a second one finishes the work', async () => {
    await rehearse(async ({ broker, client, scan, streams }) => {
      await client.sendNumbered('q', 'm', 1_500);
      let judged = 0;
      const broken = scan((message) => {
        judged++;
        if (judged === 700) for (const stream of streams) stream.destroy();
        return everyThird(message);
      });
      await expect(broken).rejects.toThrow();
      await settleStreams();
      expect([...idsOn(broker, 'q'), ...idsOn(broker, quarantine)].sort()).toEqual([...numbered(1_500)].sort());
      expect(broker.queueStatistics().get('q')).toMatchObject({ inFlight: 0, consumers: 0 });
      expect(await scan(everyThird)).toMatchObject({ complete: true });
      expect([...idsOn(broker, quarantine)].sort()).toEqual([...numbered(1_500, (number) => number % 3 === 0)].sort());
      expect(idsOn(broker, 'q')).toEqual(numbered(1_500, (number) => number % 3 !== 0));
    });
  });

  it('loses nothing when the broker is started again in the middle', async () => {
    await rehearse(async ({ broker, client, scan }) => {
      await client.sendNumbered('q', 'm', 900);
      let judged = 0;
      const broken = scan((message) => {
        if (++judged === 300) broker.powerOff();
        return everyThird(message);
      });
      await expect(broken).rejects.toThrow();
      broker.powerOn();
      expect([...idsOn(broker, 'q'), ...idsOn(broker, quarantine)].sort()).toEqual([...numbered(900)].sort());
      expect(await scan(everyThird)).toMatchObject({ complete: true });
      const after = await AmqpTestClient.connect(broker);
      expect(await drained(after)).toEqual(numbered(900, (number) => number % 3 !== 0).map((id) => [id.slice(3), 0]));
    });
  });

  it('meets no message that has expired, which the broker puts on the dead-letter queue', async () => {
    await rehearse(async ({ clock, broker, client, scan }) => {
      await client.send('q', [
        { message_id: 'm1', body: 'x' },
        { message_id: 'm2', ttl: 1_000, body: 'x' },
        { message_id: 'm3', body: 'x' },
      ]);
      await clock.sleepMs(2_000);
      expect(await scan()).toMatchObject({ seen: 2, complete: true });
      expect([idsOn(broker, 'q'), idsOn(broker, 'ActiveMQ.DLQ')]).toEqual([['ID:m1', 'ID:m3'], ['ID:m2']]);
    });
  });
});
