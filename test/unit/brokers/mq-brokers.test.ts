import 'aws-sdk-client-mock-vitest/extend';
import {
  CreateBrokerCommand,
  DeleteBrokerCommand,
  DescribeBrokerCommand,
  DescribeConfigurationRevisionCommand,
  DescribeUserCommand,
  ListBrokersCommand,
  MqClient,
  PromoteCommand,
  RebootBrokerCommand,
  UpdateBrokerCommand,
} from '@aws-sdk/client-mq';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { MqBrokers } from '../../../functions/brokers/mq-brokers.ts';
import { AccessDenied, NotFound, ServiceUnavailable, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';
import { fakeRuntime, sdkError } from '../../support/fake-ports.ts';

const mq = mockClient(MqClient);
beforeEach(() => {
  mq.reset();
});

const brokers = () => new MqBrokers(fakeRuntime());
const description = {
  BrokerId: eastRef.brokerId,
  BrokerArn: eastRef.arn,
  BrokerName: eastRef.brokerName,
  BrokerState: 'RUNNING',
  EngineType: 'ActiveMQ',
} as const;

describe('MqBrokers.describe', () => {
  it('asks for the broker by id in its Region and stamps the time', async () => {
    mq.on(DescribeBrokerCommand).resolves({ ...description, EngineType: 'ACTIVEMQ' });
    const snapshot = await brokers().describe(eastRef);
    expect(snapshot).toMatchObject({ brokerId: eastRef.brokerId, region: 'us-east-1', readAtMs: noonMs });
    expect(mq).toHaveReceivedCommandExactlyOnceWith(DescribeBrokerCommand, { BrokerId: eastRef.brokerId });
    expect(await mq.call(0).thisValue.config.region()).toBe('us-east-1');
  });

  it.each([
    ['NotFound', sdkError('NotFoundException', 404)],
    ['AccessDenied', sdkError('ForbiddenException', 403)],
    ['ServiceUnavailable', sdkError('InternalServerErrorException', 500)],
    ['RequestRejected', sdkError('BadRequestException', 400)],
  ])('gives the SDK error the name %s', async (name, error) => {
    mq.on(DescribeBrokerCommand).rejects(error);
    await expect(brokers().describe(eastRef)).rejects.toMatchObject({
      name,
      cause: error,
      details: { service: 'mq', operation: 'DescribeBroker', region: 'us-east-1', subject: eastRef.brokerId },
    });
  });

  it('refuses an answer that lacks what every decision needs', async () => {
    mq.on(DescribeBrokerCommand).resolves({ BrokerId: eastRef.brokerId });
    await expect(brokers().describe(eastRef)).rejects.toThrow(UnexpectedAnswer);
  });
});

describe('MqBrokers.tryDescribe', () => {
  it('turns an error of the service into a reason', async () => {
    mq.on(DescribeBrokerCommand).rejects(sdkError('TimeoutError'));
    const reading = await brokers().tryDescribe(westRef);
    expect(reading).toEqual({ known: false, reason: expect.stringContaining('mq:DescribeBroker for b-2222') });
  });

  it('reads a broker that answers', async () => {
    mq.on(DescribeBrokerCommand).resolves({ ...description, EngineType: 'ACTIVEMQ' });
    expect(await brokers().tryDescribe(eastRef)).toMatchObject({ known: true, broker: { state: 'RUNNING' } });
  });
});

describe('MqBrokers.findByName', () => {
  it('reads every page until it finds the name', async () => {
    mq.on(ListBrokersCommand, { MaxResults: 100 })
      .resolves({ BrokerSummaries: [summary('other', 'b-0')], NextToken: 'page 2' })
      .on(ListBrokersCommand, { NextToken: 'page 2' })
      .resolves({ BrokerSummaries: [summary('orders-west', 'b-1')], NextToken: 'page 3' });
    expect(await brokers().findByName('us-west-2', 'orders-west')).toBe('b-1');
    expect(mq).toHaveReceivedCommandTimes(ListBrokersCommand, 2);
  });

  it('finds nothing after the last page', async () => {
    mq.on(ListBrokersCommand).resolves({ BrokerSummaries: [summary('orders-west-2', 'b-1')] });
    expect(await brokers().findByName('us-west-2', 'orders-west')).toBeUndefined();
  });

  it('leaves a broker aside that is being deleted: its name is free again', async () => {
    mq.on(ListBrokersCommand).resolves({ BrokerSummaries: [summary('orders-west', 'b-1', 'DELETION_IN_PROGRESS')] });
    expect(await brokers().findByName('us-west-2', 'orders-west')).toBeUndefined();
  });

  const summary = (
    BrokerName: string,
    BrokerId: string,
    BrokerState: 'RUNNING' | 'DELETION_IN_PROGRESS' = 'RUNNING',
  ) => ({
    BrokerName,
    BrokerId,
    BrokerState,
    DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' as const,
    EngineType: 'ACTIVEMQ' as const,
  });
});

describe('MqBrokers.describeUser', () => {
  it('reads a missing attribute as no', async () => {
    mq.on(DescribeUserCommand).resolves({ Username: 'replicator', ReplicationUser: true });
    expect(await brokers().describeUser(eastRef, 'replicator')).toEqual({
      replicationUser: true,
      consoleAccess: false,
    });
    expect(mq).toHaveReceivedCommandWith(DescribeUserCommand, { BrokerId: eastRef.brokerId, Username: 'replicator' });
  });

  it('says NotFound for a user that does not exist', async () => {
    mq.on(DescribeUserCommand).rejects(sdkError('NotFoundException', 404));
    await expect(brokers().describeUser(eastRef, 'nobody')).rejects.toThrow(NotFound);
  });
});

describe('MqBrokers.readConfiguration', () => {
  const revision = { id: 'c-1', revision: 3 };

  it('decodes the text of the revision', async () => {
    mq.on(DescribeConfigurationRevisionCommand).resolves({
      Data: Buffer.from('<broker name="ö"/>').toString('base64'),
    });
    expect(await brokers().readConfiguration('us-west-2', revision)).toBe('<broker name="ö"/>');
    expect(mq).toHaveReceivedCommandExactlyOnceWith(DescribeConfigurationRevisionCommand, {
      ConfigurationId: 'c-1',
      ConfigurationRevision: '3',
    });
    expect(await mq.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('refuses an answer without a text', async () => {
    mq.on(DescribeConfigurationRevisionCommand).resolves({});
    await expect(brokers().readConfiguration('us-west-2', revision)).rejects.toThrow(UnexpectedAnswer);
  });
});

describe('writes of MqBrokers', () => {
  const request = { BrokerName: 'orders-west', CreatorRequestId: 'decision' } as never;
  const writes = [
    ['create', CreateBrokerCommand, request, () => brokers().create('us-west-2', request)],
    [
      'endReplication',
      UpdateBrokerCommand,
      { BrokerId: eastRef.brokerId, DataReplicationMode: 'NONE' },
      () => brokers().endReplication(eastRef),
    ],
    ['delete', DeleteBrokerCommand, { BrokerId: westRef.brokerId }, () => brokers().delete(westRef)],
    ['reboot', RebootBrokerCommand, { BrokerId: eastRef.brokerId }, () => brokers().reboot(eastRef)],
    [
      'promote',
      PromoteCommand,
      { BrokerId: westRef.brokerId, Mode: 'SWITCHOVER' },
      () => brokers().promote(westRef, 'SWITCHOVER'),
    ],
  ] as const;

  it.each(writes)('%s makes exactly one call and returns its answer', async (_name, command, input, write) => {
    mq.onAnyCommand().resolves({ BrokerId: 'b-1' });
    expect(await write()).toMatchObject({ outcome: 'done', answer: { BrokerId: 'b-1' } });
    expect(mq).toHaveReceivedCommandExactlyOnceWith(command as typeof PromoteCommand, input);
  });

  it.each(writes)('%s has an unknown outcome when the answer is lost', async (_name, _command, _input, write) => {
    for (const error of [
      sdkError('TimeoutError'),
      sdkError('InternalServerErrorException', 500),
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    ]) {
      mq.reset();
      mq.onAnyCommand().rejects(error);
      expect(await write()).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('mq:') });
      expect(mq.calls()).toHaveLength(1);
    }
  });

  it.each(writes)('%s rejects when the service surely did not act', async (_name, _command, _input, write) => {
    mq.onAnyCommand().rejects(sdkError('TooManyRequestsException', 429));
    await expect(write()).rejects.toThrow(ServiceUnavailable);
    mq.onAnyCommand().rejects(sdkError('ForbiddenException', 403));
    await expect(write()).rejects.toThrow(AccessDenied);
    mq.onAnyCommand().rejects(sdkError('BadRequestException', 400));
    await expect(write()).rejects.toMatchObject({ name: 'RequestRejected' });
    mq.onAnyCommand().rejects(sdkError('ConflictException', 409));
    await expect(write()).rejects.toMatchObject({ name: 'RequestRejected' });
  });
});
