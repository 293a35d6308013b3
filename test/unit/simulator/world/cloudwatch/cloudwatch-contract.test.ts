import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, startMs, ways, withAws } from '../support/aws-under-test.ts';
import { noGauges } from '../support/in-memory-data-planes.ts';

const minuteMs = 60_000;
const at = (minutes: number): Date => new Date(startMs + minutes * minuteMs);

const lagQuery = (MetricName: string, change: object = {}, Dimensions = [{ Name: 'Broker', Value: 'orders-1' }]) => ({
  Id: 'lag',
  MetricStat: { Metric: { Namespace: 'AWS/AmazonMQ', MetricName, Dimensions }, Period: 60, Stat: 'Maximum', ...change },
});

const lastHour = (...MetricDataQueries: NonNullable<GetMetricDataCommandInput['MetricDataQueries']>) =>
  new GetMetricDataCommand({ MetricDataQueries, StartTime: at(0), EndTime: at(60), ScanBy: 'TimestampAscending' });

const custom = (change: object = {}) => ({
  Id: 'custom',
  MetricStat: {
    Metric: { Namespace: 'App', MetricName: 'Orders', Dimensions: [{ Name: 'Queue', Value: 'q' }] },
    Period: 60,
    Stat: 'Sum',
    ...change,
  },
});

