import {
  BadRequestException,
  ConflictException,
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  CreateConfigurationCommand,
  ListBrokersCommand,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import type { BrokerSeed } from '../../../../../simulator/world/mq/seed-broker.ts';
import { A, B, password, rejection, startMs, users, ways, withAws } from '../support/aws-under-test.ts';
import { describeBroker, minuteMs, replicaRequest, request } from '../support/mq-requests.ts';

describe.each(ways)('creating brokers with the Amazon MQ API, %s', (way) => {
  it('creates a broker that is running some twenty minutes later', async () => {
    await withAws(way, async ({ mq, pass }) => {
      const created = await mq().send(new CreateBrokerCommand(request));
      expect(created.BrokerId).toMatch(/^b-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(created.BrokerArn).toBe(`arn:aws:mq:${A}:123456789012:broker:orders:${created.BrokerId}`);
      const id = String(created.BrokerId);
      await pass(15 * minuteMs);
      expect((await describeBroker(mq(), id)).BrokerState).toBe('CREATION_IN_PROGRESS');
      await pass(10 * minuteMs);
      const answer = await describeBroker(mq(), id);
      expect(answer).toMatchObject({
        BrokerState: 'RUNNING',
        EngineType: 'ActiveMQ',
        EngineVersion: '5.18.4',
        Users: [{ Username: 'operator' }, { Username: 'replicator' }],
      });
      expect(answer.Created).toBeInstanceOf(Date);
      expect(answer.Created?.getTime()).toBeGreaterThanOrEqual(startMs);
      expect(answer.BrokerInstances?.map((instance) => instance.Endpoints?.[1])).toEqual([
        `amqp+ssl://${id}-1.mq.${A}.amazonaws.com:5671`,
        `amqp+ssl://${id}-2.mq.${A}.amazonaws.com:5671`,
      ]);
      expect(answer.DataReplicationMode).toBeUndefined();
      expect(answer.PendingDataReplicationMode).toBeUndefined();
    });
  });

  it('gives the same broker to a repeated request, and a conflict to another request with its token or name', async () => {
    await withAws(way, async ({ mq }) => {
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
    await withAws(way, async ({ mq, aws }) => {
      const error = await rejection(mq().send(new CreateBrokerCommand({ ...request, ...change })));
      expect(error).toBeInstanceOf(BadRequestException);
      expect(error).toMatchObject({ ErrorAttribute: member });
      expect(aws.brokers()).toEqual([]);
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
    await withAws(way, async ({ mq, aws }) => {
      const primary = aws.addBroker({ region: A, brokerName: 'orders', ...seed });
      const error = await rejection(mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn))));
      expect(error).toBeInstanceOf(BadRequestException);
      expect(error).toMatchObject({ ErrorAttribute: 'dataReplicationPrimaryBrokerArn' });
    });
  });

  it('reports a patch version and refuses one in a request, as the service does', async () => {
    await withAws(way, async ({ mq }) => {
      const patched = mq().send(new CreateBrokerCommand({ ...request, EngineVersion: '5.18.4' }));
      expect(await rejection(patched)).toMatchObject({ ErrorAttribute: 'engineVersion' });
    });
  });

  it.each([
    ['5.17.6', '5.17.6'],
    ['5.17.10', '5.17.10'],
    ['5.18', '5.18.4'],
    ['5.19.2', '5.19.2'],
  ])('accepts a primary of version %s', async (engineVersion, reported) => {
    await withAws(way, async ({ mq, aws }) => {
      const primary = aws.addBroker({ region: A, brokerName: 'orders', engineVersion });
      const { EngineVersion: _unset, ...unversioned } = replicaRequest(primary.brokerArn);
      const replica = await mq(B).send(new CreateBrokerCommand(unversioned));
      expect(await describeBroker(mq(B), String(replica.BrokerId))).toMatchObject({ EngineVersion: reported });
    });
  });

  it('refuses a replica for a primary that is unknown or has one, and a replica without a replication user', async () => {
    await withAws(way, async ({ mq, aws }) => {
      const unknown = mq(B).send(new CreateBrokerCommand(replicaRequest(`arn:aws:mq:${A}:123456789012:broker:x:b-x`)));
      expect(await rejection(unknown)).toBeInstanceOf(BadRequestException);
      const primary = aws.addBroker({ region: A, brokerName: 'orders' });
      const withoutUser = { ...replicaRequest(primary.brokerArn), Users: users.slice(0, 1) };
      expect(await rejection(mq(B).send(new CreateBrokerCommand(withoutUser)))).toMatchObject({
        ErrorAttribute: 'users',
      });
      await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
      const second = { ...replicaRequest(primary.brokerArn), BrokerName: 'other', CreatorRequestId: 'other' };
      expect(await rejection(mq(B).send(new CreateBrokerCommand(second)))).toBeInstanceOf(BadRequestException);
    });
  });

  it('frees the primary when the creation of its replica fails', async () => {
    await withAws(way, async ({ mq, aws, pass }) => {
      const primary = aws.addBroker({ region: A, brokerName: 'orders' });
      aws.faults.start({ kind: 'creation-failure', count: 1 });
      await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
      await pass(30 * minuteMs);
      expect((await describeBroker(mq(), primary.brokerId)).PendingDataReplicationMode).toBeUndefined();
      const second = { ...replicaRequest(primary.brokerArn), BrokerName: 'second', CreatorRequestId: 'second' };
      await mq(B).send(new CreateBrokerCommand(second));
    });
  });

  it('refuses what it does not model by name instead of ignoring it', async () => {
    await withAws(way, async ({ mq }) => {
      const operation = await rejection(
        mq().send(new CreateConfigurationCommand({ EngineType: 'ACTIVEMQ', Name: 'x' })),
      );
      expect(operation).toMatchObject({ name: 'NotModelledException' });
      expect(operation.message).toContain('CreateConfiguration');
      const withLogs = { ...request, Logs: { General: true } };
      expect((await rejection(mq().send(new CreateBrokerCommand(withLogs)))).message).toContain('logs');
    });
  });
});
