import { describe, expect, it } from 'vitest';
import { readCredentials } from '../../../functions/brokers/broker-secrets.ts';
import { MqBrokers } from '../../../functions/brokers/mq-brokers.ts';
import { ReplicationMetrics } from '../../../functions/brokers/replication-metrics.ts';
import { ControlItems } from '../../../functions/control/control-items.ts';
import { ControlTable } from '../../../functions/control/control-table.ts';
import type { Runtime } from '../../../functions/runtime/runtime.ts';
import { eastRef, westRef } from '../../support/brokers.ts';
import { earlierIntent, fakeRuntime } from '../../support/fake-ports.ts';

/** A network behind which every service answers 503, and how often it was asked. */
const failingRuntime = () => {
  const asked = { times: 0 };
  const handle = async () => {
    asked.times += 1;
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceUnavailableException' };
    return { response: { statusCode: 503, headers, body: new TextEncoder().encode('{"message":"busy"}') } };
  };
  const requestHandler = { handle, metadata: { handlerProtocol: 'http/1.1' } } as never;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { asked, runtime: fakeRuntime({ aws: { credentials, requestHandler } }) };
};

const table = (runtime: Runtime) =>
  new ControlTable(new ControlItems(runtime, { region: 'us-east-2', tableName: 'control' }));
const intent = earlierIntent('Promote');
const secretArn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:orders-AbCdEf';

describe('a service that answers 503', () => {
  it.each<[string, (runtime: Runtime) => Promise<unknown>]>([
    ['CreateBroker', (runtime) => new MqBrokers(runtime).create('us-west-2', { BrokerName: 'x' } as never)],
    ['RebootBroker', (runtime) => new MqBrokers(runtime).reboot(eastRef)],
    ['Promote', (runtime) => new MqBrokers(runtime).promote(westRef, 'SWITCHOVER')],
    ['UpdateBroker', (runtime) => new MqBrokers(runtime).endReplication(eastRef)],
    ['DeleteBroker', (runtime) => new MqBrokers(runtime).delete(westRef)],
    ['opening an intent', (runtime) => table(runtime).openIntent(intent)],
    ['marking an intent', (runtime) => table(runtime).markIssued(intent)],
    ['settling an intent', (runtime) => table(runtime).settleIntent(intent, 'effective')],
  ])('is asked once for %s', async (_label, write) => {
    const { asked, runtime } = failingRuntime();
    await write(runtime).catch(() => {});
    expect(asked.times).toBe(1);
    expect(runtime.clock.sleeps).toEqual([]);
  });

  it.each<[string, (runtime: Runtime) => Promise<unknown>]>([
    ['DescribeBroker', (runtime) => new MqBrokers(runtime).describe(eastRef)],
    ['ListBrokers', (runtime) => new MqBrokers(runtime).findByName('us-west-2', 'x')],
    ['reading an intent', (runtime) => table(runtime).readIntent('orders', 'Promote')],
    ['a secret', (runtime) => readCredentials(runtime, secretArn)],
    [
      'metrics',
      (runtime) =>
        new ReplicationMetrics(runtime).read([{ region: 'us-east-1', brokerName: 'x', gauges: ['QueueSize'] }], 600),
    ],
  ])('is asked three times for %s, waiting on the clock in between', async (_label, read) => {
    const { asked, runtime } = failingRuntime();
    await read(runtime).catch(() => {});
    expect(asked.times).toBe(3);
    expect(runtime.clock.sleeps).toHaveLength(2);
  });
});