describe.each(ways)('CloudWatch, %s', (way) => {
  it('shows a gauge of each minute some 90 s after the minute began', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      dataPlanes.broker(brokerId).reading = { ...noGauges, totalReplicationLagMs: 5_200 };
      const values = async () =>
        (await cloudWatch().send(lastHour(lagQuery('TotalReplicationLag')))).MetricDataResults?.[0];
      await pass(2 * minuteMs + 20_000);
      expect((await values())?.Timestamps).toEqual([]);
      await pass(20_000);
      dataPlanes.broker(brokerId).reading = { ...noGauges, totalReplicationLagMs: 7_000 };
      expect(await values()).toMatchObject({
        Id: 'lag',
        Label: 'TotalReplicationLag',
        StatusCode: 'Complete',
        Timestamps: [at(1)],
        Values: [5_200],
      });
      await pass(2 * minuteMs);
      expect(await values()).toMatchObject({ Timestamps: [at(1), at(2), at(3)], Values: [5_200, 5_200, 7_000] });
    });
  });

  it('has no point for a gauge without value, for a broker that is down, for the standby or for another Region', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const broker = dataPlanes.broker(brokerId);
      broker.connections = 3;
      await pass(1.5 * minuteMs);
      broker.powerOff();
      await pass(5 * minuteMs);
      const standby = lagQuery('CurrentConnectionsCount', {}, [{ Name: 'Broker', Value: 'orders-2' }]);
      const queries = [
        lagQuery('CurrentConnectionsCount'),
        { ...lagQuery('TotalReplicationLag'), Id: 'none' },
        { ...standby, Id: 'standby' },
      ];
      const here = await cloudWatch().send(lastHour(...queries));
      expect(here.MetricDataResults?.map((result) => result.Values)).toEqual([[3], [], []]);
      const elsewhere = await cloudWatch(B).send(lastHour(lagQuery('CurrentConnectionsCount')));
      expect(elsewhere.MetricDataResults?.[0]?.Values).toEqual([]);
    });
  });

  it('reports queue sizes, the replication queue and totals under their dimensions', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const broker = dataPlanes.broker(brokerId);
      broker.depths = new Map([
        ['invoices', 4],
        ['parcels', 38],
      ]);
      broker.reading = { ...noGauges, replicationQueueSize: 12, primaryWaitTimeMs: 61_000 };
      await pass(3 * minuteMs);
      const queue = (name: string, Id: string) => ({
        ...lagQuery('QueueSize', {}, [
          { Name: 'Queue', Value: name },
          { Name: 'Broker', Value: 'orders-1' },
        ]),
        Id,
      });
      const answer = await cloudWatch().send(
        lastHour(
          queue('parcels', 'a'),
          queue('ActiveMQ.Plugin.Replication.Intermediate.Queue', 'b'),
          { ...lagQuery('TotalMessageCount'), Id: 'c' },
          { ...lagQuery('PrimaryWaitTime', { Unit: 'Milliseconds' }), Id: 'd' },
          { ...lagQuery('PrimaryWaitTime', { Unit: 'Seconds' }), Id: 'e' },
        ),
      );
      expect(answer.MetricDataResults?.map((result) => result.Values?.[0])).toEqual([38, 12, 42, 61_000, undefined]);
    });
  });

  it('counts what came to a queue and left it by the minute, and anew after a restart', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const broker = dataPlanes.broker(brokerId);
      broker.depths = new Map([['invoices', 4]]);
      broker.counts = { enqueued: 10, dequeued: 6, expired: 1, consumers: 2, inFlight: 3 };
      await pass(1.5 * minuteMs);
      broker.counts = { ...broker.counts, enqueued: 25, dequeued: 6 };
      await pass(minuteMs);
      broker.counts = { enqueued: 2, dequeued: 1 };
      await pass(3 * minuteMs);
      const names = ['EnqueueCount', 'DequeueCount', 'ExpiredCount', 'ConsumerCount', 'InFlightCount', 'QueueSize'];
      const dimensions = [
        { Name: 'Broker', Value: 'orders-1' },
        { Name: 'Queue', Value: 'invoices' },
      ];
      const queries = names.map((name, index) => ({ ...lagQuery(name, {}, dimensions), Id: `q${index}` }));
      const { MetricDataResults = [] } = await cloudWatch().send(lastHour(...queries));
      expect(MetricDataResults.map(({ Values = [] }, index) => [names[index], Values.slice(0, 3)])).toEqual([
        ['EnqueueCount', [10, 15, 2]],
        ['DequeueCount', [6, 0, 1]],
        ['ExpiredCount', [1, 0, 0]],
        ['ConsumerCount', [2, 2, 0]],
        ['InFlightCount', [3, 3, 0]],
        ['QueueSize', [4, 4, 4]],
      ]);
    });
  });

  it('lists metrics by name and dimensions, in pages, once they can be read and as long as they are recent', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const other = aws.addBroker({ region: A, brokerName: 'parcels' });
      const queues = Array.from({ length: 1_200 }, (_unused, index) => `q${index}`);
      dataPlanes.broker(brokerId).depths = new Map(queues.map((name) => [name, 1]));
      dataPlanes.broker(other.brokerId).depths = new Map([['of the other', 1]]);
      const filter = {
        Namespace: 'AWS/AmazonMQ',
        MetricName: 'QueueSize',
        Dimensions: [{ Name: 'Broker', Value: 'orders-1' }, { Name: 'Queue' }],
      };
      const list = async (change: object = {}) => {
        const names: unknown[] = [];
        let pages = 0;
        let NextToken: string | undefined;
        do {
          const page = await cloudWatch().send(new ListMetricsCommand({ ...filter, ...change, NextToken }));
          for (const { Dimensions = [] } of page.Metrics ?? []) {
            names.push(Dimensions.find(({ Name }) => Name === 'Queue')?.Value);
          }
          NextToken = page.NextToken;
          pages++;
        } while (NextToken !== undefined);
        return { names, pages };
      };
      expect((await list()).names).toEqual([]);
      await pass(3 * minuteMs);
      // CloudWatch covers the first 1,000 destinations of a broker (docs/amazon-mq.md 10.1).
      expect(await list()).toEqual({ names: queues.slice(0, 1_000), pages: 2 });
      expect((await cloudWatch(B).send(new ListMetricsCommand(filter))).Metrics).toEqual([]);
      dataPlanes.broker(brokerId).depths = new Map([['late', 1]]);
      await pass(181 * minuteMs);
      expect((await list({ RecentlyActive: 'PT3H' })).names).toEqual(['late']);
      expect((await list()).names).toHaveLength(1_001);
      const wrong = new ListMetricsCommand({ ...filter, NextToken: 'bogus' });
      expect(await rejection(cloudWatch().send(wrong))).toMatchObject({ name: expect.stringContaining('NextToken') });
      const linked = new ListMetricsCommand({ ...filter, IncludeLinkedAccounts: true });
      expect((await rejection(cloudWatch().send(linked))).message).toContain('IncludeLinkedAccounts');
    });
  });

  it('drops, freezes and delays points while faults say so, and has none of a dark Region', async () => {
    await withAws(way, async ({ aws, dataPlanes, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const broker = dataPlanes.broker(brokerId);
      const during = async (value: number, start?: () => string) => {
        broker.reading = { ...noGauges, replicationLagMs: value };
        const id = start?.();
        await pass(minuteMs);
        if (id !== undefined) aws.faults.stop(id);
      };
      await pass(1_000);
      await during(100);
      await during(200, () => aws.faults.start({ kind: 'metrics', effect: 'missing', region: A }));
      await during(300, () => aws.faults.start({ kind: 'metrics', effect: 'frozen', metricName: 'ReplicationLag' }));
      await during(400, () => {
        aws.blackout(A);
        return 'blackout of us-east-1';
      });
      await during(500, () => aws.faults.start({ kind: 'metrics', effect: 'delayed', delayMs: 10 * minuteMs }));
      await during(600);
      await pass(2 * minuteMs);
      broker.reading = noGauges;
      const read = async () => {
        const answer = await cloudWatch().send(lastHour(lagQuery('ReplicationLag')));
        const [result] = answer.MetricDataResults ?? [];
        return Object.fromEntries(
          (result?.Timestamps ?? []).map((time, index) => [time.getUTCMinutes(), result?.Values?.[index]]),
        );
      };
      expect(await read()).toEqual({ 1: 100, 3: 100, 6: 600 });
      await pass(10 * minuteMs);
      expect(await read()).toMatchObject({ 5: 500 });
    });
  });

  it('computes statistics of custom metrics over periods and pages through them', async () => {
    await withAws(way, async ({ cloudWatch, pass }) => {
      const client = cloudWatch();
      const datum = (minute: number, values: object) => ({
        MetricName: 'Orders',
        Dimensions: [{ Name: 'Queue', Value: 'q' }],
        Timestamp: at(minute),
        ...values,
      });
      await client.send(
        new PutMetricDataCommand({
          Namespace: 'App',
          MetricData: [
            datum(0, { Value: 4 }),
            datum(1, { Values: [1, 7], Counts: [2, 1] }),
            datum(6, { StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 } }),
          ],
        }),
      );
      await pass(2 * minuteMs);
      const read = async (change: object) => {
        const answer = await client.send(lastHour(custom(change)));
        return answer.MetricDataResults?.[0]?.Values;
      };
      expect(await read({})).toEqual([4, 9, 20]);
      expect(await read({ Period: 300 })).toEqual([13, 20]);
      expect(await read({ Stat: 'Average' })).toEqual([4, 3, 10]);
      expect(await read({ Stat: 'Minimum' })).toEqual([4, 1, 5]);
      expect(await read({ Stat: 'Maximum' })).toEqual([4, 7, 15]);
      expect(await read({ Stat: 'SampleCount' })).toEqual([1, 3, 2]);

      const page = { MetricDataQueries: [custom()], StartTime: at(0), EndTime: at(60), MaxDatapoints: 2 };
      const first = await client.send(new GetMetricDataCommand(page));
      expect(first.MetricDataResults).toMatchObject([{ Values: [20, 9], StatusCode: 'PartialData' }]);
      const second = await client.send(new GetMetricDataCommand({ ...page, NextToken: first.NextToken }));
      expect(second.MetricDataResults).toMatchObject([{ Values: [4], StatusCode: 'Complete' }]);
      expect(second.NextToken).toBeUndefined();
    });
  });

  it('takes requests that the client compresses', async () => {
    await withAws(way, async ({ cloudWatch, pass }) => {
      const MetricData = Array.from({ length: 500 }, () => ({
        MetricName: 'Orders',
        Dimensions: [{ Name: 'Queue', Value: 'q' }],
        Value: 1,
      }));
      await cloudWatch().send(new PutMetricDataCommand({ Namespace: 'App', MetricData }));
      await pass(2 * minuteMs);
      expect((await cloudWatch().send(lastHour(custom()))).MetricDataResults?.[0]?.Values).toEqual([500]);
    });
  });

  it.each<[string, object]>([
    ['a period that is no multiple of 60', { Period: 61 }],
    ['an unknown statistic', { Stat: 'p99' }],
  ])('refuses %s', async (_what, change) => {
    await withAws(way, async ({ cloudWatch }) => {
      const error = await rejection(cloudWatch().send(lastHour(custom(change))));
      expect(error).toMatchObject({ name: 'InvalidParameterValueException', $metadata: { httpStatusCode: 400 } });
    });
  });

  it('reports how full a store is, as the simulator was set up', async () => {
    await withAws(way, async ({ aws, cloudWatch, pass }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders', storePercentUsage: 12 });
      await pass(1.5 * minuteMs);
      aws.amendBroker(brokerId, { storePercentUsage: 71 });
      await pass(2 * minuteMs);
      const answer = await cloudWatch().send(lastHour(lagQuery('StorePercentUsage')));
      expect(answer.MetricDataResults?.[0]?.Values).toEqual([12, 71]);
    });
  });

  it('describes the alarms of one Region by name, one metric as their own and several as queries', async () => {
    await withAws(way, async ({ aws, cloudWatch }) => {
      const watches = (instance: string) => ({
        namespace: 'AWS/AmazonMQ',
        metricName: 'ReplicaWaitTime',
        dimensions: { Broker: instance },
      });
      aws.addAlarm(A, { alarmName: 'orders-one', metrics: [watches('orders-1')], stateValue: 'ALARM' });
      aws.addAlarm(A, {
        alarmName: 'orders-both',
        metrics: [watches('orders-1'), watches('orders-2')],
        actionsEnabled: false,
      });
      aws.addAlarm(A, { alarmName: 'billing', metrics: [watches('billing-1')] });
      aws.addAlarm(B, { alarmName: 'orders-elsewhere', metrics: [watches('orders-1')] });
      const found = await cloudWatch().send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'orders' }));
      expect(found.MetricAlarms).toMatchObject([
        {
          AlarmName: 'orders-both',
          ActionsEnabled: false,
          StateValue: 'OK',
          Metrics: [
            { Expression: 'MAX(METRICS())' },
            { MetricStat: { Metric: { Dimensions: [{ Name: 'Broker', Value: 'orders-1' }] } } },
            { MetricStat: { Metric: { Dimensions: [{ Name: 'Broker', Value: 'orders-2' }] } } },
          ],
        },
        {
          AlarmName: 'orders-one',
          ActionsEnabled: true,
          StateValue: 'ALARM',
          Namespace: 'AWS/AmazonMQ',
          MetricName: 'ReplicaWaitTime',
          Dimensions: [{ Name: 'Broker', Value: 'orders-1' }],
        },
      ]);
      const named = await cloudWatch().send(
        new DescribeAlarmsCommand({ AlarmNames: ['billing'], StateValue: 'ALARM' }),
      );
      expect(named.MetricAlarms).toEqual([]);
    });
  });

  it('gives alarms in pages, and refuses a token that it did not give', async () => {
    await withAws(way, async ({ aws, cloudWatch }) => {
      const metric = { namespace: 'App', metricName: 'Orders', dimensions: {} };
      for (const alarmName of ['a', 'b', 'c']) aws.addAlarm(A, { alarmName, metrics: [metric] });
      const first = await cloudWatch().send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
      const second = await cloudWatch().send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
      expect([first, second].map(({ MetricAlarms = [] }) => MetricAlarms.map(({ AlarmName }) => AlarmName))).toEqual([
        ['a', 'b'],
        ['c'],
      ]);
      expect(second.NextToken).toBeUndefined();
      const wrong = new DescribeAlarmsCommand({ NextToken: 'elsewhere' });
      expect(await rejection(cloudWatch().send(wrong))).toMatchObject({ name: 'InvalidNextToken' });
    });
  });

  it('refuses metric math, other operations, AWS namespaces and an end before the start', async () => {
    await withAws(way, async ({ cloudWatch }) => {
      const client = cloudWatch();
      const math = await rejection(client.send(lastHour(custom(), { Id: 'sum', Expression: 'custom + 1' })));
      expect(math.message).toMatch(/Expression|MetricStat/);
      const old = { Namespace: 'App', MetricName: 'Orders', StartTime: at(0), EndTime: at(1), Period: 60 };
      const statistics = await rejection(client.send(new GetMetricStatisticsCommand(old)));
      expect(statistics).toMatchObject({ name: 'NotModelledException' });
      const put = new PutMetricDataCommand({ Namespace: 'AWS/AmazonMQ', MetricData: [{ MetricName: 'x', Value: 1 }] });
      expect(await rejection(client.send(put))).toMatchObject({ name: 'InvalidParameterValueException' });
      const backwards = new GetMetricDataCommand({ MetricDataQueries: [custom()], StartTime: at(2), EndTime: at(1) });
      expect(await rejection(client.send(backwards))).toMatchObject({ name: 'InvalidParameterCombinationException' });
    });
  });
});
