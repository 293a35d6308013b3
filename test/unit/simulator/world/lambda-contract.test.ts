import {
  GetEventSourceMappingCommand,
  InvalidRequestContentException,
  InvokeCommand,
  ListFunctionsCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { TeamFunctionError } from '../../../../simulator/world/lambda-service.ts';
import type { SimulatedAws } from '../../../../simulator/world/simulated-aws.ts';
import { A, B, rejection, ways, withAws } from './support/aws-under-test.ts';

const addMapping = (aws: SimulatedAws, enabled?: boolean): string =>
  aws.addEventSourceMapping({
    region: B,
    functionName: 'orders-consumer',
    eventSourceArn: `arn:aws:mq:${B}:123456789012:broker:orders:b-1`,
    ...(enabled !== undefined && { enabled }),
  });

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (payload: Uint8Array | undefined): unknown => JSON.parse(new TextDecoder().decode(payload));

describe.each(ways)('Lambda event-source mappings, %s', (way) => {
  it('are disabled and enabled again, with a time in between', async () => {
    await withAws(way, async ({ aws, lambda, pass }) => {
      const uuid = addMapping(aws);
      const stateNow = async () => (await lambda(B).send(new GetEventSourceMappingCommand({ UUID: uuid }))).State;
      expect([await stateNow(), aws.mappingConsumes(uuid)]).toEqual(['Enabled', true]);

      const disabling = await lambda(B).send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
      expect(disabling).toMatchObject({ UUID: uuid, State: 'Disabling', $metadata: { httpStatusCode: 202 } });
      expect(disabling.LastModified).toBeInstanceOf(Date);
      expect(aws.mappingConsumes(uuid)).toBe(true);
      const again = lambda(B).send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
      expect(await rejection(again)).toBeInstanceOf(ResourceInUseException);

      await pass(30_000);
      expect([await stateNow(), aws.mappingConsumes(uuid)]).toEqual(['Disabled', false]);
      await lambda(B).send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
      expect([await stateNow(), aws.mappingConsumes(uuid)]).toEqual(['Enabling', false]);
      await pass(30_000);
      expect([await stateNow(), aws.mappingConsumes(uuid)]).toEqual(['Enabled', true]);
    });
  });

  it('stay as they are when asked for what they are', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      const uuid = addMapping(aws, false);
      const answer = await lambda(B).send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
      expect(answer).toMatchObject({
        State: 'Disabled',
        FunctionArn: `arn:aws:lambda:${B}:123456789012:function:orders-consumer`,
        EventSourceArn: `arn:aws:mq:${B}:123456789012:broker:orders:b-1`,
      });
    });
  });

  it('are found in their own Region alone, and other changes are refused', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      const uuid = addMapping(aws);
      const elsewhere = lambda(A).send(new GetEventSourceMappingCommand({ UUID: uuid }));
      expect(await rejection(elsewhere)).toBeInstanceOf(ResourceNotFoundException);
      const batch = lambda(B).send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false, BatchSize: 5 }));
      expect(await rejection(batch)).toMatchObject({ name: 'NotModelledException' });
      expect(await rejection(lambda(B).send(new ListFunctionsCommand({})))).toMatchObject({
        name: 'NotModelledException',
      });
      expect(() => aws.mappingConsumes('another')).toThrow(TypeError);
    });
  });
});

describe.each(ways)('Lambda functions of teams, %s', (way) => {
  it('are invoked with the payload, by ARN and by name, and answer', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      const arn = aws.addFunction(B, 'hook', async (payload) => ({ got: payload }));
      expect(arn).toBe(`arn:aws:lambda:${B}:123456789012:function:hook`);
      for (const FunctionName of [arn, 'hook']) {
        const answer = await lambda(B).send(new InvokeCommand({ FunctionName, Payload: json({ a: 'ü' }) }));
        expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
        expect(answer.FunctionError).toBeUndefined();
        expect(parsed(answer.Payload)).toEqual({ got: { a: 'ü' } });
      }
    });
  });

  it('answer null for nothing, and tell in a header that they raised', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      aws.addFunction(B, 'quiet', async () => undefined);
      aws.addFunction(B, 'broken', async () => {
        throw new TeamFunctionError('no permission');
      });
      const quiet = await lambda(B).send(new InvokeCommand({ FunctionName: 'quiet', Payload: json({}) }));
      expect(parsed(quiet.Payload)).toBeNull();
      const broken = await lambda(B).send(new InvokeCommand({ FunctionName: 'broken', Payload: json({}) }));
      expect(broken).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
      expect(parsed(broken.Payload)).toMatchObject({ errorMessage: 'no permission' });
    });
  });

  it('raise an error before or after their work where a fault says so', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      const done: unknown[] = [];
      const FunctionName = aws.addFunction(B, 'hook', async (payload) => done.push(payload));
      const invoke = async (work: string) =>
        (await lambda(B).send(new InvokeCommand({ FunctionName, Payload: json(work) }))).FunctionError;
      aws.faults.start({ kind: 'function-error', functionName: 'other*' });
      aws.faults.start({ kind: 'function-error', region: A });
      expect(await invoke('not met')).toBeUndefined();
      aws.faults.start({ kind: 'function-error', functionName: 'h*', count: 1 });
      expect(await invoke('before')).toBe('Unhandled');
      aws.faults.start({ kind: 'function-error', region: B, when: 'after', count: 1 });
      expect(await invoke('after')).toBe('Unhandled');
      expect(await invoke('once more')).toBeUndefined();
      expect(done).toEqual(['not met', 'after', 'once more']);
    });
  });

  it('are not found elsewhere, and take nothing but synchronous JSON', async () => {
    await withAws(way, async ({ aws, lambda }) => {
      const FunctionName = aws.addFunction(B, 'hook', async () => ({}));
      const elsewhere = lambda(A).send(new InvokeCommand({ FunctionName, Payload: json({}) }));
      expect(await rejection(elsewhere)).toBeInstanceOf(ResourceNotFoundException);
      const text = lambda(B).send(new InvokeCommand({ FunctionName, Payload: new TextEncoder().encode('{') }));
      expect(await rejection(text)).toBeInstanceOf(InvalidRequestContentException);
      const event = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: json({}) });
      expect((await rejection(lambda(B).send(event))).message).toContain('only synchronous invocations');
    });
  });
});
