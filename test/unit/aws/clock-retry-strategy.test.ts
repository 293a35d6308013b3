import { DescribeBrokerCommand, MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { clientSettings } from '../../../functions/aws/client-settings.ts';
import { clockRetryStrategy } from '../../../functions/aws/clock-retry-strategy.ts';
import { FakeClock, fakeRuntime } from '../../support/fake-ports.ts';

const sleepsOf = async (errorTypes: readonly string[], random: () => number, maxAttempts = 10) => {
  const clock = new FakeClock();
  const strategy = clockRetryStrategy(clock, random, maxAttempts);
  let token = await strategy.acquireInitialRetryToken();
  for (const errorType of errorTypes) token = await strategy.refreshRetryTokenForRetry(token, { errorType });
  return { sleeps: clock.sleeps, token };
};

describe('clockRetryStrategy', () => {
  it('doubles the back-off, up to its limit, on the given clock', async () => {
    const { sleeps, token } = await sleepsOf(
      Array.from({ length: 8 }, () => 'TRANSIENT'),
      () => 1,
    );
    expect(sleeps).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(token.getRetryCount()).toBe(8);
    expect(token.getRetryDelay()).toBe(0);
  });

  it('waits longer after a throttle', async () => {
    expect((await sleepsOf(['THROTTLING', 'THROTTLING'], () => 1)).sleeps).toEqual([500, 1_000]);
  });

  it('takes its jitter from the given chance', async () => {
    const chances = [0, 0.25, 0.5];
    const { sleeps } = await sleepsOf(['TRANSIENT', 'TRANSIENT', 'TRANSIENT'], () => chances.shift() ?? 0);
    expect(sleeps).toEqual([0, 50, 200]);
  });

  it.each(['CLIENT_ERROR', 'SERVER_ERROR'])('does not retry after a %s', async (errorType) => {
    await expect(sleepsOf([errorType], () => 0)).rejects.toThrow('no retry token');
  });

  it('stops at the number of attempts', async () => {
    await expect(sleepsOf(['TRANSIENT', 'TRANSIENT'], () => 0, 3)).resolves.toBeDefined();
    await expect(sleepsOf(['TRANSIENT', 'TRANSIENT', 'TRANSIENT'], () => 0, 3)).rejects.toThrow('no retry token');
  });
});

describe('clientSettings', () => {
  const clientThatFails = (purpose: 'repeatable' | 'once', statusCode: number, errorType: string) => {
    const counter = { calls: 0 };
    const runtime = fakeRuntime({
      random: () => 0.5,
      aws: {
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        requestHandler: {
          handle: async () => {
            counter.calls += 1;
            return {
              response: {
                statusCode,
                headers: { 'x-amzn-errortype': errorType, 'content-type': 'application/json' },
                body: new TextEncoder().encode('{"message":"no"}'),
              },
            };
          },
          metadata: { handlerProtocol: 'http/1.1' },
        } as never,
      },
    });
    return { counter, runtime, client: new MqClient(clientSettings(runtime, 'us-west-2', purpose)) };
  };

  it('lets the SDK repeat a read three times, sleeping on the clock', async () => {
    const { client, counter, runtime } = clientThatFails('repeatable', 503, 'ServiceUnavailableException');
    await expect(client.send(new DescribeBrokerCommand({ BrokerId: 'b-1' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    expect(counter.calls).toBe(3);
    expect(runtime.clock.sleeps).toEqual([50, 100]);
  });

  it('lets the SDK repeat a throttled read, more slowly', async () => {
    const { client, counter, runtime } = clientThatFails('repeatable', 429, 'TooManyRequestsException');
    await expect(client.send(new DescribeBrokerCommand({ BrokerId: 'b-1' }))).rejects.toThrow();
    expect(counter.calls).toBe(3);
    expect(runtime.clock.sleeps).toEqual([250, 500]);
  });

  it('lets the SDK send a read once that the service refuses', async () => {
    const { client, counter } = clientThatFails('repeatable', 400, 'BadRequestException');
    await expect(client.send(new DescribeBrokerCommand({ BrokerId: 'b-1' }))).rejects.toThrow();
    expect(counter.calls).toBe(1);
  });

  it('never lets the SDK repeat a write', async () => {
    const { client, counter, runtime } = clientThatFails('once', 503, 'ServiceUnavailableException');
    await expect(client.send(new PromoteCommand({ BrokerId: 'b-1', Mode: 'SWITCHOVER' }))).rejects.toThrow();
    expect(counter.calls).toBe(1);
    expect(runtime.clock.sleeps).toEqual([]);
  });
});
