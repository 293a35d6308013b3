import { describe, expect, it } from 'vitest';
import { consumerFaultsOf } from '../../../../gameday/traffic/consumer-faults.ts';
import { Traffic, type TrafficPlan, type TrafficResult } from '../../../../gameday/traffic/traffic.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { ActiveMqBroker } from '../../../../simulator/world/broker/active-mq-broker.ts';
import { SimulatedAws } from '../../../../simulator/world/simulated-aws.ts';
import { consumerLedgers } from '../../../../testbed/consumer-ledger.ts';
import { InMemoryDataPlanes } from '../../simulator/world/support/in-memory-data-planes.ts';

const A = 'us-east-1';
const B = 'us-west-2';
const table = 'ledger';

const plan: TrafficPlan = {
  pair: 'orders',
  queues: ['orders.placed'],
  producers: 1,
  consumers: 1,
  ratePerSecond: 2,
  bodyBytes: 64,
};

interface Rehearsal {
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  readonly east: ActiveMqBroker;
  readonly west: ActiveMqBroker;
  readonly traffic: Traffic;
}

/** Runs traffic against two simulated brokers with a ledger, and returns the delivery accounting at the end. */
const rehearse = async (
  body: (rehearsal: Rehearsal) => Promise<void>,
  { ledger = true, overrides = {} }: { readonly ledger?: boolean; readonly overrides?: Partial<TrafficPlan> } = {},
): Promise<TrafficResult> => {
  const clock = new VirtualClock({ startMs: Date.parse('2026-03-02T10:00:00Z'), watchdogMs: 10_000 });
  const aws = new SimulatedAws({ clock, seed: 3, dataPlanes: new InMemoryDataPlanes() });
  await aws.addTable({
    tableName: table,
    partitionKey: 'pk',
    sortKey: 'sk',
    consistency: 'eventual',
    regions: [A, B],
  });
  const broker = (brokerName: string, region: string): ActiveMqBroker =>
    new ActiveMqBroker({
      brokerId: `b-${brokerName}`,
      brokerName,
      region,
      nowMs: () => clock.nowMs(),
      authenticate: () => true,
    });
  const east = broker('east', A);
  const west = broker('west', B);
  west.powerOff();
  const random = aws.randomStream('traffic');
  const open = consumerLedgers({
    clock,
    random,
    pair: 'orders',
    table,
    awsFrom: (fromRegion) => aws.clientSettings({ fromRegion, connectionTimeoutMs: 1_000, requestTimeoutMs: 2_000 }),
  });
  return await clock.run('test', async () => {
    const traffic = new Traffic(
      { ...plan, ...overrides },
      clock,
      {
        clock,
        random,
        credentials: { username: 'application', password: 'any' },
        endpoints: () => [
          { host: 'east', port: 5671 },
          { host: 'west', port: 5671 },
        ],
        connect: async ({ host }) => (host === 'east' ? east : west).connect(),
        faults: consumerFaultsOf(aws.faults),
        ...(ledger && {
          ledger: ({ host }, run) =>
            open(host === 'east' ? { region: A, otherRegion: B } : { region: B, otherRegion: A }, run),
        }),
      },
      () => {},
    );
    await body({ clock, aws, east, west, traffic });
    await traffic.stop();
    return traffic.result(
      [east, west].flatMap((each) =>
        [...each.queueDepths().keys()].map((queue) => ({
          brokerId: each.brokerId,
          queue,
          serves: each.acceptsClients,
          messageIds: each.messages(queue).map(({ id }) => id.replace(/^ID:/, '')),
        })),
      ),
    );
  });
};

/** Copies what the west does not have from the east, as after a failover before acknowledgements crossed. */
const copyToWest = (east: ActiveMqBroker, west: ActiveMqBroker, copies: Parameters<typeof west.store.apply>[0][]) => {
  east.store.observer = (event) => copies.push(event);
  return () => {
    for (const event of copies) if (event.kind !== 'ack') west.store.apply(event);
  };
};

