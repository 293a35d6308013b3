import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { judgements } from '../../../../tools/verify/judge-readings.ts';
import type { MetricReading, PairReadings, ReadBroker } from '../../../../tools/verify/pair-readings.ts';

const broker = (role: string | undefined, more: DescribeBrokerResponse = {}): ReadBroker => ({
  region: 'us-east-1',
  brokerId: 'b-1',
  description: {
    BrokerState: 'RUNNING',
    EngineVersion: '5.18.4',
    ...(role !== undefined && {
      DataReplicationMetadata: {
        DataReplicationRole: role,
        DataReplicationCounterpart: { BrokerId: 'b', Region: 'r' },
      },
    }),
    ...more,
  },
});
const metric = (unit: string | undefined, last?: number): MetricReading => ({
  units: unit === undefined ? [] : [unit],
  last,
});
const nothing = metric(undefined);

const readings = (changes: Partial<PairReadings> = {}): PairReadings => ({
  primary: broker('PRIMARY'),
  replica: broker('REPLICA'),
  gauges: {},
  connections: { primary: nothing, replica: nothing },
  replicationQueues: [],
  namesInBothRegions: [],
  jolokia: { asked: false },
  ...changes,
});

const intermediate = 'ActiveMQ.Plugin.Replication.Intermediate.Queue';

describe('what is made of what was read', () => {
  it.each<[keyof typeof judgements, Partial<PairReadings>, string, string]>([
    ['15.1', {}, 'as expected', '"PRIMARY" and "REPLICA"'],
    ['15.1', { primary: broker('Primary'), replica: broker(' replica') }, 'as expected', '"Primary" and " replica"'],
    ['15.1', { primary: broker('SOURCE') }, 'different', '"SOURCE" and "REPLICA"'],
    ['15.1', { replica: broker(undefined) }, 'different', '(none)'],
    ['15.2', {}, 'as expected', 'RUNNING'],
    ['15.2', { replica: broker('REPLICA', { BrokerState: 'REPLICA' }) }, 'as expected', 'REPLICA'],
    ['15.2', { replica: broker('REPLICA', { BrokerState: 'REBOOT_IN_PROGRESS' }) }, 'different', 'REBOOT_IN_PROGRESS'],
    ['15.4', {}, 'not shown', 'no gauge has a point'],
    ['15.4', { gauges: { ReplicationLag: metric('Milliseconds', 5) } }, 'as expected', 'ReplicationLag: Milliseconds'],
    [
      '15.4',
      { gauges: { ReplicationLag: metric('Milliseconds', 5), PrimaryWaitTime: metric('Seconds', 5) } },
      'different',
      'PrimaryWaitTime: Seconds',
    ],
    ['15.7', {}, 'not shown', '5.18.4'],
    ['15.7', { primary: broker('PRIMARY', { EngineVersion: '5.19.1' }) }, 'as expected', '5.19.1 is paired'],
    ['15.8', {}, 'not shown', 'names no web console'],
    ['15.8', { jolokia: { asked: true, withUser: false, failed: 'ETIMEDOUT' } }, 'not shown', 'ETIMEDOUT'],
    ['15.8', { jolokia: { asked: true, withUser: false, status: 401 } }, 'not shown', '401 without a user'],
    ['15.8', { jolokia: { asked: true, withUser: true, status: 404 } }, 'as expected', '404 for a console user'],
    ['15.8', { jolokia: { asked: true, withUser: true, status: 200 } }, 'different', '200 for a console user'],
    ['15.10', {}, 'not shown', 'no queue of the replication'],
    ['15.10', { replicationQueues: [intermediate] }, 'as expected', intermediate],
    ['15.10', { replicationQueues: ['ActiveMQ.Plugin.Replication.Queue'] }, 'different', 'Replication.Queue'],
    ['15.11', {}, 'not shown', 'replica: nothing pending'],
    [
      '15.11',
      { replica: broker(undefined, { PendingDataReplicationMode: 'CRDR' }) },
      'as expected',
      'primary: nothing pending; replica: CRDR',
    ],
    ['15.14', {}, 'not shown', 'no name'],
    ['15.14', { namesInBothRegions: ['orders'] }, 'as expected', '1 names'],
    ['15.19', {}, 'not shown', 'replica: no points'],
    [
      '15.19',
      { connections: { primary: metric('Count', 7), replica: metric('Count', 0) } },
      'as expected',
      'primary: 7; replica: 0',
    ],
    ['15.19', { connections: { primary: nothing, replica: metric('Count', 2) } }, 'different', 'replica: 2'],
  ])('%s with %j is %s: %s', (id, changes, verdict, seen) => {
    expect(judgements[id](readings(changes))).toEqual({ verdict, seen: expect.stringContaining(seen) });
  });
});
