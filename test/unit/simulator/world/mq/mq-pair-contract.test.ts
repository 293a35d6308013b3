import {
  BadRequestException,
  CreateBrokerCommand,
  DeleteBrokerCommand,
  NotFoundException,
  PromoteCommand,
  RebootBrokerCommand,
  UpdateBrokerCommand,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, ways, withAws } from '../support/aws-under-test.ts';
import { activePair, describeBroker, minuteMs, pendingPair, request } from '../support/mq-requests.ts';

describe.each(ways)('pairs in the Amazon MQ API, %s', (way) => {
  it('shows a pair as pending until the primary is rebooted, which reboots the replica too', async () => {
    await withAws(way, async (test) => {
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

      await pass(6 * minuteMs);
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
    await withAws(way, async (test) => {
      const { mq, pass } = test;
      const { primaryId, replicaId } = await pendingPair(test);
      await mq(B).send(new RebootBrokerCommand({ BrokerId: replicaId }));
      await pass(6 * minuteMs);
      expect((await describeBroker(mq(), primaryId)).PendingDataReplicationMode).toBe('CRDR');
    });
  });

  it('shows the roles as they really are during a switchover', async () => {
    await withAws(way, async (test) => {
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
    await withAws(way, async (test) => {
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

  it('refuses a switchover while a failover that does not finish is in force', async () => {
    await withAws(way, async (test) => {
      const { replicaId } = activePair(test);
      test.aws.faults.start({ kind: 'stuck-promotion', mode: 'FAILOVER', count: 1 });
      await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
      const switchover = test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      const error = await rejection(switchover);
      expect(error).toBeInstanceOf(BadRequestException);
      expect(error.message).toContain('a FAILOVER is in progress');
      await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
      expect(test.dataPlanes.broker(replicaId).role).toBe('primary');
    });
  });

  it('refuses to promote a primary, a broker without a pair, a pending pair and an unknown mode', async () => {
    await withAws(way, async (test) => {
      const { mq, aws } = test;
      const { primaryId } = activePair(test);
      const alone = aws.addBroker({ region: A, brokerName: 'alone' });
      const promote = (BrokerId: string, Mode: 'SWITCHOVER' | 'FAILOVER') =>
        mq().send(new PromoteCommand({ BrokerId, Mode }));
      expect(await rejection(promote(primaryId, 'SWITCHOVER'))).toBeInstanceOf(BadRequestException);
      expect(await rejection(promote(primaryId, 'FAILOVER'))).toBeInstanceOf(BadRequestException);
      expect(await rejection(promote(alone.brokerId, 'FAILOVER'))).toBeInstanceOf(BadRequestException);
      const odd = 'SIDEWAYS' as 'FAILOVER';
      expect(await rejection(promote(primaryId, odd))).toMatchObject({ ErrorAttribute: 'mode' });
    });
    await withAws(way, async (test) => {
      const { replicaId } = await pendingPair(test);
      const promoted = test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
      expect(await rejection(promoted)).toBeInstanceOf(BadRequestException);
    });
  });

  it('ends a pair by an update and a reboot of the primary, and deletes only what is not paired', async () => {
    await withAws(way, async (test) => {
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
      await pass(6 * minuteMs);
      expect(dataPlanes.broker(replicaId).role).toBe('standalone');
      const after = await describeBroker(mq(), primaryId);
      expect(after.DataReplicationMode).toBe('NONE');
      expect(after.DataReplicationMetadata).toBeUndefined();
      expect(after.PendingDataReplicationMode).toBeUndefined();

      await remove();
      expect((await describeBroker(mq(B), replicaId)).BrokerState).toBe('DELETION_IN_PROGRESS');
      await pass(6 * minuteMs);
      expect(await rejection(describeBroker(mq(B), replicaId))).toBeInstanceOf(NotFoundException);
    });
  });

  it('ends a pair that no reboot has activated, in the same two steps', async () => {
    await withAws(way, async (test) => {
      const { mq, pass, dataPlanes } = test;
      const { primaryId, replicaId } = await pendingPair(test);
      const updated = await mq().send(new UpdateBrokerCommand({ BrokerId: primaryId, DataReplicationMode: 'NONE' }));
      expect(updated.PendingDataReplicationMode).toBe('NONE');
      expect(updated.DataReplicationMode).toBeUndefined();
      expect(updated.PendingDataReplicationMetadata).toBeUndefined();
      await mq().send(new RebootBrokerCommand({ BrokerId: primaryId }));
      expect((await describeBroker(mq(B), replicaId)).BrokerState).toBe('REBOOT_IN_PROGRESS');
      await pass(6 * minuteMs);
      for (const after of [await describeBroker(mq(), primaryId), await describeBroker(mq(B), replicaId)]) {
        expect(after).toMatchObject({ BrokerState: 'RUNNING', DataReplicationMode: 'NONE' });
        expect(after.PendingDataReplicationMode).toBeUndefined();
      }
      expect(dataPlanes.broker(replicaId)).toMatchObject({ role: 'standalone', up: true });
      await mq(B).send(new DeleteBrokerCommand({ BrokerId: replicaId }));
    });
  });

  it('refuses a change of the engine version on a replica in the words of the service', async () => {
    await withAws(way, async (test) => {
      const { replicaId } = activePair(test);
      const update = test.mq(B).send(new UpdateBrokerCommand({ BrokerId: replicaId, EngineVersion: '5.19' }));
      expect((await rejection(update)).message).toBe(
        'Global broker attribute [Optional[engineVersion]] cannot be modified in Replica broker directly.',
      );
    });
  });

  it('fails a creation, slows a reboot and holds a promotion when faults say so', async () => {
    await withAws(way, async (test) => {
      const { mq, aws, pass, dataPlanes } = test;
      const { primaryId, replicaId } = activePair(test);
      aws.faults.start({ kind: 'creation-failure', brokerName: 'doomed' });
      const doomed = await mq().send(new CreateBrokerCommand({ ...request, BrokerName: 'doomed' }));
      aws.faults.start({ kind: 'stuck-promotion', count: 1 });
      await mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
      expect(dataPlanes.pair().switchoversRequested).toBe(0);
      aws.faults.start({ kind: 'slow-lifecycle', factor: 4, phase: 'reboot' });
      await mq().send(new RebootBrokerCommand({ BrokerId: primaryId }));
      await pass(15 * minuteMs);
      expect((await describeBroker(mq(), primaryId)).BrokerState).toBe('REBOOT_IN_PROGRESS');
      await pass(10 * minuteMs);
      expect((await describeBroker(mq(), primaryId)).BrokerState).toBe('RUNNING');
      expect((await describeBroker(mq(), String(doomed.BrokerId))).BrokerState).toBe('CREATION_FAILED');
      await mq().send(new DeleteBrokerCommand({ BrokerId: String(doomed.BrokerId) }));
    });
  });
});

describe('uncertain behaviours of the service', () => {
  it('can be set: the spelling of roles, and the state of a replica', async () => {
    const settings = {
      roleSpelling: { primary: 'Primary', replica: 'Replica' },
      replicaBrokerState: 'REPLICA',
      rebootOfReplicaAllowed: false,
    } as const;
    await withAws(
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
