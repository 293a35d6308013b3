import 'aws-sdk-client-mock-vitest/extend';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { callCustomerHook } from '../../../functions/aws/call-customer-hook.ts';
import { HookFailed } from '../../../functions/runtime/errors.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
});

const arn = 'arn:aws:lambda:us-west-2:111122223333:function:team-hook';
const request = { action: 'fence', pair: 'orders', region: 'us-west-2', epoch: 3, brokerId: 'b-1' } as const;
const call = () => callCustomerHook(fakeRuntime(), arn, request);
const bytes = (text: string) => new TextEncoder().encode(text) as never;

describe('callCustomerHook', () => {
  it('asks the function in its own Region with the request as JSON', async () => {
    lambda.on(InvokeCommand).resolves({ Payload: bytes('{"done":true,"took":4}') });
    expect(await call()).toEqual({ done: true });
    expect(lambda).toHaveReceivedCommandExactlyOnceWith(InvokeCommand, {
      FunctionName: arn,
      Payload: bytes(JSON.stringify(request)),
    });
    expect(await lambda.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each([
    ['{"done":false,"reason":"ACL pending"}', 'ACL pending'],
    ['{"done":false}', 'it gave no reason'],
  ])('takes %s for "not yet"', async (payload, reason) => {
    lambda.on(InvokeCommand).resolves({ Payload: bytes(payload) });
    expect(await call()).toEqual({ done: false, reason });
  });

  it.each(['', 'null', 'true', '{"done":"yes"}', 'no JSON'])('refuses the answer "%s"', async (payload) => {
    lambda.on(InvokeCommand).resolves({ Payload: bytes(payload) });
    await expect(call()).rejects.toThrow('answered fence with neither');
  });

  it('gives the beginning of what the function raised', async () => {
    lambda.on(InvokeCommand).resolves({
      FunctionError: 'Unhandled',
      Payload: bytes(JSON.stringify({ errorType: 'Error', errorMessage: `denied ${'x'.repeat(5_000)}` })),
    });
    const error = await call().catch((raised: unknown) => raised);
    expect(error).toBeInstanceOf(HookFailed);
    expect((error as Error).message).toMatch(/failed to fence \(denied x+\)/);
    expect((error as Error).message.length).toBeLessThan(600);
  });

  it('names a failure without a message', async () => {
    lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload: bytes('') });
    await expect(call()).rejects.toThrow('it gave no message');
  });

  it.each([
    ['NotFound', sdkError('ResourceNotFoundException', 404)],
    ['AccessDenied', sdkError('AccessDeniedException', 403)],
    ['ServiceUnavailable', sdkError('TooManyRequestsException', 429)],
    ['ServiceUnavailable', sdkError('TimeoutError')],
  ])('gives the SDK error the name %s, after one attempt', async (name, error) => {
    lambda.on(InvokeCommand).rejects(error);
    await expect(call()).rejects.toMatchObject({ name });
    expect(lambda).toHaveReceivedCommandTimes(InvokeCommand, 1);
  });
});
