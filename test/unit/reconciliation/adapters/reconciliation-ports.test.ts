import { DescribeBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import 'aws-sdk-client-mock-vitest/extend';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { brokerQueues } from '../../../../functions/reconciliation/adapters/reconciliation-ports.ts';
import type { HttpRequest } from '../../../../functions/runtime/http-request.ts';
import { eastRef, ordersPair } from '../../../support/brokers.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const mq = mockClient(MqClient);
const secrets = mockClient(SecretsManagerClient);
beforeEach(() => {
  mq.reset();
  secrets.reset();
  mq.on(DescribeBrokerCommand).resolves({
    BrokerId: eastRef.brokerId,
    BrokerArn: eastRef.arn,
    BrokerName: eastRef.brokerName,
    BrokerState: 'RUNNING',
    EngineType: 'ACTIVEMQ',
    BrokerInstances: [{ ConsoleURL: 'https://b-1-1.mq.us-east-1.amazonaws.com:8162', Endpoints: [] }],
  });
  secrets
    .on(GetSecretValueCommand)
    .resolves({ SecretString: JSON.stringify({ username: 'operator', password: 'very-secret-42' }) });
});

const secret = (region: string): string => `arn:aws:secretsmanager:${region}:111122223333:secret:operator`;
const ledger = (more: Readonly<Record<string, unknown>> = {}) => ({
  reconciliation: {
    secretArns: [secret('us-west-2'), secret('us-east-1')],
    ledgerStart: '2026-01-01T00:00:00Z',
    ...more,
  },
});
const environment = {
  PAIRS: [],
  CONTROL_TABLE: 'mq-dr-control',
  CONTROL_REGION: 'us-east-1',
  LEDGER_TABLE: 'ledger',
  REPORT_BUCKET: 'reports',
};

const open = (settings: Readonly<Record<string, unknown>>, region = 'us-east-1') => {
  const requests: HttpRequest[] = [];
  const runtime = fakeRuntime({
    httpRequest: async (request) => {
      requests.push(request);
      return { status: 200, body: request.path.includes('queues') ? '<queues/>' : '<subscribers/>' };
    },
  });
  const opened = brokerQueues(runtime, environment, { pair: ordersPair(settings), region });
  return { requests, opened };
};

describe('the way to the queues of a broker', () => {
  it('uses the broker and the secret of the own Region alone', async () => {
    const { opened } = open(ledger());
    expect(await opened).toMatchObject({ otherRegion: 'us-west-2', config: { afterPromotion: 'report' } });
    expect(secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, { SecretId: secret('us-east-1') });
    expect(mq).toHaveReceivedCommandExactlyOnceWith(DescribeBrokerCommand, { BrokerId: eastRef.brokerId });
    expect(await mq.call(0).thisValue.config.region()).toBe('us-east-1');
  });

  it('reads exact counters from its console', async () => {
    const { opened, requests } = open(ledger());
    const { readCounts } = await opened;
    expect(requests).toEqual([]);
    expect((await readCounts())?.queues.size).toBe(0);
    expect(requests[0]?.origin).toBe('https://b-1-1.mq.us-east-1.amazonaws.com:8162');
  });

  it.each(['metrics', 'list'])('has no counters where the settings name "%s" and not the console', async (source) => {
    const { opened, requests } = open(ledger({ queues: { source, include: ['work'] } }));
    expect(await (await opened).readCounts()).toBeUndefined();
    expect(requests).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string, string, RegExp]>([
    ['a pair without a ledger', {}, 'us-east-1', 'InvalidConfiguration', /no "reconciliation" settings/],
    [
      'a pair without a secret here',
      ledger({ secretArns: [secret('us-west-2')] }),
      'us-east-1',
      'InvalidConfiguration',
      /none of the secrets of pair "orders" is in us-east-1/,
    ],
    [
      'a Region without a broker',
      ledger({ secretArns: [secret('eu-west-1')] }),
      'eu-west-1',
      'InvalidInput',
      /no broker in eu-west-1/,
    ],
  ])('is none for %s, and no secret is read', async (_what, settings, region, name, message) => {
    await expect(open(settings, region).opened).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(secrets).not.toHaveReceivedCommand(GetSecretValueCommand);
  });

  it('is none while the broker or the secret cannot be read', async () => {
    secrets.on(GetSecretValueCommand).rejects(sdkError('AccessDeniedException', 400));
    await expect(open(ledger()).opened).rejects.toMatchObject({ name: 'AccessDenied' });
    mq.on(DescribeBrokerCommand).rejects(sdkError('InternalServerErrorException', 500));
    await expect(open(ledger()).opened).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});
