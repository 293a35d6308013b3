import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListBrokersCommand, MqClient } from '@aws-sdk/client-mq';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { isThrottlingError } from '@smithy/core/retry';
import { describe, expect, it } from 'vitest';
import { ActorKilledError } from '../../../../simulator/clock/actor.ts';
import { A, B, rejection, startMs, ways, withAws } from './support/aws-under-test.ts';

const list = () => new ListBrokersCommand({});

describe.each(ways)('faults of API calls, %s', (way) => {
  it('throttle each service with an error that the SDK takes for throttling', async () => {
    await withAws(way, async ({ aws, mq, dynamoDb, cloudWatch, secrets, eventBridge, sns }) => {
      aws.faults.start({ kind: 'throttling' });
      const MetricData = [{ MetricName: 'm', Value: 1 }];
      const errors = [
        await rejection(mq().send(list())),
        await rejection(dynamoDb().send(new ListTablesCommand({}))),
        await rejection(cloudWatch().send(new PutMetricDataCommand({ Namespace: 'App', MetricData }))),
        await rejection(secrets().send(new GetSecretValueCommand({ SecretId: 's' }))),
        await rejection(eventBridge().send(new PutEventsCommand({ Entries: [{}] }))),
        await rejection(sns().send(new PublishCommand({ TopicArn: 't', Message: 'm' }))),
      ];
      expect(
        errors.map((error) => [error.name, isThrottlingError(error as Parameters<typeof isThrottlingError>[0])]),
      ).toEqual([
        ['TooManyRequestsException', true],
        ['ThrottlingException', true],
        ['Throttling', true],
        ['ThrottlingException', true],
        ['ThrottlingException', true],
        ['ThrottledException', true],
      ]);
    });
  });

  it('break the connection before or after the effect', async () => {
    await withAws(way, async ({ aws, sns, calls }) => {
      const TopicArn = aws.addTopic(A, 't');
      const publish = async (Message: string) => await rejection(sns().send(new PublishCommand({ TopicArn, Message })));
      aws.faults.start({ kind: 'connection-reset', when: 'before', count: 1 });
      expect(await publish('before')).toMatchObject({ code: 'ECONNRESET' });
      aws.faults.start({ kind: 'connection-reset', when: 'after', count: 1 });
      expect(await publish('after')).toMatchObject({ code: 'ECONNRESET' });
      expect(aws.notifications().map(({ message }) => message)).toEqual(['after']);
      expect(calls.map(({ outcome }) => outcome)).toEqual(['ECONNRESET', 'ECONNRESET']);
    });
  });

  it('answer with an error although the call took effect, unless the call fails by itself', async () => {
    await withAws(way, async ({ aws, sns, calls }) => {
      const TopicArn = aws.addTopic(A, 't');
      const publish = async (topic: string) =>
        (await rejection(sns().send(new PublishCommand({ TopicArn: topic, Message: 'm' })))).name;
      aws.faults.start({ kind: 'lying-answer', code: 'InvalidParameter', count: 1 });
      expect(await publish(`${TopicArn}-unknown`)).toBe('NotFoundException');
      aws.faults.start({ kind: 'lying-answer', code: 'InvalidParameter', count: 1 });
      expect(await publish(TopicArn)).toBe('InvalidParameterException');
      expect(aws.notifications()).toHaveLength(1);
      await sns().send(new PublishCommand({ TopicArn, Message: 'm' }));
      expect(calls.map(({ outcome }) => outcome)).toEqual(['NotFound', 'LyingAnswer', 'ok']);
    });
  });

  it('leave the time of the services alone where the clocks of hosts are off', async () => {
    await withAws(way, async ({ aws, mq }) => {
      aws.faults.start({ kind: 'clock-offset', region: A, seconds: 300 });
      const late = aws.faults.start({ kind: 'clock-offset', region: A, seconds: -60.5 });
      expect([aws.hostClockOffsetMs(A), aws.hostClockOffsetMs(B)]).toEqual([239_500, 0]);
      aws.faults.stop(late);
      expect(aws.hostClockOffsetMs(A)).toBe(300_000);
      const client = mq();
      let date: string | undefined;
      client.middlewareStack.add(
        (next) => async (request) => {
          const answered = await next(request);
          date = (answered.response as { readonly headers: Readonly<Record<string, string>> }).headers.date;
          return answered;
        },
        { step: 'deserialize', priority: 'low' },
      );
      await client.send(list());
      expect(date).toBe(new Date(startMs).toUTCString());
    });
  });

  it('answer with something that no client can read', async () => {
    await withAws(way, async ({ aws, mq, calls }) => {
      aws.faults.start({ kind: 'malformed-answer', operation: 'ListBrokers', count: 1 });
      expect(await rejection(mq().send(list()))).toBeInstanceOf(SyntaxError);
      expect(calls.map(({ outcome }) => outcome)).toEqual(['MalformedAnswer']);
      await mq().send(list());
    });
  });

  it('make every service of a dark Region unreachable, and no other Region', async () => {
    await withAws(way, async ({ aws, mq, dynamoDb, calls }) => {
      aws.faults.start({ id: 'dark', kind: 'region-blackout', region: A, failAfterMs: 0 });
      for (const call of [mq(A).send(list()), dynamoDb(A).send(new ListTablesCommand({}))]) {
        expect((await rejection(call)).code).toBe(way === 'in process' ? 'ETIMEDOUT' : 'ECONNRESET');
      }
      await mq(B).send(list());
      aws.faults.stop('dark');
      await mq(A).send(list());
      expect(calls.map(({ region, outcome }) => `${region} ${outcome}`)).toEqual([
        `${A} ETIMEDOUT`,
        `${A} ETIMEDOUT`,
        `${B} ok`,
        `${A} ok`,
      ]);
    });
  });
});

