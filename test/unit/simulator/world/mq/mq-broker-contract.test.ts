import {
  BadRequestException,
  ConflictException,
  CreateUserCommand,
  DeleteUserCommand,
  DescribeUserCommand,
  ForbiddenException,
  InternalServerErrorException,
  ListBrokersCommand,
  ListUsersCommand,
  NotFoundException,
  RebootBrokerCommand,
  UpdateBrokerCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { A, type AwsUnderTest, B, password, rejection, ways, withAws } from '../support/aws-under-test.ts';
import { describeBroker, minuteMs } from '../support/mq-requests.ts';

describe.each(ways)('brokers and users in the Amazon MQ API, %s', (way) => {
  it('applies versions, sizes and users with the next reboot and shows them as pending before', async () => {
    await withAws(way, async ({ mq, aws, pass, dataPlanes }) => {
      const seeded = { username: 'operator', password, consoleAccess: true };
      const { brokerId: BrokerId } = aws.addBroker({ region: A, brokerName: 'orders', users: [seeded] });
      await mq().send(
        new UpdateBrokerCommand({
          BrokerId,
          EngineVersion: '5.19',
          HostInstanceType: 'mq.m5.xlarge',
          SecurityGroups: ['sg-1'],
        }),
      );
      await mq().send(
        new CreateUserCommand({ BrokerId, Username: 'replicator', Password: password, ReplicationUser: true }),
      );
      await mq().send(new UpdateUserCommand({ BrokerId, Username: 'operator', Groups: ['admins'] }));
      expect(await describeBroker(mq(), BrokerId)).toMatchObject({
        EngineVersion: '5.18.4',
        PendingEngineVersion: '5.19',
        PendingHostInstanceType: 'mq.m5.xlarge',
        PendingSecurityGroups: ['sg-1'],
        Users: [
          { Username: 'operator', PendingChange: 'UPDATE' },
          { Username: 'replicator', PendingChange: 'CREATE' },
        ],
      });
      expect(await mq().send(new DescribeUserCommand({ BrokerId, Username: 'replicator' }))).toMatchObject({
        ReplicationUser: true,
        Pending: { PendingChange: 'CREATE', ConsoleAccess: false },
      });
      expect(dataPlanes.broker(BrokerId).authenticate('replicator', password)).toBe(false);

      await mq().send(new RebootBrokerCommand({ BrokerId }));
      await pass(6 * minuteMs);
      const after = await describeBroker(mq(), BrokerId);
      expect(after).toMatchObject({
        EngineVersion: '5.19.4',
        HostInstanceType: 'mq.m5.xlarge',
        SecurityGroups: ['sg-1'],
      });
      expect(after.PendingEngineVersion).toBeUndefined();
      expect(after.Users).toEqual([{ Username: 'operator' }, { Username: 'replicator' }]);
      expect(dataPlanes.broker(BrokerId).authenticate('replicator', password)).toBe(true);
      const operator = await mq().send(new DescribeUserCommand({ BrokerId, Username: 'operator' }));
      expect(operator).toMatchObject({ ConsoleAccess: true, Groups: ['admins'] });
      expect(operator.Pending).toBeUndefined();
    });
  });

  it('manages users: repeated ones conflict, unknown ones are not found, removed ones go with the reboot', async () => {
    await withAws(way, async ({ mq, aws, pass }) => {
      const seeded = { username: 'operator', password };
      const { brokerId: BrokerId } = aws.addBroker({ region: A, brokerName: 'orders', users: [seeded] });
      const create = mq().send(new CreateUserCommand({ BrokerId, Username: 'operator', Password: password }));
      expect(await rejection(create)).toBeInstanceOf(ConflictException);
      const unknown = mq().send(new UpdateUserCommand({ BrokerId, Username: 'nobody', Groups: [] }));
      expect(await rejection(unknown)).toBeInstanceOf(NotFoundException);
      await mq().send(new DeleteUserCommand({ BrokerId, Username: 'operator' }));
      expect(await mq().send(new ListUsersCommand({ BrokerId }))).toMatchObject({
        Users: [{ Username: 'operator', PendingChange: 'DELETE' }],
      });
      await mq().send(new RebootBrokerCommand({ BrokerId }));
      await pass(6 * minuteMs);
      expect((await mq().send(new ListUsersCommand({ BrokerId }))).Users).toEqual([]);
    });
  });

  it('lists brokers of one Region in pages', async () => {
    await withAws(way, async ({ mq, aws }) => {
      for (let index = 0; index < 7; index++) aws.addBroker({ region: A, brokerName: `broker-${index}` });
      aws.addBroker({ region: B, brokerName: 'elsewhere' });
      const first = await mq().send(new ListBrokersCommand({ MaxResults: 5 }));
      const second = await mq().send(new ListBrokersCommand({ MaxResults: 5, NextToken: first.NextToken }));
      expect(second.NextToken).toBeUndefined();
      const summaries = [...(first.BrokerSummaries ?? []), ...(second.BrokerSummaries ?? [])];
      expect(summaries.map((summary) => summary.BrokerName)).toEqual(
        Array.from({ length: 7 }, (_unused, index) => `broker-${index}`),
      );
      expect(summaries[0]?.Created).toBeInstanceOf(Date);
      expect(await rejection(mq().send(new ListBrokersCommand({ MaxResults: 4 })))).toBeInstanceOf(BadRequestException);
      expect(await rejection(mq().send(new ListBrokersCommand({ NextToken: 'nonsense' })))).toBeInstanceOf(
        BadRequestException,
      );
    });
  });

  it('knows a broker only in its own Region', async () => {
    await withAws(way, async ({ mq, aws }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const error = await rejection(describeBroker(mq(B), brokerId));
      expect(error).toBeInstanceOf(NotFoundException);
      expect(error).toMatchObject({
        name: 'NotFoundException',
        ErrorAttribute: 'broker-id',
        $metadata: { httpStatusCode: 404 },
      });
    });
  });

  it('reboots a running broker only, and names the required action that forbids it', async () => {
    await withAws(way, async ({ mq, aws }) => {
      const { brokerId: BrokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const reboot = () => mq().send(new RebootBrokerCommand({ BrokerId }));
      aws.amendBroker(BrokerId, {
        actionsRequired: [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: 'help' }],
      });
      expect((await describeBroker(mq(), BrokerId)).ActionsRequired).toEqual([
        { ActionRequiredCode: 'BROKER_OOM', ActionRequiredInfo: 'help' },
      ]);
      expect((await rejection(reboot())).message).toContain('BROKER_OOM');
      aws.amendBroker(BrokerId, { actionsRequired: [] });
      await reboot();
      expect(await rejection(reboot())).toBeInstanceOf(BadRequestException);
    });
  });

  it('answers access denials and failures with the classes that the SDK declares', async () => {
    await withAws(way, async ({ mq, aws }) => {
      aws.faults.start({ kind: 'access-denied', service: 'mq', count: 1 });
      expect(await rejection(mq().send(new ListBrokersCommand({})))).toBeInstanceOf(ForbiddenException);
      aws.faults.start({ kind: 'server-error', service: 'mq', operation: 'List*', count: 1 });
      expect(await rejection(mq().send(new ListBrokersCommand({})))).toBeInstanceOf(InternalServerErrorException);
      await mq().send(new ListBrokersCommand({}));
    });
  });

  it('throttles an account that calls more often than its quota allows', async () => {
    const body = async ({ mq, pass }: AwsUnderTest) => {
      const client = mq();
      for (let call = 0; call < 10; call++) await client.send(new ListBrokersCommand({}));
      expect(await rejection(client.send(new ListBrokersCommand({})))).toMatchObject({
        name: 'TooManyRequestsException',
        $metadata: { httpStatusCode: 429 },
      });
      await pass(20_000);
      await client.send(new ListBrokersCommand({}));
    };
    await withAws(way, body, { mq: { callsPerSecond: 0.1, callBurst: 10 } });
  });
});