describe('traffic with the ledger', () => {
  it('processes everything once, and records it in the Region of the broker', async () => {
    let recorded = 0;
    const result = await rehearse(async ({ clock, aws }) => {
      await clock.sleepMs(20_000);
      const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
      const client = new DynamoDBClient({ ...aws.clientSettings(), region: A });
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
      recorded = Items.filter(({ sk }) => sk?.S === `P#${A}`).length;
      expect(new Set(Items.map(({ sk }) => sk?.S))).toEqual(new Set([`P#${A}`, `C#${A}`]));
      expect(Items.map(({ pk }) => pk?.S)).toContain('orders|orders.placed|ID:orders-p1-1');
    });
    expect(recorded).toBeGreaterThan(30);
    expect(result.messages).toMatchObject({ processedTwice: 0, lost: 0, queued: 0, uncertain: 0 });
    expect(result.messages.processedOnce).toBe(result.messages.confirmed);
  });

  it('acknowledges second deliveries on the other broker without a second effect; without the ledger there is one', async () => {
    const failover = async ({ clock, east, west }: Rehearsal): Promise<void> => {
      const copies: Parameters<typeof west.store.apply>[0][] = [];
      const deliverAgain = copyToWest(east, west, copies);
      await clock.sleepMs(20_000);
      // Longer than the lag of the table.
      east.powerOff();
      await clock.sleepMs(5_000);
      deliverAgain();
      west.powerOn();
      await clock.sleepMs(20_000);
    };
    const withLedger = await rehearse(failover);
    expect(withLedger.messages).toMatchObject({ processedTwice: 0, lost: 0, queued: 0 });
    expect(withLedger.consumers['processed-before']).toBeGreaterThan(30);
    const without = await rehearse(failover, { ledger: false });
    expect(without.messages.processedTwice).toBeGreaterThan(30);
  });

  it('processes twice what the ledger of the lost Region could not tell in time, no more', async () => {
    const result = await rehearse(async ({ clock, aws, east, west }) => {
      const copies: Parameters<typeof west.store.apply>[0][] = [];
      const deliverAgain = copyToWest(east, west, copies);
      await clock.sleepMs(20_000);
      aws.faults.start({ kind: 'ledger-lag' });
      await clock.sleepMs(10_000);
      east.powerOff();
      deliverAgain();
      west.powerOn();
      await clock.sleepMs(20_000);
    });
    // Two messages a second for the ten seconds of the lag, and what was under way.
    expect(result.messages.processedTwice).toBeGreaterThanOrEqual(18);
    expect(result.messages.processedTwice).toBeLessThanOrEqual(24);
    expect(result.consumers['processed-before']).toBeGreaterThan(30);
  });

  it('names what a consumer did right before it died, and processes that again only after the claim has run out', async () => {
    const result = await rehearse(async ({ clock, aws }) => {
      await clock.sleepMs(5_000);
      aws.faults.start({ kind: 'consumer-crash', messageId: '*-15', count: 1 });
      await clock.sleepMs(20_000);
      aws.faults.start({ kind: 'consumer-crash', consumer: 'orders-c*', count: 1 });
      await clock.sleepMs(200_000);
    });
    // A dead consumer leaves the claims of its whole batch behind; only one of those messages had taken effect.
    expect(result.consumers.crashed).toBe(2);
    expect(result.consumers['taken-over']).toBeGreaterThanOrEqual(2);
    expect(result.messages.uncertain).toBe(2);
    expect(result.messages.named.uncertain[0]?.id).toBe('orders-p1-15');
    expect(result.messages.named.processedTwice.map(({ id }) => id)).toEqual(
      result.messages.named.uncertain.map(({ id }) => id),
    );
    for (const { processedAtMs } of result.messages.named.uncertain) {
      expect((processedAtMs[1] ?? 0) - (processedAtMs[0] ?? 0)).toBeGreaterThan(60_000);
    }
    expect(result.messages).toMatchObject({ lost: 0, queued: 0 });
  });

  it('dies without a ledger too, and then whatever was not acknowledged takes effect again', async () => {
    const result = await rehearse(
      async ({ clock, aws }) => {
        await clock.sleepMs(5_000);
        aws.faults.start({ kind: 'consumer-crash', messageId: '*-15', count: 1 });
        await clock.sleepMs(20_000);
      },
      { ledger: false },
    );
    expect(result.consumers).toEqual({ crashed: 1 });
    expect(result.messages.named.processedTwice.map(({ id }) => id)).toContain('orders-p1-15');
    expect(result.messages.lost).toBe(0);
  });

  it.each([true, false])(
    'puts a message on the dead-letter queue after six redeliveries (ledger: %s)',
    async (ledger) => {
      const result = await rehearse(
        async ({ clock, aws, east }) => {
          aws.faults.start({ kind: 'poison-message', messageId: '*-7', queue: 'orders.*' });
          await clock.sleepMs(60_000);
          expect(east.messages('ActiveMQ.DLQ').map(({ id }) => id)).toEqual(['ID:orders-p1-7']);
        },
        { ledger },
      );
      expect(result.consumers).toMatchObject({ failed: 7, rejected: 1 });
      expect(result.messages).toMatchObject({ deadLettered: 1, lost: 0, queued: 0, processedTwice: 0 });
      expect(result.messages.named.deadLettered.map(({ id }) => id)).toEqual(['orders-p1-7']);
      expect(result.messages.processedOnce).toBe(result.messages.confirmed - 1);
    },
  );

  it('takes no effect while the ledger cannot be asked, and goes on when it can', async () => {
    const result = await rehearse(async ({ clock, aws, traffic }) => {
      await clock.sleepMs(10_000);
      const outage = aws.faults.start({ kind: 'server-error', service: 'dynamodb', statusCode: 503 });
      await clock.sleepMs(5_000);
      const { processed } = traffic.counters;
      await clock.sleepMs(20_000);
      expect(traffic.counters.processed).toBe(processed);
      aws.faults.stop(outage);
      await clock.sleepMs(120_000);
    });
    expect(result.messages).toMatchObject({ lost: 0, queued: 0, processedTwice: 0 });
    expect(result.deliveries.longestMs).toBeGreaterThan(20_000);
  });

  it('is the same run twice', async () => {
    const once = () =>
      rehearse(
        async ({ clock, aws }) => {
          aws.faults.start({ kind: 'consumer-crash', probability: 0.05, count: 3 });
          aws.faults.start({ kind: 'throttling', service: 'dynamodb', probability: 0.05 });
          await clock.sleepMs(60_000);
          aws.faults.stopAll();
          await clock.sleepMs(120_000);
        },
        { overrides: { consumers: 2 } },
      );
    const first = await once();
    expect(first.consumers.crashed).toBe(3);
    expect(await once()).toEqual(first);
  });
});
