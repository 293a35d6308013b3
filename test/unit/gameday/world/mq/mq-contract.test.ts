import {
  BadRequestException,
  ConflictException,
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  CreateConfigurationCommand,
  CreateUserCommand,
  DeleteBrokerCommand,
  DeleteUserCommand,
  DescribeBrokerCommand,
  DescribeUserCommand,
  ForbiddenException,
  InternalServerErrorException,
  ListBrokersCommand,
  ListUsersCommand,
  type MqClient,
  NotFoundException,
  PromoteCommand,
  RebootBrokerCommand,
  UpdateBrokerCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import type { BrokerSeed } from '../../../../../gameday/world/mq/seed-broker.ts';
import {
  A,
  B,
  password,
  rejection,
  START_MS,
  users,
  type WorldUnderTest,
  ways,
  withWorld,
} from '../support/world-under-test.ts';

const MINUTE_MS = 60_000;

const request: CreateBrokerCommandInput = {
  BrokerName: 'orders',
  DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
  EngineType: 'ACTIVEMQ',
  EngineVersion: '5.18',
  HostInstanceType: 'mq.m5.large',
  PubliclyAccessible: false,
  Users: users,
  CreatorRequestId: 'first',
};

const replicaRequest = (primaryArn: string): CreateBrokerCommandInput => ({
  ...request,
  BrokerName: 'orders-replica',
  CreatorRequestId: 'replica',
  DataReplicationMode: 'CRDR',
  DataReplicationPrimaryBrokerArn: primaryArn,
});

const describeBroker = (client: MqClient, BrokerId: string) => client.send(new DescribeBrokerCommand({ BrokerId }));

/** A running primary, and a replica that waits for the primary's reboot. */
async function pendingPair({ world, mq, pass }: WorldUnderTest): Promise<{ primaryId: string; replicaId: string }> {
  const primary = world.addBroker({ region: A, brokerName: 'orders' });
  const replica = await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
  await pass(30 * MINUTE_MS);
  return { primaryId: primary.brokerId, replicaId: String(replica.BrokerId) };
}

/** Two brokers that replicate already. */
function activePair({ world }: WorldUnderTest): { primaryId: string; replicaId: string } {
  const primary = world.addBroker({ region: A, brokerName: 'orders' });
  const replica = world.addBroker({ region: B, brokerName: 'orders-replica' });
  world.pairBrokers(primary.brokerId, replica.brokerId);
  return { primaryId: primary.brokerId, replicaId: replica.brokerId };
}

describe.each(ways)('the Amazon MQ API, %s', (way) => {
  it('creates a broker that is running some twenty minutes later', async () => {
    await withWorld(way, async ({ mq, pass }) => {
      const created = await mq().send(new CreateBrokerCommand(request));
      expect(created.BrokerId).toMatch(/^b-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(created.BrokerArn).toBe(`arn:aws:mq:${A}:123456789012:broker:orders:${created.BrokerId}`);
      const id = String(created.BrokerId);
      await pass(15 * MINUTE_MS);
      expect((await describeBroker(mq(), id)).BrokerState).toBe('CREATION_IN_PROGRESS');
      await pass(10 * MINUTE_MS);
      const answer = await describeBroker(mq(), id);
      expect(answer).toMatchObject({
        BrokerState: 'RUNNING',
        EngineType: 'ActiveMQ',
        EngineVersion: '5.18',
        Users: [{ Username: 'operator' }, { Username: 'replicator' }],
      });
      expect(answer.Created).toBeInstanceOf(Date);
      expect(answer.Created?.getTime()).toBeGreaterThanOrEqual(START_MS);
      expect(answer.BrokerInstances?.map((instance) => instance.Endpoints?.[1])).toEqual([
        `amqp+ssl://${id}-1.mq.${A}.amazonaws.com:5671`,
        `amqp+ssl://${id}-2.mq.${A}.amazonaws.com:5671`,
      ]);
      expect(answer.DataReplicationMode).toBeUndefined();
      expect(answer.PendingDataReplicationMode).toBeUndefined();
    });
  });

  it('gives the same broker to a repeated request, and a conflict to another request with its token or name', async () => {
    await withWorld(way, async ({ mq }) => {
      const first = await mq().send(new CreateBrokerCommand(request));
      const again = await mq().send(new CreateBrokerCommand({ ...request, Users: users.map((user) => ({ ...user })) }));
      expect(again.BrokerId).toBe(first.BrokerId);
      const otherRequest = mq().send(new CreateBrokerCommand({ ...request, HostInstanceType: 'mq.m5.xlarge' }));
      expect(await rejection(otherRequest)).toBeInstanceOf(ConflictException);
      const sameName = await rejection(mq().send(new CreateBrokerCommand({ ...request, CreatorRequestId: 'second' })));
      expect(sameName).toBeInstanceOf(ConflictException);
      expect(sameName).toMatchObject({ ErrorAttribute: 'brokerName' });
      await mq(B).send(new CreateBrokerCommand(request));
      expect((await mq().send(new ListBrokersCommand({}))).BrokerSummaries).toHaveLength(1);
    });
  });

  it.each<[string, Partial<CreateBrokerCommandInput>, string]>([
    ['a name with a space', { BrokerName: 'my orders' }, 'brokerName'],
    ['a name of 51 characters', { BrokerName: 'x'.repeat(51) }, 'brokerName'],
    ['no user', { Users: [] }, 'users'],
    ['a short password', { Users: [{ Username: 'operator', Password: 'short' }] }, 'password'],
    ['a password with a comma', { Users: [{ Username: 'operator', Password: 'abcdefgh,ijkl' }] }, 'password'],
    [
      'a password of three different characters',
      { Users: [{ Username: 'operator', Password: 'abcabcabcabc' }] },
      'password',
    ],
    ['a user name of one character', { Users: [{ Username: 'o', Password: password }] }, 'username'],
    [
      'a replication user with console access',
      { Users: [{ Username: 'both', Password: password, ConsoleAccess: true, ReplicationUser: true }] },
      'replicationUser',
    ],
    ['an unknown engine version', { EngineVersion: '4.1' }, 'engineVersion'],
    ['an instance type of RabbitMQ', { HostInstanceType: 'mq.m7g.large' }, 'hostInstanceType'],
    ['a cluster of ActiveMQ', { DeploymentMode: 'CLUSTER_MULTI_AZ' }, 'deploymentMode'],
    ['CRDR without a primary', { DataReplicationMode: 'CRDR' }, 'dataReplicationPrimaryBrokerArn'],
    ['a primary without CRDR', { DataReplicationPrimaryBrokerArn: 'arn:x' }, 'dataReplicationPrimaryBrokerArn'],
  ])('refuses to create a broker with %s and names the member', async (_what, change, member) => {
    await withWorld(way, async ({ mq, world }) => {
      const error = await rejection(mq().send(new CreateBrokerCommand({ ...request, ...change })));
      expect(error).toBeInstanceOf(BadRequestException);
      expect(error).toMatchObject({ ErrorAttribute: member });
      expect(world.brokers()).toEqual([]);
    });
  });

  it.each<[string, Partial<BrokerSeed>]>([
    ['RabbitMQ', { engineType: 'RabbitMQ', deploymentMode: 'CLUSTER_MULTI_AZ' }],
    ['a single instance', { deploymentMode: 'SINGLE_INSTANCE' }],
    ['version 5.17.5', { engineVersion: '5.17.5' }],
    ['version 5.16.7', { engineVersion: '5.16.7' }],
    ['a micro instance', { hostInstanceType: 'mq.t3.micro' }],
    ['the state REBOOT_IN_PROGRESS', { state: 'REBOOT_IN_PROGRESS' }],
    ['the same Region', { region: B }],
  ])('refuses a replica for a primary with %s', async (_what, seed) => {
    await withWorld(way, async ({ mq, world }) => {
      const primary = world.addBroker({ region: A, brokerName: 'orders', ...seed });
      const error = await rejection(mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn))));
      expect(error).toBeInstanceOf(BadRequestException);
      expect(error).toMatchObject({ ErrorAttribute: 'dataReplicationPrimaryBrokerArn' });
    });
  });

  it('refuses a replica for a primary that is unknown or has one, and a replica without a replication user', async () => {
    await withWorld(way, async ({ mq, world }) => {
      const unknown = mq(B).send(new CreateBrokerCommand(replicaRequest(`arn:aws:mq:${A}:123456789012:broker:x:b-x`)));
      expect(await rejection(unknown)).toBeInstanceOf(BadRequestException);
      const primary = world.addBroker({ region: A, brokerName: 'orders' });
      const withoutUser = { ...replicaRequest(primary.brokerArn), Users: users.slice(0, 1) };
      expect(await rejection(mq(B).send(new CreateBrokerCommand(withoutUser)))).toMatchObject({
        ErrorAttribute: 'users',
      });
      await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
      const second = { ...replicaRequest(primary.brokerArn), BrokerName: 'other', CreatorRequestId: 'other' };
      expect(await rejection(mq(B).send(new CreateBrokerCommand(second)))).toBeInstanceOf(BadRequestException);
    });
  });

  it('shows a pair as pending until the primary is rebooted, which reboots the replica too', async () => {
    await withWorld(way, async (test) => {
      const { mq, pass, dataPlanes } = test;
      const { primaryId, replicaId } = await pendingPair(test);
      const pending = await describeBroker(mq(B), replicaId);
      expect(pending).toMatchObject({
        BrokerState: 'RUNNING',
        PendingDataReplicationMode: 'CRDR',
        PendingDataReplicationMetadata: {
          DataReplicationRole: 'REPLICA',
          DataReplicationCounterpart: { BrokerId: primaryId, Region: A },
        },
      });
      expect(pending.DataReplicationMode).toBeUndefined();

      await mq().send(new RebootBrokerCommand({ BrokerId: primaryId }));
      expect((await describeBroker(mq(), primaryId)).BrokerState).toBe('REBOOT_IN_PROGRESS');
      expect((await describeBroker(mq(B), replicaId)).BrokerState).toBe('REBOOT_IN_PROGRESS');
      expect(dataPlanes.broker(primaryId).up).toBe(false);
      expect(dataPlanes.broker(replicaId).up).toBe(false);

      await pass(6 * MINUTE_MS);
      expect(dataPlanes.broker(primaryId).up).toBe(true);
      expect(await describeBroker(mq(), primaryId)).toMatchObject({
        BrokerState: 'RUNNING',
        DataReplicationMode: 'CRDR',
        DataReplicationMetadata: {
          DataReplicationRole: 'PRIMARY',
          DataReplicationCounterpart: { BrokerId: replicaId, Region: B },
        },
      });
      const replica = await describeBroker(mq(B), replicaId);
      expect(replica.DataReplicationMetadata?.DataReplicationRole).toBe('REPLICA');
      expect(replica.PendingDataReplicationMode).toBeUndefined();
      expect(replica.PendingDataReplicationMetadata).toBeUndefined();
    });
  });

  it('leaves a pair pending when the replica alone is rebooted', async () => {
    await withWorld(way, async (test) => {
      const { mq, pass } = test;
      const { primaryId, replicaId } = await pendingPair(test);
      await mq(B).send(new RebootBrokerCommand({ BrokerId: replicaId }));
      await pass(6 * MINUTE_MS);
      expect((await describeBroker(mq(), primaryId)).PendingDataReplicationMode).toBe('CRDR');
    });
  });

  it('shows the roles as they really are during a switchover', async () => {
    await withWorld(way, async (test) => {
      const { mq, dataPlanes } = test;
      const { primaryId, replicaId } = activePair(test);
      const roles = async () => [
        (await describeBroker(mq(), primaryId)).DataReplicationMetadata?.DataReplicationRole,
        (await describeBroker(mq(B), replicaId)).DataReplicationMetadata?.DataReplicationRole,
      ];
      const answer = await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      expect(answer.BrokerId).toBe(replicaId);
      expect(await roles()).toEqual(['PRIMARY', 'REPLICA']);
      await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      expect(dataPlanes.pair().switchoversRequested).toBe(1);
      dataPlanes.pair().completeSwitchover();
      expect(await roles()).toEqual(['REPLICA', 'PRIMARY']);
    });
  });

  it('lets a failover interrupt a switchover, but no switchover interrupt a failover', async () => {
    await withWorld(way, async (test) => {
      const { mq, dataPlanes } = test;
      const { primaryId, replicaId } = activePair(test);
      await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
      expect((await describeBroker(mq(B), replicaId)).DataReplicationMetadata?.DataReplicationRole).toBe('PRIMARY');
      const back = () => mq().send(new PromoteCommand({ BrokerId: primaryId, Mode: 'SWITCHOVER' }));
      expect(await rejection(back())).toBeInstanceOf(BadRequestException);
      dataPlanes.pair().demoteOldPrimary();
      await back();
      expect(dataPlanes.pair().switchoversRequested).toBe(2);
    });
  });

  it('refuses to promote a primary, a broker without a pair, a pending pair and an unknown mode', async () => {
    await withWorld(way, async (test) => {
      const { mq, world } = test;
      const { primaryId } = activePair(test);
      const alone = world.addBroker({ region: A, brokerName: 'alone' });
      const promote = (BrokerId: string, Mode: 'SWITCHOVER' | 'FAILOVER') =>
        mq().send(new PromoteCommand({ BrokerId, Mode }));
      expect(await rejection(promote(primaryId, 'SWITCHOVER'))).toBeInstanceOf(BadRequestException);
      expect(await rejection(promote(primaryId, 'FAILOVER'))).toBeInstanceOf(BadRequestException);
      expect(await rejection(promote(alone.brokerId, 'FAILOVER'))).toBeInstanceOf(BadRequestException);
      const odd = 'SIDEWAYS' as 'FAILOVER';
      expect(await rejection(promote(primaryId, odd))).toMatchObject({ ErrorAttribute: 'mode' });
    });
    await withWorld(way, async (test) => {
      const { replicaId } = await pendingPair(test);
      const promoted = test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
      expect(await rejection(promoted)).toBeInstanceOf(BadRequestException);
    });
  });

  it('ends a pair by an update and a reboot of the primary, and deletes only what is not paired', async () => {
    await withWorld(way, async (test) => {
      const { mq, pass, dataPlanes } = test;
      const { primaryId, replicaId } = activePair(test);
      const remove = () => mq(B).send(new DeleteBrokerCommand({ BrokerId: replicaId }));
      expect(await rejection(remove())).toBeInstanceOf(BadRequestException);
      const onReplica = mq(B).send(new UpdateBrokerCommand({ BrokerId: replicaId, DataReplicationMode: 'NONE' }));
      expect(await rejection(onReplica)).toBeInstanceOf(BadRequestException);

      const updated = await mq().send(new UpdateBrokerCommand({ BrokerId: primaryId, DataReplicationMode: 'NONE' }));
      expect(updated).toMatchObject({ DataReplicationMode: 'CRDR', PendingDataReplicationMode: 'NONE' });
      expect(await rejection(remove())).toBeInstanceOf(BadRequestException);
      await mq().send(new RebootBrokerCommand({ BrokerId: primaryId }));
      await pass(6 * MINUTE_MS);
      expect(dataPlanes.broker(replicaId).role).toBe('standalone');
      const after = await describeBroker(mq(), primaryId);
      expect(after.DataReplicationMode).toBe('NONE');
      expect(after.DataReplicationMetadata).toBeUndefined();
      expect(after.PendingDataReplicationMode).toBeUndefined();

      await remove();
      expect((await describeBroker(mq(B), replicaId)).BrokerState).toBe('DELETION_IN_PROGRESS');
      await pass(6 * MINUTE_MS);
      expect(await rejection(describeBroker(mq(B), replicaId))).toBeInstanceOf(NotFoundException);
    });
  });

  it('applies versions, sizes and users with the next reboot and shows them as pending before', async () => {
    await withWorld(way, async ({ mq, world, pass, dataPlanes }) => {
      const seeded = { username: 'operator', password, consoleAccess: true };
      const { brokerId: BrokerId } = world.addBroker({ region: A, brokerName: 'orders', users: [seeded] });
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
        EngineVersion: '5.18',
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
      await pass(6 * MINUTE_MS);
      const after = await describeBroker(mq(), BrokerId);
      expect(after).toMatchObject({
        EngineVersion: '5.19',
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
    await withWorld(way, async ({ mq, world, pass }) => {
      const seeded = { username: 'operator', password };
      const { brokerId: BrokerId } = world.addBroker({ region: A, brokerName: 'orders', users: [seeded] });
      const create = mq().send(new CreateUserCommand({ BrokerId, Username: 'operator', Password: password }));
      expect(await rejection(create)).toBeInstanceOf(ConflictException);
      const unknown = mq().send(new UpdateUserCommand({ BrokerId, Username: 'nobody', Groups: [] }));
      expect(await rejection(unknown)).toBeInstanceOf(NotFoundException);
      await mq().send(new DeleteUserCommand({ BrokerId, Username: 'operator' }));
      expect(await mq().send(new ListUsersCommand({ BrokerId }))).toMatchObject({
        Users: [{ Username: 'operator', PendingChange: 'DELETE' }],
      });
      await mq().send(new RebootBrokerCommand({ BrokerId }));
      await pass(6 * MINUTE_MS);
      expect((await mq().send(new ListUsersCommand({ BrokerId }))).Users).toEqual([]);
    });
  });

  it('lists brokers of one Region in pages', async () => {
    await withWorld(way, async ({ mq, world }) => {
      for (let index = 0; index < 7; index++) world.addBroker({ region: A, brokerName: `broker-${index}` });
      world.addBroker({ region: B, brokerName: 'elsewhere' });
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
    await withWorld(way, async ({ mq, world }) => {
      const { brokerId } = world.addBroker({ region: A, brokerName: 'orders' });
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
    await withWorld(way, async ({ mq, world }) => {
      const { brokerId: BrokerId } = world.addBroker({ region: A, brokerName: 'orders' });
      const reboot = () => mq().send(new RebootBrokerCommand({ BrokerId }));
      world.amendBroker(BrokerId, {
        actionsRequired: [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: 'help' }],
      });
      expect((await describeBroker(mq(), BrokerId)).ActionsRequired).toEqual([
        { ActionRequiredCode: 'BROKER_OOM', ActionRequiredInfo: 'help' },
      ]);
      expect((await rejection(reboot())).message).toContain('BROKER_OOM');
      world.amendBroker(BrokerId, { actionsRequired: [] });
      await reboot();
      expect(await rejection(reboot())).toBeInstanceOf(BadRequestException);
    });
  });

  it('refuses a change of the engine version on a replica in the words of the service', async () => {
    await withWorld(way, async (test) => {
      const { replicaId } = activePair(test);
      const update = test.mq(B).send(new UpdateBrokerCommand({ BrokerId: replicaId, EngineVersion: '5.19' }));
      expect((await rejection(update)).message).toBe(
        'Global broker attribute [Optional[engineVersion]] cannot be modified in Replica broker directly.',
      );
    });
  });

  it('refuses what it does not model by name instead of ignoring it', async () => {
    await withWorld(way, async ({ mq }) => {
      const operation = await rejection(
        mq().send(new CreateConfigurationCommand({ EngineType: 'ACTIVEMQ', Name: 'x' })),
      );
      expect(operation).toMatchObject({ name: 'NotModelledException' });
      expect(operation.message).toContain('CreateConfiguration');
      const withLogs = { ...request, Logs: { General: true } };
      expect((await rejection(mq().send(new CreateBrokerCommand(withLogs)))).message).toContain('logs');
    });
  });

  it('fails a creation, slows a reboot and holds a promotion when faults say so', async () => {
    await withWorld(way, async (test) => {
      const { mq, world, pass, dataPlanes } = test;
      const { primaryId, replicaId } = activePair(test);
      world.faults.start({ kind: 'creation-failure', brokerName: 'doomed' });
      const doomed = await mq().send(new CreateBrokerCommand({ ...request, BrokerName: 'doomed' }));
      world.faults.start({ kind: 'stuck-promotion', count: 1 });
      await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      expect(dataPlanes.pair().switchoversRequested).toBe(0);
      world.faults.start({ kind: 'slow-lifecycle', factor: 4, phase: 'reboot' });
      await mq().send(new RebootBrokerCommand({ BrokerId: primaryId }));
      await pass(15 * MINUTE_MS);
      expect((await describeBroker(mq(), primaryId)).BrokerState).toBe('REBOOT_IN_PROGRESS');
      await pass(10 * MINUTE_MS);
      expect((await describeBroker(mq(), primaryId)).BrokerState).toBe('RUNNING');
      expect((await describeBroker(mq(), String(doomed.BrokerId))).BrokerState).toBe('CREATION_FAILED');
      await mq().send(new DeleteBrokerCommand({ BrokerId: String(doomed.BrokerId) }));
    });
  });

  it('frees the primary when the creation of its replica fails', async () => {
    await withWorld(way, async ({ mq, world, pass }) => {
      const primary = world.addBroker({ region: A, brokerName: 'orders' });
      world.faults.start({ kind: 'creation-failure', count: 1 });
      await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
      await pass(30 * MINUTE_MS);
      expect((await describeBroker(mq(), primary.brokerId)).PendingDataReplicationMode).toBeUndefined();
      const second = { ...replicaRequest(primary.brokerArn), BrokerName: 'second', CreatorRequestId: 'second' };
      await mq(B).send(new CreateBrokerCommand(second));
    });
  });

  it('answers access denials and failures with the classes that the SDK declares', async () => {
    await withWorld(way, async ({ mq, world }) => {
      world.faults.start({ kind: 'access-denied', service: 'mq', count: 1 });
      expect(await rejection(mq().send(new ListBrokersCommand({})))).toBeInstanceOf(ForbiddenException);
      world.faults.start({ kind: 'server-error', service: 'mq', operation: 'List*', count: 1 });
      expect(await rejection(mq().send(new ListBrokersCommand({})))).toBeInstanceOf(InternalServerErrorException);
      await mq().send(new ListBrokersCommand({}));
    });
  });

  it('throttles an account that calls more often than its quota allows', async () => {
    const body = async ({ mq, pass }: WorldUnderTest) => {
      const client = mq();
      for (let call = 0; call < 10; call++) await client.send(new ListBrokersCommand({}));
      expect(await rejection(client.send(new ListBrokersCommand({})))).toMatchObject({
        name: 'TooManyRequestsException',
        $metadata: { httpStatusCode: 429 },
      });
      await pass(20_000);
      await client.send(new ListBrokersCommand({}));
    };
    await withWorld(way, body, { mq: { callsPerSecond: 0.1, callBurst: 10 } });
  });
});

describe('uncertain behaviours of the service', () => {
  it('can be set: the spelling of roles, and the state of a replica', async () => {
    const settings = {
      roleSpelling: { primary: 'Primary', replica: 'Replica' },
      replicaBrokerState: 'REPLICA',
      rebootOfReplicaAllowed: false,
    } as const;
    await withWorld(
      'in process',
      async (test) => {
        const { replicaId } = activePair(test);
        expect(await describeBroker(test.mq(B), replicaId)).toMatchObject({
          BrokerState: 'REPLICA',
          DataReplicationMetadata: { DataReplicationRole: 'Replica' },
        });
        const reboot = test.mq(B).send(new RebootBrokerCommand({ BrokerId: replicaId }));
        expect(await rejection(reboot)).toBeInstanceOf(BadRequestException);
      },
      { mq: settings },
    );
  });
});
