import { beforeAll, describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { createReplicaInput } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, freeze, mqWrites, switchoverInput } from '../support/testbed.ts';

const mondayMorning = [{ reason: 'market opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];

const input = (more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  confirm: 'orders',
  reason: 'test',
  ...more,
});

const replicaOf = (testbed: Testbed): string => testbed.broker('orders-replica').brokerId;

const withDeletion = (testbed: Testbed, more: Readonly<Record<string, unknown>> = {}) =>
  input({ deleteReplica: true, replicaBrokerId: replicaOf(testbed), ...more });

const codesOf = (output: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  ((output?.blockers ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

const unpair = async (testbed: Testbed, more: Readonly<Record<string, unknown>> = {}) =>
  await testbed.run('unpair', 'us-east-1', input(more));

/** Every write of any service but people's notifications. */
const writesOf = (testbed: Testbed): readonly string[] =>
  testbed.calls
    .filter(({ operation }) => /^(Create|Reboot|Promote|Update|Put|Delete)/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);

const bothWrites = ['UpdateBroker us-east-1 ok', 'RebootBroker us-east-1 ok'];

describe('unpair', () => {
  it('ends replication by one update and one reboot of the primary, and keeps both brokers', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const end = await unpair(testbed);
      expect(end.error).toBeUndefined();
      expect(end.output).toMatchObject({ outcome: 'Unpaired', replicaDeleted: false });
      expect(String(end.output?.next)).toContain('remove "brokers"');
      expect(mqWrites(testbed)).toEqual(bothWrites);
      expect(testbed.broker('orders').dataPlane.role).toBe('standalone');
      expect(testbed.broker('orders-replica').dataPlane.role).toBe('standalone');
    });
  });

  it('deletes the replica that the input names, once both are ordinary brokers', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed));
      expect(end.output).toMatchObject({ outcome: 'Unpaired', replicaDeleted: true });
      expect(mqWrites(testbed)).toEqual([...bothWrites, 'DeleteBroker us-west-2 ok']);
      expect(testbed.aws.brokers().map(({ brokerName }) => brokerName)).toEqual(['orders']);
    });
  });

  it('forgets the members that create-replica recorded, so that the pair can be created again', async () => {
    const testbed = await createTestbed();
    await testbed.play(async () => {
      await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed));
      expect(end.output).toMatchObject({ outcome: 'Unpaired', next: [] });
      const gone = await unpair(testbed);
      expect(gone).toMatchObject({ status: 'FAILED', error: 'NotFound' });
      const again = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(again.output).toMatchObject({ outcome: 'Paired' });
    });
  });

  it('finds its way when it is started again after the end, also after the deletion', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await unpair(testbed);
      const later = withDeletion(testbed);
      expect((await testbed.run('unpair', 'us-east-1', later)).output).toMatchObject({ outcome: 'Unpaired' });
      const again = await testbed.run('unpair', 'us-east-1', later);
      expect(again.output).toMatchObject({ outcome: 'Unpaired' });
      expect(mqWrites(testbed)).toEqual([...bothWrites, 'DeleteBroker us-west-2 ok']);
    });
  });

  it('works on the broker that is primary now, not on the one that was created first', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      await testbed.run('switchover', 'us-west-2', switchoverInput());
      const end = await testbed.run(
        'unpair',
        'us-west-2',
        input({ deleteReplica: true, replicaBrokerId: testbed.pair('orders').primaryId }),
      );
      expect(end.output).toMatchObject({ outcome: 'Unpaired' });
      expect(mqWrites(testbed).slice(1)).toEqual([
        'UpdateBroker us-west-2 ok',
        'RebootBroker us-west-2 ok',
        'DeleteBroker us-east-1 ok',
      ]);
    });
  });

  it.each(['RUNNING', 'REPLICA'] as const)('accepts a steady replica that reads %s', async (replicaBrokerState) => {
    const testbed = await createTestbed({ paired: true, mq: { replicaBrokerState } });
    await testbed.play(async () => {
      expect((await unpair(testbed)).output).toMatchObject({ outcome: 'Unpaired' });
    });
  });

  describe('refuses', () => {
    it('with every reason at once, and writes nothing', async () => {
      const testbed = await createTestbed({ paired: true, settings: { protectedWindows: mondayMorning } });
      await testbed.play(async () => {
        testbed.aws.amendBroker(testbed.pair('orders').primaryId, {
          actionsRequired: [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: '' }],
          pending: { hostInstanceType: 'mq.m5.xlarge' },
        });
        const end = await unpair(testbed, {
          confirm: 'order',
          deleteReplica: true,
          replicaBrokerId: testbed.pair('orders').primaryId,
        });
        expect(end.status).toBe('SUCCEEDED');
        expect(end.output).toMatchObject({ outcome: 'Refused' });
        expect(codesOf(end.output)).toEqual([
          'CONFIRM_MISMATCH',
          'DELETE_TARGET_NOT_REPLICA',
          'ACTION_REQUIRED',
          'CHANGES_PENDING',
          'PROTECTED_WINDOW',
        ]);
        expect(writesOf(testbed)).toEqual([]);
      });
    });

    it('while a Region cannot be read', async () => {
      const testbed = await createTestbed({ paired: true });
      await testbed.play(async () => {
        testbed.aws.blackout('us-west-2');
        expect(codesOf((await unpair(testbed)).output)).toEqual(['REPLICA_UNREADABLE']);
        expect(writesOf(testbed)).toEqual([]);
      });
    });

    it('a pair that has not been activated, since its reboot would begin replication', async () => {
      const testbed = await createTestbed({ settings: { protectedWindows: mondayMorning } });
      await testbed.play(async () => {
        await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        const brokers = [testbed.pair('orders').primaryArn, testbed.broker('orders-replica').brokerArn] as const;
        testbed.deployPairs([{ name: 'orders', brokers }]);
        const codes = codesOf((await unpair(testbed)).output);
        expect(codes).toEqual(expect.arrayContaining(['PRIMARY_NOT_PRIMARY', 'REPLICATION_CHANGE_PENDING']));
        expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok']);
      });
    });

    it('while another run holds the lock', async () => {
      const testbed = await createTestbed({ paired: true });
      await testbed.play(async () => {
        const first = await testbed.start('unpair', 'us-east-1', input());
        await testbed.clock.sleepMs(60_000);
        const second = await unpair(testbed);
        expect(codesOf(second.output)).toContain('LOCK_HELD');
        expect((await testbed.end(first)).output).toMatchObject({ outcome: 'Unpaired' });
        expect(mqWrites(testbed)).toEqual(bothWrites);
      });
    });

    it('when another run takes the lock between the gate and the lock', async () => {
      const testbed: Testbed = await createTestbed({
        paired: true,
        replaceTask: ({ stateName }) =>
          stateName === 'AcquireLock' ? new TaskFailure('LockHeld', 'a switchover run holds the lock') : undefined,
      });
      await testbed.play(async () => {
        expect(codesOf((await unpair(testbed)).output)).toEqual(['LOCK_HELD']);
        expect(writesOf(testbed)).toEqual([]);
      });
    });

    it('while the pair is frozen', async () => {
      const testbed = await createTestbed({ paired: true });
      await testbed.play(async () => {
        await freeze(testbed, 'PAIR#orders');
        expect(codesOf((await unpair(testbed)).output)).toEqual(['FROZEN']);
        expect(mqWrites(testbed)).toEqual([]);
      });
    });

    it.each([
      ['UnpairPrimary', []],
      ['RebootPrimary', ['UpdateBroker us-east-1 ok']],
      ['DeleteReplica', bothWrites],
    ] as const)('at %s what has been frozen since the gate, and gives the lock back', async (state, written) => {
      let frozen = false;
      const testbed: Testbed = await createTestbed({
        paired: true,
        replaceTask: ({ stateName }) => {
          if (stateName !== state || frozen) return undefined;
          frozen = true;
          return new TaskFailure('ServiceUnavailable', 'the first try is late');
        },
      });
      await testbed.play(async () => {
        const arn = await testbed.start('unpair', 'us-east-1', withDeletion(testbed));
        while (!frozen) await testbed.clock.sleepMs(1_000);
        await freeze(testbed, 'PAIR#orders');
        expect(codesOf((await testbed.end(arn)).output)).toEqual(['FROZEN']);
        expect(mqWrites(testbed)).toEqual(written);
        expect(testbed.transitions.some(({ stateName }) => stateName === 'ReleaseLock')).toBe(true);
      });
    });

    it('the reboot in a protected window that has begun since, and a later start goes on from there', async () => {
      const testbed: Testbed = await createTestbed({
        paired: true,
        replaceTask: (call) => {
          if (call.stateName === 'RebootPrimary') testbed.configurePair('orders', { protectedWindows: mondayMorning });
          return undefined;
        },
      });
      await testbed.play(async () => {
        expect(codesOf((await unpair(testbed)).output)).toEqual(['PROTECTED_WINDOW']);
        expect(mqWrites(testbed)).toEqual(['UpdateBroker us-east-1 ok']);
        await testbed.clock.sleepMs(4 * 3_600_000);
        expect((await unpair(testbed)).output).toMatchObject({ outcome: 'Unpaired' });
        expect(mqWrites(testbed)).toEqual(bothWrites);
      });
    });

    it('an input that asks for a deletion without naming the replica, or with an unknown field', async () => {
      const testbed = await createTestbed({ paired: true });
      await testbed.play(async () => {
        const unnamed = await unpair(testbed, { deleteReplica: true });
        expect(unnamed).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
        expect(unnamed.cause).toContain('replicaBrokerId');
        const unknown = await unpair(testbed, { deleteReplca: true });
        expect(unknown.cause).toContain('did you mean \\"deleteReplica\\"');
        expect(writesOf(testbed)).toEqual([]);
      });
    });
  });

  it('stops as unsafe when both brokers call themselves primary', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      testbed.aws.faults.start({ kind: 'link-cut', regions: ['us-east-1', 'us-west-2'] });
      testbed.dataPlanes.replicationOf(testbed.pair('orders').primaryId)?.failover();
      expect(await unpair(testbed)).toMatchObject({ status: 'FAILED', error: 'UnsafeTopology' });
      expect(testbed.aws.notifications().at(-1)?.subject).toContain('UnsafeTopology');
      expect(mqWrites(testbed)).toEqual([]);
    });
  });

  it('lists its three writes in a dry run, and makes none', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed, { dryRun: true }));
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [
          { operation: 'UpdateBroker', region: 'us-east-1', request: { DataReplicationMode: 'NONE' } },
          { operation: 'RebootBroker', region: 'us-east-1' },
          { operation: 'DeleteBroker', region: 'us-west-2', request: { BrokerId: replicaOf(testbed) } },
        ],
      });
      expect(writesOf(testbed)).toEqual([]);
      await unpair(testbed);
      const after = await unpair(testbed, { dryRun: true });
      expect(after.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
    });
  });

  describe('when the service misbehaves', () => {
    const operations = ['UpdateBroker', 'RebootBroker', 'DeleteBroker'];

    it.each(operations)('makes one effective %s when its answer is lost', async (operation) => {
      const testbed = await createTestbed({ paired: true });
      testbed.aws.faults.start({ kind: 'connection-reset', when: 'after', service: 'mq', operation, count: 1 });
      await testbed.play(async () => {
        const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed));
        expect(end.output).toMatchObject({ outcome: 'Unpaired' });
        expect(mqWrites(testbed).filter((write) => write.startsWith(operation)).length).toBe(1);
      });
    });

    it.each(operations)('tries %s again when the function dies before the call', async (operation) => {
      const testbed = await createTestbed({ paired: true });
      testbed.aws.faults.start({ kind: 'kill-caller', when: 'before', service: 'mq', operation, count: 1 });
      await testbed.play(async () => {
        const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed));
        expect(end.output).toMatchObject({ outcome: 'Unpaired' });
        expect(
          mqWrites(testbed).filter(
            (write) => write === `${operation} us-east-1 ok` || write === `${operation} us-west-2 ok`,
          ).length,
        ).toBe(1);
      });
    });

    it.each([
      ['reboot', 'UnpairingOverdue'],
      ['deletion', 'DeletionOverdue'],
    ] as const)('gives up a %s that takes for ever, by name', async (phase, error) => {
      const testbed = await createTestbed({ paired: true });
      testbed.aws.faults.start({ kind: 'slow-lifecycle', factor: 20, phase });
      await testbed.play(async () => {
        const end = await testbed.run('unpair', 'us-east-1', withDeletion(testbed));
        expect(end).toMatchObject({ status: 'FAILED', error });
        expect(testbed.aws.notifications().at(-1)?.subject).toContain(error);
      });
    });
  });

  const tasks = [
    'AssessUnpair',
    'AcquireLock',
    'UnpairPrimary',
    'RebootPrimary',
    'ObserveUnpairing',
    'DeleteReplica',
    'ForgetPair',
    'ReleaseLock',
    'ReportFailure',
    'ReleaseAfterFailure',
  ];

  describe.each(tasks)('when %s fails', (state) => {
    const inCleanup = state === 'ReportFailure' || state === 'ReleaseAfterFailure';
    const runWith = async (errors: readonly string[]) => {
      const left = [...errors];
      const testbed = await createTestbed({
        paired: true,
        replaceTask: ({ stateName }) => {
          if (inCleanup && stateName === 'UnpairPrimary') return new TaskFailure('RequestRejected', 'first');
          const error = stateName === state ? left.shift() : undefined;
          return error === undefined ? undefined : new TaskFailure(error, 'test');
        },
      });
      return await testbed.play(async () => ({
        testbed,
        end: await testbed.run('unpair', 'us-east-1', withDeletion(testbed)),
      }));
    };
    let transient: Awaited<ReturnType<typeof runWith>>;
    let permanent: Awaited<ReturnType<typeof runWith>>;
    beforeAll(async () => {
      transient = await runWith(['ServiceUnavailable', 'Lambda.Unknown']);
      permanent = await runWith(['AccessDenied']);
    });

    it('tries again after transient errors', () => {
      const retried = transient.testbed.transitions.filter(
        ({ stateName, kind }) => stateName === state && kind === 'retried',
      );
      expect(retried.map(({ error }) => error)).toEqual(['ServiceUnavailable', 'Lambda.Unknown']);
      if (inCleanup) expect(transient.end).toMatchObject({ status: 'FAILED', error: 'RequestRejected' });
      else expect(transient.end.output).toMatchObject({ outcome: 'Unpaired' });
    });

    it('ends with the first error when it fails for good', () => {
      // A finished run stays finished; its lock expires.
      if (state === 'ReleaseLock') return expect(permanent.end.output).toMatchObject({ outcome: 'Unpaired' });
      const error = inCleanup ? { error: 'RequestRejected', cause: 'first' } : { error: 'AccessDenied', cause: 'test' };
      expect(permanent.end).toMatchObject({ status: 'FAILED', ...error });
    });
  });
});
