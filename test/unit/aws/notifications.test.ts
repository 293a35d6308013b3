import 'aws-sdk-client-mock-vitest/extend';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { notify } from '../../../functions/aws/notifications.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const sns = mockClient(SNSClient);
beforeEach(() => {
  sns.reset();
});

const topic = 'arn:aws:sns:us-west-2:111122223333:mq-dr';
const page = (subject: string) => notify(fakeRuntime(), topic, { subject, message: 'line 1\nlinea 2: ñ' });

describe('notify', () => {
  it("publishes to the topic in the topic's Region and leaves the message as it is", async () => {
    sns.on(PublishCommand).resolves({});
    await page('mq-dr ACT NOW: orders');
    expect(sns).toHaveReceivedCommandExactlyOnceWith(PublishCommand, {
      TopicArn: topic,
      Subject: 'mq-dr ACT NOW: orders',
      Message: 'line 1\nlinea 2: ñ',
    });
    expect(await sns.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each([
    ['cuts a subject below 100 characters', 'x'.repeat(150), 'x'.repeat(99)],
    ['leaves one of 99 characters alone', 'x'.repeat(99), 'x'.repeat(99)],
    ['replaces what SNS refuses in a subject', 'pair ñ\n\u0007 failed', 'pair ??? failed'],
  ])('%s', async (_label, subject, sent) => {
    sns.on(PublishCommand).resolves({});
    await page(subject);
    expect(sns).toHaveReceivedCommandWith(PublishCommand, { Subject: sent });
  });

  it.each([
    ['NotFound', sdkError('NotFoundException', 404)],
    ['AccessDenied', sdkError('AuthorizationErrorException', 403)],
    ['ServiceUnavailable', sdkError('InternalErrorException', 500)],
    ['RequestRejected', sdkError('InvalidParameterException', 400)],
  ])('gives the SDK error the name %s', async (name, error) => {
    sns.on(PublishCommand).rejects(error);
    await expect(page('x')).rejects.toMatchObject({ name });
  });
});