describe('calls within the process', () => {
  it('take the virtual time until the socket gives up, or the caller does', async () => {
    const elapsed = async (origin: object) => {
      let tookMs = -1;
      await withAws(
        'in process',
        async ({ aws, mq }) => {
          aws.faults.start({ kind: 'region-blackout', region: A, failAfterMs: 3_000, code: 'ENOTFOUND' });
          const error = await rejection(mq().send(list()));
          tookMs = aws.clock.nowMs() - startMs;
          expect(error.code).toBe(tookMs === 3_000 ? 'ENOTFOUND' : 'ETIMEDOUT');
        },
        {},
        origin,
      );
      return tookMs;
    };
    expect(await elapsed({})).toBe(3_000);
    expect(await elapsed({ connectionTimeoutMs: 1_000 })).toBe(1_000);
    expect(await elapsed({ connectionTimeoutMs: 2_000, requestTimeoutMs: 500 })).toBe(500);
  });

  it('stand a caller still before the call, beyond its own time-outs, and remember it', async () => {
    await withAws(
      'in process',
      async ({ aws, mq }) => {
        aws.faults.start({ kind: 'late-caller', delayMs: 60_000, operation: 'ListBrokers', count: 1 });
        const caller = aws.clock.currentActorName() ?? '';
        expect(aws.isLate(caller)).toBe(false);
        await mq().send(list());
        expect(aws.clock.nowMs() - startMs).toBe(60_000);
        expect([aws.isLate(caller), aws.isLate('somebody else')]).toEqual([true, false]);
        await mq().send(list());
        expect(aws.clock.nowMs() - startMs).toBe(60_000);
      },
      {},
      { connectionTimeoutMs: 1_000, requestTimeoutMs: 500 },
    );
  });

  it('answer late, so that a caller with a time-out does not learn of the effect', async () => {
    await withAws(
      'in process',
      async ({ aws, sns, calls }) => {
        const TopicArn = aws.addTopic(A, 't');
        const publish = () => sns().send(new PublishCommand({ TopicArn, Message: 'm' }));
        const id = aws.faults.start({ kind: 'slow-answer', delayMs: 4_000 });
        await publish();
        expect(aws.clock.nowMs()).toBe(startMs + 4_000);
        aws.faults.stop(id);
        aws.faults.start({ kind: 'slow-answer', delayMs: 6_000 });
        expect(await rejection(publish())).toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
        expect(aws.clock.nowMs()).toBe(startMs + 9_000);
        expect(aws.notifications()).toHaveLength(2);
        expect(calls.map(({ atMs, endedAtMs, outcome }) => [endedAtMs - atMs, outcome])).toEqual([
          [4_000, 'ok'],
          [5_000, 'ETIMEDOUT'],
        ]);
      },
      {},
      { requestTimeoutMs: 5_000 },
    );
  });

  it('answer reads as they were a while ago, and never a write or a consistent read', async () => {
    await withAws('in process', async ({ aws, ssm, calls }) => {
      const put = (Value: string) =>
        ssm().send(new PutParameterCommand({ Name: '/p', Value, Type: 'String', Overwrite: true }));
      const get = async () => (await ssm().send(new GetParameterCommand({ Name: '/p' }))).Parameter?.Value;
      aws.faults.start({ kind: 'stale-answer', ageMs: 60_000 });
      await put('one');
      // Nothing is known of earlier answers yet.
      expect(await get()).toBe('one');
      await aws.clock.sleepMs(30_000);
      await put('two');
      expect(await get()).toBe('one');
      aws.faults.stopAll();
      expect(await get()).toBe('two');
      aws.faults.start({ kind: 'stale-answer', ageMs: 60_000 });
      expect(await get()).toBe('one');
      await aws.clock.sleepMs(61_000);
      expect(await get()).toBe('two');
      expect(calls.map(({ outcome }) => outcome)).toEqual([
        'ok',
        'ok',
        'ok',
        'StaleAnswer',
        'ok',
        'StaleAnswer',
        'StaleAnswer',
      ]);
    });
  });

  it('can be aborted by another actor', async () => {
    await withAws('in process', async ({ aws, mq, calls }) => {
      aws.faults.start({ kind: 'slow-answer', delayMs: 60_000 });
      const controller = new AbortController();
      aws.clock.spawn('watchdog', async () => {
        await aws.clock.sleepMs(2_000);
        controller.abort();
      });
      const error = await rejection(mq().send(list(), { abortSignal: controller.signal }));
      expect(error.name).toBe('AbortError');
      expect(aws.clock.nowMs()).toBe(startMs + 2_000);
      expect(await rejection(mq().send(list(), { abortSignal: controller.signal }))).toMatchObject({
        name: 'AbortError',
      });
      expect(calls.map(({ outcome }) => outcome)).toEqual(['AbortError']);
    });
  });

  it.each(['kill-before', 'kill-after'] as const)(
    'can be the last thing that a process does: %s',
    async (interception) => {
      await withAws('in process', async ({ aws, sns, calls }) => {
        const TopicArn = aws.addTopic(A, 't');
        aws.interceptCalls(({ caller }) => (caller === 'handler' ? interception : 'proceed'));
        let wentOn = false;
        const handler = aws.clock.spawn('handler', async () => {
          await sns().send(new PublishCommand({ TopicArn, Message: 'm' }));
          wentOn = true;
        });
        await expect(aws.clock.join(handler)).rejects.toBeInstanceOf(ActorKilledError);
        expect(wentOn).toBe(false);
        expect(aws.notifications()).toHaveLength(interception === 'kill-after' ? 1 : 0);
        expect(calls).toMatchObject([{ caller: 'handler', outcome: 'CallerKilled' }]);
      });
    },
  );

  it('kill callers by a fault as well, by the name of the actor', async () => {
    await withAws('in process', async ({ aws, mq }) => {
      aws.faults.start({ kind: 'kill-caller', when: 'before', caller: 'promote*', count: 1 });
      await mq().send(list());
      const actor = aws.clock.spawn('promote orders', async () => {
        await mq().send(list());
      });
      await expect(aws.clock.join(actor)).rejects.toBeInstanceOf(ActorKilledError);
    });
  });

  it('do not cross a partition, and do not leave a dark Region', async () => {
    await withAws(
      'in process',
      async ({ aws, mq, calls }) => {
        const partition = aws.faults.start({ kind: 'partition', regions: [A, B] });
        expect(await rejection(mq(B).send(list()))).toMatchObject({ code: 'ETIMEDOUT' });
        await mq(A).send(list());
        await mq('us-east-2').send(list());
        aws.faults.stop(partition);
        aws.blackout(A);
        expect(await rejection(mq(B).send(list()))).toMatchObject({ code: 'ETIMEDOUT' });
        expect(calls.every((call) => call.attemptedByRegion === A)).toBe(true);
      },
      {},
      { fromRegion: A },
    );
  });

  it('repeat exactly with the same seed', async () => {
    const run = async () => {
      const ids: unknown[] = [];
      await withAws('in process', async ({ aws, mq, calls }) => {
        aws.faults.start({ kind: 'throttling', probability: 0.5 });
        for (let call = 0; call < 20; call++) {
          await mq()
            .send(list())
            .then(
              (answer) => ids.push(answer.$metadata.requestId),
              (error: { $metadata: { requestId: string } }) => ids.push(error.$metadata.requestId),
            );
        }
        ids.push(calls);
      });
      return ids;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first).size).toBe(21);
  });
});

