import 'aws-sdk-client-mock-vitest/extend';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCredentials } from '../../../functions/brokers/broker-secrets.ts';
import { type DrError, InvalidInput, SecretUnusable } from '../../../functions/runtime/errors.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const secrets = mockClient(SecretsManagerClient);
beforeEach(() => {
  secrets.reset();
});

const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:orders/replication-AbCdEf';
const read = (secretArn = arn) => readCredentials(fakeRuntime(), secretArn);

describe('readCredentials', () => {
  it('reads user name and password in the Region of the ARN, and nothing else', async () => {
    secrets.on(GetSecretValueCommand).resolves({
      SecretString: JSON.stringify({ username: 'app', password: 'hunter2hunter2', engine: 'mq' }),
    });
    expect(await read()).toEqual({ username: 'app', password: 'hunter2hunter2' });
    expect(secrets).toHaveReceivedCommandExactlyOnceWith(GetSecretValueCommand, { SecretId: arn });
    expect(await secrets.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each([
    ['text that is no JSON', 'hunter2hunter2'],
    ['JSON that is no object', '"hunter2hunter2"'],
    ['an object without a user name', '{"password":"hunter2hunter2"}'],
    ['an object with an empty password', '{"username":"hunter2hunter2","password":""}'],
    ['an object with a number for a password', '{"username":"hunter2hunter2","password":12}'],
    ['binary content', undefined],
  ])('refuses %s without repeating any of it', async (_label, SecretString) => {
    secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });
    const error: unknown = await read().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SecretUnusable);
    expect(String((error as Error).stack) + JSON.stringify((error as DrError).details)).not.toContain('hunter2');
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).toContain(arn);
  });

  it('refuses an ARN of something else, and shows it', async () => {
    const reading = read('arn:aws:iam::111122223333:user/ann');
    await expect(reading).rejects.toThrow(InvalidInput);
    await expect(reading).rejects.toThrow('arn:aws:iam::111122223333:user/ann');
    expect(secrets).not.toHaveReceivedAnyCommand();
  });

  it('does not repeat what is no ARN at all: it may be the password, pasted by mistake', async () => {
    const error: unknown = await read('hunter2hunter2').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String((error as Error).stack)).not.toContain('hunter2');
  });

  it.each([
    ['NotFound', sdkError('ResourceNotFoundException', 400)],
    ['AccessDenied', sdkError('AccessDeniedException', 400)],
    ['ServiceUnavailable', sdkError('InternalServiceError', 500)],
    ['RequestRejected', sdkError('DecryptionFailure', 400)],
  ])('gives the SDK error the name %s', async (name, error) => {
    secrets.on(GetSecretValueCommand).rejects(error);
    await expect(read()).rejects.toMatchObject({ name });
  });
});
