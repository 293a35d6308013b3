import 'aws-sdk-client-mock-vitest/extend';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { primaryGauges, replicaGauges } from '../../../functions/brokers/replication-gauges.ts';
import { ReplicationMetrics } from '../../../functions/brokers/replication-metrics.ts';
import { noonMs } from '../../support/brokers.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const cloudWatch = mockClient(CloudWatchClient);
beforeEach(() => {
  cloudWatch.reset();
});

const east = { region: 'us-east-1', brokerName: 'orders-east', gauges: primaryGauges };
const west = { region: 'us-west-2', brokerName: 'orders-west', gauges: replicaGauges };
const minute = (offset: number): Date => new Date(noonMs - offset * 60_000);
const result = (Id: string, minutes: readonly number[], Values: number[]) => ({
  Id,
  Timestamps: minutes.map(minute),
  Values,
  StatusCode: 'Complete' as const,
});
const read = (...sources: (typeof east | typeof west)[]) => new ReplicationMetrics(fakeRuntime()).read(sources, 600);

describe('ReplicationMetrics.read', () => {
  it('asks for each gauge of both instances, the queue size with its queue', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({});
    await read(east);
    const input = cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      StartTime: new Date(noonMs - 600_000),
      EndTime: new Date(noonMs),
      ScanBy: 'TimestampAscending',
    });
    expect(input?.MetricDataQueries?.map(({ Id, MetricStat }) => [Id, MetricStat?.Metric?.MetricName])).toEqual([
      ['g0_0', 'TotalReplicationLag'],
      ['g0_1', 'TotalReplicationLag'],
      ['g1_0', 'PrimaryWaitTime'],
      ['g1_1', 'PrimaryWaitTime'],
      ['g2_0', 'QueueSize'],
      ['g2_1', 'QueueSize'],
    ]);
    expect(input?.MetricDataQueries?.[5]?.MetricStat).toEqual({
      Period: 60,
      Stat: 'Maximum',
      Metric: {
        Namespace: 'AWS/AmazonMQ',
        MetricName: 'QueueSize',
        Dimensions: [
          { Name: 'Broker', Value: 'orders-east-2' },
          { Name: 'Queue', Value: 'ActiveMQ.Plugin.Replication.Intermediate.Queue' },
        ],
      },
    });
  });

  it('merges both instances, sorted, with one point for each minute', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [result('g2_0', [1, 2, 4], [10, 25, 40]), result('g2_1', [2, 3, 4], [20, 30, 45])],
    });
    const { QueueSize } = await read(east);
    expect(QueueSize).toEqual({
      known: true,
      points: [
        { atMs: noonMs - 240_000, value: 45 },
        { atMs: noonMs - 180_000, value: 30 },
        { atMs: noonMs - 120_000, value: 25 },
        { atMs: noonMs - 60_000, value: 10 },
      ],
    });
  });

  it('reads every page', async () => {
    cloudWatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [result('g0_0', [3], [1])], NextToken: 'more' })
      .resolvesOnce({ MetricDataResults: [result('g0_0', [2], [2])] });
    const { ReplicationLag } = await read(west);
    expect(ReplicationLag).toMatchObject({ points: [{ value: 1 }, { value: 2 }] });
    expect(cloudWatch).toHaveReceivedNthCommandWith(GetMetricDataCommand, 2, { NextToken: 'more' });
    expect(cloudWatch).toHaveReceivedCommandTimes(GetMetricDataCommand, 2);
  });

  it('takes a gauge without points as known and empty, and one that was not asked for as missing', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({});
    expect(await read(west)).toEqual({
      ReplicationLag: { known: true, points: [] },
      ReplicaWaitTime: { known: true, points: [] },
    });
  });

  it('makes the gauges of a Region unknown that cannot be read, and only those', async () => {
    cloudWatch.callsFake(async (_input, getClient: () => CloudWatchClient) => {
      if ((await getClient().config.region()) === 'us-east-1') throw sdkError('TimeoutError');
      return { MetricDataResults: [result('g0_0', [1], [7])] };
    });
    const readings = await read(east, west);
    for (const gauge of primaryGauges) {
      expect(readings[gauge]).toEqual({ known: false, reason: expect.stringContaining('in us-east-1') });
    }
    expect(readings.ReplicationLag).toMatchObject({ known: true, points: [{ value: 7 }] });
  });

  it.each(['InternalError', 'Forbidden'] as const)(
    'takes a result of %s for unknown, not for absent',
    async (status) => {
      cloudWatch
        .on(GetMetricDataCommand)
        .resolves({ MetricDataResults: [{ ...result('g0_0', [], []), StatusCode: status }] });
      expect((await read(west)).ReplicationLag).toEqual({ known: false, reason: expect.stringContaining(status) });
    },
  );
});