describe('calls that no service can take', () => {
  it('are refused loudly: another Region, another service', async () => {
    await withAws('in process', async ({ aws, mq }) => {
      const elsewhere = await rejection(mq('eu-central-1').send(list()));
      expect(elsewhere).toMatchObject({ name: 'RegionNotModelled' });
      expect(elsewhere.message).toContain('us-west-1');
      const { SFNClient, ListStateMachinesCommand } = await import('@aws-sdk/client-sfn');
      const states = new SFNClient({ region: A, ...aws.clientSettings(), maxAttempts: 1 });
      expect(await rejection(states.send(new ListStateMachinesCommand({})))).toMatchObject({
        name: 'ServiceNotModelled',
      });
    });
  });

  it('are not turned into answers when the simulator itself fails', async () => {
    await withAws('in process', async ({ aws, calls }) => {
      aws.register({
        signingName: 'states',
        handle: async () => {
          throw new TypeError('a defect');
        },
      });
      const { SFNClient, ListStateMachinesCommand } = await import('@aws-sdk/client-sfn');
      const states = new SFNClient({ region: A, ...aws.clientSettings() });
      const error = await rejection(states.send(new ListStateMachinesCommand({})));
      expect(error.message).toBe('the simulator failed while it handled ListStateMachines');
      expect(calls.map(({ outcome }) => outcome)).toEqual(['WorldDefect']);
      expect(() => aws.register({ signingName: 'states', handle: async () => ({}) })).toThrow('registered already');
      expect(() => aws.register({ signingName: 'iam', handle: async () => ({}) })).toThrow('no model');
    });
  });

  it('keep their secrets out of the record', async () => {
    await withAws('in process', async ({ aws, calls }) => {
      const { CreateUserCommand } = await import('@aws-sdk/client-mq');
      const client = new MqClient({ region: A, ...aws.clientSettings(), maxAttempts: 1 });
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      await client.send(
        new CreateUserCommand({ BrokerId: brokerId, Username: 'operator', Password: 'very-secret-12' }),
      );
      expect(calls[0]?.request).toEqual({ brokerId, username: 'operator', password: '[redacted]' });
    });
  });
});
