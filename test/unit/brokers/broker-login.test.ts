import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { loginProblem, readLogin } from '../../../functions/brokers/broker-login.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:orders';
const service = mockClient(SecretsManagerClient);

beforeEach(() => {
  service.reset();
  service.on(GetSecretValueCommand).resolves({ SecretString: '{"username":"scanner","password":"hunter2hunter2"}' });
});

describe('loginProblem', () => {
  it.each([
    'https://b-1a2b-1.mq.us-east-1.amazonaws.com:8162',
    'amqp+ssl://b-1a2b-2.mq.us-west-2.amazonaws.com:5671',
    'amqps://b-1a2b.mq.eu-west-1.on.aws:5671',
    'https://b-1a2b.mq.cn-north-1.amazonaws.com.cn',
  ])('has nothing against %s', (url) => {
    expect(loginProblem(url)).toBeUndefined();
  });

  it.each([
    'http://b-1-1.mq.us-east-1.amazonaws.com:8162',
    'amqp://b-1-1.mq.us-east-1.amazonaws.com:5671',
    'https://b-1-1.mq.us-east-1.amazonaws.com.example.net:8162',
    'https://b-1-1.mq.us-east-1.amazonaws.com@example.net',
    'https://someone@b-1-1.mq.us-east-1.amazonaws.com',
    'https://example.net/b-1.mq.us-east-1.amazonaws.com',
    'https://bucket.s3.us-east-1.amazonaws.com',
    'https://10.0.0.1:8162',
    'console',
  ])('names what is wrong with %s', (url) => {
    expect(loginProblem(url)).toEqual(expect.any(String));
  });

  it('lets through a domain of the settings, and the names below it', () => {
    expect(loginProblem('https://mq.example.com', ['mq.example.com'])).toBeUndefined();
    expect(loginProblem('https://a.mq.example.com', ['mq.example.com'])).toBeUndefined();
    expect(loginProblem('https://amq.example.com', ['mq.example.com'])).toContain('amq.example.com is neither');
    expect(loginProblem('http://mq.example.com', ['mq.example.com'])).toContain('"http:"');
  });
});

describe('readLogin', () => {
  it('reads no secret while one of the URLs is not to be trusted', async () => {
    const urls = ['https://b-1-1.mq.us-east-1.amazonaws.com:8162', 'https://example.net:8162'];
    await expect(readLogin(fakeRuntime(), { secretArn, urls })).rejects.toMatchObject({
      name: 'UnexpectedAnswer',
      details: { url: 'https://example.net:8162' },
    });
    expect(service.calls()).toEqual([]);
    await expect(readLogin(fakeRuntime(), { secretArn, urls, brokerDomains: ['example.net'] })).resolves.toMatchObject({
      username: 'scanner',
    });
  });
});
