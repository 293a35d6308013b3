import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const mondayMorning = [{ reason: 'market opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];

const input = (more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  confirm: 'orders',
  reason: 'test',
  ...more,
});

const replicaOf = (stage: WorkflowStage): string => stage.broker('orders-replica').brokerId;

const withDeletion = (stage: WorkflowStage, more: Readonly<Record<string, unknown>> = {}) =>
  input({ deleteReplica: true, replicaBrokerId: replicaOf(stage), ...more });

const codesOf = (output: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  ((output?.blockers ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

const unpair = async (stage: WorkflowStage, more: Readonly<Record<string, unknown>> = {}) =>
  await stage.run('unpair', 'us-east-1', input(more));

/** Every write of any service but people's notifications. */
const writesOf = (stage: WorkflowStage): readonly string[] =>
  stage.calls
    .filter(({ operation }) => /^(Create|Reboot|Promote|Update|Put|Delete)/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);

const bothWrites = ['UpdateBroker us-east-1 ok', 'RebootBroker us-east-1 ok'];

describe('unpair', () => {
  it('ends replication by one update and one reboot of the primary, and keeps both brokers', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      const end = await unpair(stage);
      expect(end.error).toBeUndefined();
      expect(end.output).toMatchObject({ outcome: 'Unpaired', replicaDeleted: false });
      expect(String(end.output?.next)).toContain('remove "brokers"');
      expect(stage.mqWrites()).toEqual(bothWrites);
      expect(stage.broker('orders').dataPlane.role).toBe('standalone');
      expect(stage.broker('orders-replica').dataPlane.role).toBe('standalone');
    });
  });

  it('deletes the replica that the input names, once both are ordinary brokers', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      const end = await stage.run('unpair', 'us-east-1', withDeletion(stage));
      expect(end.output).toMatchObject({ outcome: 'Unpaired', replicaDeleted: true });
      expect(stage.mqWrites()).toEqual([...bothWrites, 'DeleteBroker us-west-2 ok']);
      expect(stage.stage.aws.brokers().map(({ brokerName }) => brokerName)).toEqual(['orders']);
    });
  });

  it('forgets the members that create-replica recorded, so that the pair can be created again', async () => {
    const stage = await WorkflowStage.create();
    await stage.play(async () => {
      await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      const end = await stage.run('unpair', 'us-east-1', withDeletion(stage));
      expect(end.output).toMatchObject({ outcome: 'Unpaired', next: [] });
      const gone = await unpair(stage);
      expect(gone).toMatchObject({ status: 'FAILED', error: 'NotFound' });
      const again = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(again.output).toMatchObject({ outcome: 'Paired' });
    });
  });

  it('finds its way when it is started again after the end, also after the deletion', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      await unpair(stage);
      const later = withDeletion(stage);
      expect((await stage.run('unpair', 'us-east-1', later)).output).toMatchObject({ outcome: 'Unpaired' });
      const again = await stage.run('unpair', 'us-east-1', later);
      expect(again.output).toMatchObject({ outcome: 'Unpaired' });
      expect(stage.mqWrites()).toEqual([...bothWrites, 'DeleteBroker us-west-2 ok']);
    });
  });

  it('works on the broker that is primary now, not on the one that was created first', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(300_000);
      await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      const end = await stage.run(
        'unpair',
        'us-west-2',
        input({ deleteReplica: true, replicaBrokerId: stage.primaryId }),
      );
      expect(end.output).toMatchObject({ outcome: 'Unpaired' });
      expect(stage.mqWrites().slice(1)).toEqual([
        'UpdateBroker us-west-2 ok',
        'RebootBroker us-west-2 ok',
        'DeleteBroker us-east-1 ok',
      ]);
    });
  });

  it.each(['RUNNING', 'REPLICA'] as const)('accepts a steady replica that reads %s', async (replicaBrokerState) => {
    const stage = await WorkflowStage.create({ paired: true, mq: { replicaBrokerState } });
    await stage.play(async () => {
      expect((await unpair(stage)).output).toMatchObject({ outcome: 'Unpaired' });
    });
  });

  describe('refuses', () => {
    it('with every reason at once, and writes nothing', async () => {
      const stage = await WorkflowStage.create({ paired: true, pair: { protectedWindows: mondayMorning } });
      await stage.play(async () => {
        stage.stage.aws.amendBroker(stage.primaryId, {
          actionsRequired: [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: '' }],
          pending: { hostInstanceType: 'mq.m5.xlarge' },
        });
        const end = await unpair(stage, { confirm: 'order', deleteReplica: true, replicaBrokerId: stage.primaryId });
        expect(end.status).toBe('SUCCEEDED');
        expect(end.output).toMatchObject({ outcome: 'Refused' });
        expect(codesOf(end.output)).toEqual([
          'CONFIRM_MISMATCH',
          'DELETE_TARGET_NOT_REPLICA',
          'ACTION_REQUIRED',
          'CHANGES_PENDING',
          'PROTECTED_WINDOW',
        ]);
        expect(writesOf(stage)).toEqual([]);
      });
    });

    it('while a Region cannot be read', async () => {
      const stage = await WorkflowStage.create({ paired: true });
      await stage.play(async () => {
        stage.stage.aws.blackout('us-west-2');
        expect(codesOf((await unpair(stage)).output)).toEqual(['REPLICA_UNREADABLE']);
        expect(writesOf(stage)).toEqual([]);
      });
    });

    it('a pair that has not been activated, since its reboot would begin replication', async () => {
      const stage = await WorkflowStage.create({ pair: { protectedWindows: mondayMorning } });
      await stage.play(async () => {
        await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        const brokers = [stage.primaryArn, stage.broker('orders-replica').brokerArn] as const;
        stage.stage.configurePairs([{ name: 'orders', brokers }]);
        const codes = codesOf((await unpair(stage)).output);
        expect(codes).toEqual(expect.arrayContaining(['PRIMARY_NOT_PRIMARY', 'REPLICATION_CHANGE_PENDING']));
        expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok']);
      });
    });

    it('while another run holds the lock', async () => {
      const stage = await WorkflowStage.create({ paired: true });
      await stage.play(async () => {
        const first = await stage.start('unpair', 'us-east-1', input());
        await stage.stage.clock.sleepMs(60_000);
        const second = await unpair(stage);
        expect(codesOf(second.output)).toContain('LOCK_HELD');
        expect((await stage.end(first)).output).toMatchObject({ outcome: 'Unpaired' });
        expect(stage.mqWrites()).toEqual(bothWrites);
      });
    });

    it('when another run takes the lock between the gate and the lock', async () => {
      const stage: WorkflowStage = await WorkflowStage.create({
        paired: true,
        replaceTask: ({ stateName }) =>
          stateName === 'AcquireLock' ? new TaskFailure('LockHeld', 'a switchover run holds the lock') : undefined,
      });
      await stage.play(async () => {
        expect(codesOf((await unpair(stage)).output)).toEqual(['LOCK_HELD']);
        expect(writesOf(stage)).toEqual([]);
      });
    });

    it('while the pair is frozen', async () => {
      const stage = await WorkflowStage.create({ paired: true });
      await stage.play(async () => {
        await freeze(stage);
        expect(codesOf((await unpair(stage)).output)).toEqual(['FROZEN']);
        expect(stage.mqWrites()).toEqual([]);
      });
    });

    it.each([
      ['UnpairPrimary', []],
      ['RebootPrimary', ['UpdateBroker us-east-1 ok']],
      ['DeleteReplica', bothWrites],
    ] as const)('at %s what has been frozen since the gate, and gives the lock back', async (state, written) => {
      let frozen = false;
      const stage: WorkflowStage = await WorkflowStage.create({
        paired: true,
        replaceTask: ({ stateName }) => {
          if (stateName !== state || frozen) return undefined;
          frozen = true;
          return new TaskFailure('ServiceUnavailable', 'the first try is late');
        },
      });
      await stage.play(async () => {
        const arn = await stage.start('unpair', 'us-east-1', withDeletion(stage));
        while (!frozen) await stage.stage.clock.sleepMs(1_000);
        await freeze(stage);
        expect(codesOf((await stage.end(arn)).output)).toEqual(['FROZEN']);
        expect(stage.mqWrites()).toEqual(written);
        expect(stage.transitions.some(({ stateName }) => stateName === 'ReleaseLock')).toBe(true);
      });
    });

    it('the reboot in a protected window that has begun since, and a later start goes on from there', async () => {
      const stage: WorkflowStage = await WorkflowStage.create({
        paired: true,
        replaceTask: (call) => {
          if (call.stateName === 'RebootPrimary') stage.configure({ protectedWindows: mondayMorning });
          return undefined;
        },
      });
      await stage.play(async () => {
        expect(codesOf((await unpair(stage)).output)).toEqual(['PROTECTED_WINDOW']);
        expect(stage.mqWrites()).toEqual(['UpdateBroker us-east-1 ok']);
        await stage.stage.clock.sleepMs(4 * 3_600_000);
        expect((await unpair(stage)).output).toMatchObject({ outcome: 'Unpaired' });
        expect(stage.mqWrites()).toEqual(bothWrites);
      });
    });

    it('an input that asks for a deletion without naming the replica, or with an unknown field', async () => {
      const stage = await WorkflowStage.create({ paired: true });
      await stage.play(async () => {
        const unnamed = await unpair(stage, { deleteReplica: true });
        expect(unnamed).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
        expect(unnamed.cause).toContain('replicaBrokerId');
        const unknown = await unpair(stage, { deleteReplca: true });
        expect(unknown.cause).toContain('did you mean \\"deleteReplica\\"');
        expect(writesOf(stage)).toEqual([]);
      });
    });
  });

  it('stops as unsafe when both brokers call themselves primary', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      stage.stage.aws.faults.start({ kind: 'link-cut', regions: ['us-east-1', 'us-west-2'] });
      stage.stage.dataPlanes.replicationOf(stage.primaryId)?.failover();
      expect(await unpair(stage)).toMatchObject({ status: 'FAILED', error: 'UnsafeTopology' });
      expect(stage.stage.aws.notifications().at(-1)?.subject).toContain('UnsafeTopology');
      expect(stage.mqWrites()).toEqual([]);
    });
  });

  it('lists its three writes in a dry run, and makes none', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      const end = await stage.run('unpair', 'us-east-1', withDeletion(stage, { dryRun: true }));
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [
          { operation: 'UpdateBroker', region: 'us-east-1', request: { DataReplicationMode: 'NONE' } },
          { operation: 'RebootBroker', region: 'us-east-1' },
          { operation: 'DeleteBroker', region: 'us-west-2', request: { BrokerId: replicaOf(stage) } },
        ],
      });
      expect(writesOf(stage)).toEqual([]);
      await unpair(stage);
      const after = await unpair(stage, { dryRun: true });
      expect(after.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
    });
  });

  describe('when the service misbehaves', () => {
    const operations = ['UpdateBroker', 'RebootBroker', 'DeleteBroker'];

    it.each(operations)('makes one effective %s when its answer is lost', async (operation) => {
      const stage = await WorkflowStage.create({ paired: true });
      stage.stage.aws.faults.start({ kind: 'connection-reset', when: 'after', service: 'mq', operation, count: 1 });
      await stage.play(async () => {
        const end = await stage.run('unpair', 'us-east-1', withDeletion(stage));
        expect(end.output).toMatchObject({ outcome: 'Unpaired' });
        expect(stage.mqWrites().filter((write) => write.startsWith(operation)).length).toBe(1);
      });
    });

    it.each(operations)('tries %s again when the function dies before the call', async (operation) => {
      const stage = await WorkflowStage.create({ paired: true });
      stage.stage.aws.faults.start({ kind: 'kill-caller', when: 'before', service: 'mq', operation, count: 1 });
      await stage.play(async () => {
        const end = await stage.run('unpair', 'us-east-1', withDeletion(stage));
        expect(end.output).toMatchObject({ outcome: 'Unpaired' });
        expect(
          stage
            .mqWrites()
            .filter((write) => write === `${operation} us-east-1 ok` || write === `${operation} us-west-2 ok`).length,
        ).toBe(1);
      });
    });

    it.each([
      ['reboot', 'UnpairingOverdue'],
      ['deletion', 'DeletionOverdue'],
    ] as const)('gives up a %s that takes for ever, by name', async (phase, error) => {
      const stage = await WorkflowStage.create({ paired: true });
      stage.stage.aws.faults.start({ kind: 'slow-lifecycle', factor: 20, phase });
      await stage.play(async () => {
        const end = await stage.run('unpair', 'us-east-1', withDeletion(stage));
        expect(end).toMatchObject({ status: 'FAILED', error });
        expect(stage.stage.aws.notifications().at(-1)?.subject).toContain(error);
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
      const stage = await WorkflowStage.create({
        paired: true,
        replaceTask: ({ stateName }) => {
          if (inCleanup && stateName === 'UnpairPrimary') return new TaskFailure('RequestRejected', 'first');
          const error = stateName === state ? left.shift() : undefined;
          return error === undefined ? undefined : new TaskFailure(error, 'test');
        },
      });
      return await stage.play(async () => ({
        stage,
        end: await stage.run('unpair', 'us-east-1', withDeletion(stage)),
      }));
    };
    let transient: Awaited<ReturnType<typeof runWith>>;
    let permanent: Awaited<ReturnType<typeof runWith>>;
    beforeAll(async () => {
      transient = await runWith(['ServiceUnavailable', 'Lambda.Unknown']);
      permanent = await runWith(['AccessDenied']);
    });

    it('tries again after transient errors', () => {
      const retried = transient.stage.transitions.filter(
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

/** Somebody freezes the pair. */
const freeze = async (stage: WorkflowStage): Promise<void> => {
  const client = new DynamoDBClient({ ...stage.stage.aws.clientSettings(), region: 'us-east-1', maxAttempts: 1 });
  await client.send(
    new PutItemCommand({
      TableName: 'mq-dr-control',
      Item: {
        pk: { S: 'PAIR#orders' },
        sk: { S: 'FREEZE' },
        reason: { S: 'test' },
        by: { S: 'tester' },
        atMs: { N: String(stage.stage.clock.nowMs()) },
      },
    }),
  );
};
