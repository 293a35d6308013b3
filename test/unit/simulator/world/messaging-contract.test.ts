import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  InvalidParameterException as InvalidSecretParameter,
  ListSecretsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, InvalidParameterException, NotFoundException, PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, startMs, ways, withAws } from './support/aws-under-test.ts';

describe.each(ways)('Secrets Manager, %s', (way) => {
  it('gives the current value by ARN and by name, in every Region of the secret', async () => {
    await withAws(way, async ({ aws, secrets }) => {
      const arn = aws.addSecret({ name: 'mq/replicator', value: '{"username":"u"}', regions: [A, B] });
      expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:mq\/replicator-[0-9a-f]{6}$/);
      const byArn = await secrets().send(new GetSecretValueCommand({ SecretId: arn }));
      expect(byArn).toMatchObject({
        ARN: arn,
        Name: 'mq/replicator',
        SecretString: '{"username":"u"}',
        VersionStages: ['AWSCURRENT'],
      });
      const replicated = await secrets(B).send(new GetSecretValueCommand({ SecretId: arn.replace(A, B) }));
      expect(replicated.VersionId).toBe(byArn.VersionId);
      expect(aws.addSecret({ name: 'mq/replicator', value: 'new', regions: [A] })).toBe(arn);
      const byName = new GetSecretValueCommand({ SecretId: 'mq/replicator', VersionStage: 'AWSCURRENT' });
      expect((await secrets().send(byName)).SecretString).toBe('new');
    });
  });

  it('does not find unknown secrets, other stages or secrets of other Regions, and refuses what it does not model', async () => {
    await withAws(way, async ({ aws, secrets }) => {
      const arn = aws.addSecret({ name: 'one', value: 'v', regions: [A] });
      const get = async (input: { SecretId: string; VersionStage?: string }, region = A) =>
        await rejection(secrets(region).send(new GetSecretValueCommand(input)));
      expect(await get({ SecretId: 'two' })).toBeInstanceOf(ResourceNotFoundException);
      expect(await get({ SecretId: arn, VersionStage: 'AWSPREVIOUS' })).toBeInstanceOf(ResourceNotFoundException);
      expect(await get({ SecretId: arn }, B)).toBeInstanceOf(ResourceNotFoundException);
      expect(await get({ SecretId: '' })).toBeInstanceOf(InvalidSecretParameter);
      expect(await rejection(secrets().send(new ListSecretsCommand({})))).toMatchObject({
        name: 'NotModelledException',
      });
    });
  });
});

describe.each(ways)('SNS, %s', (way) => {
  it('keeps what is published, with odd characters intact', async () => {
    await withAws(way, async ({ aws, sns }) => {
      const TopicArn = aws.addTopic(B, 'operators');
      const Message = 'Failover <started> & "running"\nsecond line: 100 % + ü';
      const answer = await sns(B).send(new PublishCommand({ TopicArn, Subject: 'mq-dr: page', Message }));
      expect(answer.MessageId).toMatch(/^[0-9a-f-]{36}$/);
      expect(aws.notifications()).toMatchObject([
        { region: B, topicArn: TopicArn, messageId: answer.MessageId, subject: 'mq-dr: page', message: Message },
      ]);
      expect(aws.notifications()[0]?.atMs).toBeGreaterThanOrEqual(startMs);
    });
  });

  it('refuses unknown topics, topics of other Regions, wrong subjects and what it does not model', async () => {
    await withAws(way, async ({ aws, sns }) => {
      const TopicArn = aws.addTopic(A, 'operators');
      const publish = async (change: object, region = A) =>
        await rejection(sns(region).send(new PublishCommand({ TopicArn, Message: 'm', ...change })));
      expect(await publish({ TopicArn: `${TopicArn}x` })).toBeInstanceOf(NotFoundException);
      expect(await publish({}, B)).toBeInstanceOf(InvalidParameterException);
      expect(await publish({ Subject: 'x'.repeat(100) })).toBeInstanceOf(InvalidParameterException);
      expect(await publish({ Subject: 'a\nb' })).toBeInstanceOf(InvalidParameterException);
      expect(await publish({ Message: '' })).toBeInstanceOf(InvalidParameterException);
      const attributes = { MessageAttributes: { kind: { DataType: 'String', StringValue: 'page' } } };
      const refused = await publish(attributes);
      expect(refused).toMatchObject({ name: 'NotModelledException' });
      expect(refused.message).toContain('MessageAttributes');
      expect(await rejection(sns().send(new CreateTopicCommand({ Name: 'x' })))).toMatchObject({
        name: 'NotModelledException',
      });
      expect(aws.notifications()).toEqual([]);
    });
  });
});

describe.each(ways)('EventBridge, %s', (way) => {
  it('delivers events to subscribers and reports bad entries one by one', async () => {
    await withAws(way, async ({ aws, eventBridge }) => {
      const seen: string[] = [];
      aws.onEvent((event) => seen.push(`${event.region} ${event.source} ${event['detail-type']}`));
      const entry = { Source: 'mq-dr', DetailType: 'Endpoint Published', Detail: '{"pair":"orders"}' };
      const Entries = [entry, { ...entry, Detail: 'no JSON' }, { Source: 'mq-dr' }, { ...entry, Source: 'aws.mq' }];
      const answer = await eventBridge(B).send(new PutEventsCommand({ Entries }));
      expect(answer.FailedEntryCount).toBe(3);
      expect(answer.Entries?.map((result) => result.ErrorCode)).toEqual([
        undefined,
        'MalformedDetail',
        'InvalidArgument',
        'NotAuthorizedForSourceException',
      ]);
      expect(seen).toEqual([`${B} mq-dr Endpoint Published`]);
      expect(aws.events.events[0]).toMatchObject({
        version: '0',
        id: answer.Entries?.[0]?.EventId,
        account: '123456789012',
        detail: { pair: 'orders' },
        resources: [],
      });
    });
  });

  it('uses the time that an entry gives, and refuses other buses and eleven entries', async () => {
    await withAws(way, async ({ aws, eventBridge }) => {
      const entry = { Source: 's', DetailType: 'd', Detail: '{}' };
      const Time = new Date('2026-01-02T03:04:05Z');
      await eventBridge().send(new PutEventsCommand({ Entries: [{ ...entry, Time, EventBusName: 'default' }] }));
      expect(aws.events.events[0]?.time).toBe('2026-01-02T03:04:05Z');
      const other = eventBridge().send(new PutEventsCommand({ Entries: [{ ...entry, EventBusName: 'other' }] }));
      expect((await rejection(other)).message).toContain('only the default event bus');
      const many = eventBridge().send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) }));
      expect(await rejection(many)).toMatchObject({ name: 'ValidationException' });
    });
  });
});
