import { describe, expect, it } from 'vitest';
import { callUsage, type PricedCall } from '../../../../tools/cost/call-usage.ts';

const replicas = { control: 3, ledger: 2, ledgerTable: 'mq-dr-processed-messages' };
const usage = (service: string, operation: string, request: PricedCall['request'] = {}) =>
  callUsage({ service, operation, request }, replicas);

const key = { pk: { S: 'PAIR#orders' }, sk: { S: 'LOCK' } };

describe('what a call is billed', () => {
  it.each<[string, string, unknown, object]>([
    ['dynamodb', 'GetItem', { ConsistentRead: true }, { tableReads: 1 }],
    ['dynamodb', 'GetItem', {}, { tableReads: 0.5 }],
    [
      'dynamodb',
      'BatchGetItem',
      { RequestItems: { a: { Keys: [key, key, key], ConsistentRead: true }, b: { Keys: [key] } } },
      { tableReads: 3.5 },
    ],
    ['dynamodb', 'PutItem', { TableName: 'mq-dr-control', Item: key }, { tableReplicatedWrites: 3 }],
    ['dynamodb', 'PutItem', { TableName: 'mq-dr-processed-messages', Item: key }, { tableReplicatedWrites: 2 }],
    [
      'dynamodb',
      'PutItem',
      { TableName: 'mq-dr-control', Item: { ...key, text: { S: 'x'.repeat(2_000) } } },
      { tableReplicatedWrites: 9 },
    ],
    ['dynamodb', 'UpdateItem', { TableName: 'mq-dr-control' }, { tableReplicatedWrites: 3 }],
    ['dynamodb', 'DeleteItem', { TableName: 'mq-dr-control' }, { tableReplicatedWrites: 3 }],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { 'mq-dr-processed-messages': [{ PutRequest: { Item: key } }, { PutRequest: { Item: key } }] } },
      { tableReplicatedWrites: 4 },
    ],
    [
      'monitoring',
      'GetMetricData',
      { MetricDataQueries: [{ MetricStat: {} }, { MetricStat: {} }, { Expression: 'm1 + m2' }] },
      { metricsRead: 2 },
    ],
    ['monitoring', 'DescribeAlarms', {}, { metricRequests: 1 }],
    ['events', 'PutEvents', { Entries: [{}, {}] }, { events: 2 }],
    ['sns', 'Publish', {}, { notifications: 1, keyRequests: 1 }],
    ['secretsmanager', 'GetSecretValue', {}, { secretReads: 1 }],
    ['s3', 'PutObject', {}, { objectWrites: 1 }],
    ['s3', 'GetObject', {}, { objectReads: 1 }],
    ['mq', 'DescribeBroker', {}, {}],
    ['ssm', 'PutParameter', {}, {}],
    ['lambda', 'Invoke', {}, {}],
  ])('%s:%s with %j is %j', (service, operation, request, expected) => {
    expect(usage(service, operation, request)).toEqual(expected);
  });

  it.each([
    ['dynamodb', 'TransactWriteItems'],
    ['kinesis', 'PutRecord'],
  ])('%s:%s is not taken for free', (service, operation) => {
    expect(() => usage(service, operation)).toThrow(`no price is known for ${service}:${operation}`);
  });
});
