import 'aws-sdk-client-mock-vitest/extend';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { putEvent } from '../../../functions/aws/event-bus.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const events = mockClient(EventBridgeClient);
beforeEach(() => {
  events.reset();
});

const put = () => putEvent(fakeRuntime(), 'us-west-2', { detailType: 'mq-dr test', detail: { pair: 'orders' } });

describe('putEvent', () => {
  it("puts one event of mq-dr on the Region's default bus", async () => {
    events.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'e-1' }] });
    await put();
    expect(events).toHaveReceivedCommandExactlyOnceWith(PutEventsCommand, {
      Entries: [{ Source: 'mq-dr', DetailType: 'mq-dr test', Detail: '{"pair":"orders"}' }],
    });
    expect(await events.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each([
    ['ServiceUnavailable', 'InternalFailure'],
    ['ServiceUnavailable', 'ThrottlingException'],
    ['RequestRejected', 'MalformedDetail'],
  ])('raises %s for an entry that was refused with %s', async (name, ErrorCode) => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });
    await expect(put()).rejects.toMatchObject({ name, message: expect.stringContaining(ErrorCode) });
  });

  it.each([
    ['AccessDenied', sdkError('AccessDeniedException', 400)],
    ['ServiceUnavailable', sdkError('InternalException', 500)],
  ])('gives the SDK error the name %s', async (name, error) => {
    events.on(PutEventsCommand).rejects(error);
    await expect(put()).rejects.toMatchObject({ name });
  });
});
