import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { createReplicaInput } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, mqWrites, takeLock } from '../support/testbed.ts';

const mondayMorning = [{ reason: 'market opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];

describe('create-replica', () => {
  it('creates the replica, reboots the primary once and proves that replication runs', async () => {
    const testbed = await createTestbed();
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.error).toBeUndefined();
      expect(end.output).toMatchObject({ outcome: 'Paired', pair: 'orders', warnings: [] });
      expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
      expect(testbed.broker('orders').dataPlane.role).toBe('primary');
      expect(testbed.broker('orders-replica').dataPlane.role).toBe('replica');
    });
  });

  it('finds its way when the same input is started again after the end', async () => {
    const testbed = await createTestbed();
    await testbed.play(async () => {
      await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      const again = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(again.output).toMatchObject({ outcome: 'Paired' });
      expect(again.states).not.toContain('RebootPrimary');
      expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
    });
  });

  it('sends a canary through the primary and leaves none behind', async () => {
    const testbed = await createTestbed();
    testbed.configurePair('orders', { canary: { secretArn: testbed.secrets.application } });
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.output).toMatchObject({ outcome: 'Paired' });
      // The acknowledgement has crossed after two batch periods; docs/amazon-mq.md 12.
      await testbed.clock.sleepMs(15_000);
      expect(testbed.broker('orders').dataPlane.queueDepths().get('mq-dr.canary')).toBe(0);
      expect(testbed.broker('orders-replica').dataPlane.queueDepths().get('mq-dr.canary')).toBe(0);
    });
  });

  it('refuses with every reason at once and writes nothing', async () => {
    const testbed = await createTestbed({ engineVersion: '5.16.7' });
    await testbed.play(async () => {
      const input = createReplicaInput(testbed, { replicaRegion: 'us-east-1', replicaName: 'no good name' });
      const end = await testbed.run('create-replica', 'us-east-1', input);
      expect(end.status).toBe('SUCCEEDED');
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      const blockers = (end.output?.blockers ?? []) as readonly { readonly code: string }[];
      const codes = blockers.map((blocker) => blocker.code);
      expect(codes).toEqual(['ENGINE_TOO_OLD', 'SAME_REGION', 'NAME_INVALID']);
      expect(mqWrites(testbed)).toEqual([]);
    });
  });

  it('refuses when another run took the lock since the assessment', async () => {
    const testbed: Testbed = await createTestbed({
      replaceTask: ({ stateName }) => {
        if (stateName === 'AcquireLock') {
          testbed.clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'LOCK_HELD' }] });
      expect(mqWrites(testbed)).toEqual([]);
    });
  });

  it('refuses at the write when the primary has changed since the assessment', async () => {
    const testbed: Testbed = await createTestbed({
      replaceTask: (call) => {
        if (call.stateName === 'CreateReplicaBroker') {
          const actionsRequired = [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: 'test' }];
          testbed.aws.amendBroker(testbed.pair('orders').primaryId, { actionsRequired });
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'ACTION_REQUIRED' }] });
      expect(mqWrites(testbed)).toEqual([]);
    });
  });

  it('refuses the reboot inside a protected window, and a later start goes on from there', async () => {
    const testbed = await createTestbed({ settings: { protectedWindows: mondayMorning } });
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok']);
      await testbed.clock.sleepMs(4 * 3_600_000);
      const later = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(later.output).toMatchObject({ outcome: 'Paired' });
      expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
    });
  });

  it('refuses the reboot at the write when a window has begun since the gate', async () => {
    const testbed: Testbed = await createTestbed({
      replaceTask: (call) => {
        const protectedWindows = [{ reason: 'now', days: ['monday'], startUtc: '00:00', durationMinutes: 1_440 }];
        if (call.stateName === 'RebootPrimary') testbed.configurePair('orders', { protectedWindows });
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok']);
    });
  });

  describe('with approval', () => {
    const withApproval = () => createTestbed({ settings: { rebootApproval: 'required', approvalSeconds: 600 } });
    const answered = async (testbed: Testbed, answer: 'approved' | 'denied') => {
      const arn = await testbed.start('create-replica', 'us-east-1', createReplicaInput(testbed));
      while (!testbed.transitions.some(({ stateName }) => stateName === 'WaitForApproval')) {
        await testbed.clock.sleepMs(30_000);
      }
      await testbed.answerApproval('orders', answer);
      return await testbed.end(arn);
    };

    it('reboots once a person has approved', async () => {
      const testbed = await withApproval();
      await testbed.play(async () => {
        expect((await answered(testbed, 'approved')).output).toMatchObject({ outcome: 'Paired' });
        expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
      });
    });

    it('does not reboot when it was denied', async () => {
      const testbed = await withApproval();
      await testbed.play(async () => {
        const end = await answered(testbed, 'denied');
        expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'NOT_APPROVED' }] });
        expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok']);
      });
    });

    it('takes silence for a no', async () => {
      const testbed = await withApproval();
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'NOT_APPROVED' }] });
        expect(String(JSON.stringify(end.output))).toContain('expired');
        expect(mqWrites(testbed)).toEqual(['CreateBroker us-west-2 ok']);
      });
    });
  });

  describe('dry run', () => {
    const dryRun = { dryRun: true };

    it('lists CreateBroker and RebootBroker without a password and writes nothing', async () => {
      const testbed = await createTestbed({ settings: { rebootApproval: 'required' } });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed, dryRun));
        const plannedWrites = [{ operation: 'CreateBroker' }, { operation: 'RebootBroker' }];
        expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites });
        expect(JSON.stringify(end.output)).not.toContain('embedded-');
        expect(writesOf(testbed)).toEqual([]);
      });
    });

    it('lists only the reboot when the replica exists, and nothing when the pair does', async () => {
      const testbed = await createTestbed({ settings: { protectedWindows: mondayMorning } });
      await testbed.play(async () => {
        await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        await testbed.clock.sleepMs(4 * 3_600_000);
        const before = writesOf(testbed).length;
        const reboot = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed, dryRun));
        expect(reboot.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [{ operation: 'RebootBroker' }] });
        expect(writesOf(testbed).length).toBe(before);
        await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        const after = writesOf(testbed).length;
        const nothing = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed, dryRun));
        expect(nothing.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
        expect(writesOf(testbed).length).toBe(after);
      });
    });
  });

  describe('when the service misbehaves', () => {
    it('fails by name when the creation fails', async () => {
      const testbed = await createTestbed();
      testbed.aws.faults.start({ kind: 'creation-failure' });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end).toMatchObject({ status: 'FAILED', error: 'CreationFailed' });
        expect(testbed.aws.notifications().at(-1)?.subject).toContain('CreationFailed');
      });
    });

    it.each([
      ['creation', 'CreationOverdue'],
      ['reboot', 'PairingOverdue'],
    ] as const)('gives up a %s that takes for ever, by name', async (phase, error) => {
      const testbed = await createTestbed();
      testbed.aws.faults.start({ kind: 'slow-lifecycle', factor: 20, phase });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end).toMatchObject({ status: 'FAILED', error });
      });
    });

    it('does not call a pair proven when no metric says that it replicates', async () => {
      const testbed = await createTestbed();
      testbed.aws.faults.start({ kind: 'metrics', effect: 'missing' });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end).toMatchObject({ status: 'FAILED', error: 'ReplicationUnproven' });
      });
    });

    it.each(['CreateBroker', 'RebootBroker'])('makes one effective %s when its answer is lost', async (operation) => {
      const testbed = await createTestbed();
      testbed.aws.faults.start({ kind: 'connection-reset', when: 'after', service: 'mq', operation, count: 1 });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end.output).toMatchObject({ outcome: 'Paired' });
        expect(testbed.aws.brokers().length).toBe(2);
        expect(mqWrites(testbed).filter((write) => write.startsWith(operation)).length).toBe(1);
      });
    });

    it.each(['CreateBroker', 'RebootBroker'])(
      'tries %s again when the function dies before the call',
      async (operation) => {
        const testbed = await createTestbed();
        testbed.aws.faults.start({ kind: 'kill-caller', when: 'before', service: 'mq', operation, count: 1 });
        await testbed.play(async () => {
          const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
          expect(end.output).toMatchObject({ outcome: 'Paired' });
          expect(testbed.aws.brokers().length).toBe(2);
        });
      },
    );

    it('refuses an input with unknown fields by name', async () => {
      const testbed = await createTestbed();
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', {
          ...createReplicaInput(testbed),
          replicaNmae: 'x',
        });
        expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
        expect(end.cause).toContain('did you mean \\"replicaName\\"');
        expect(mqWrites(testbed)).toEqual([]);
      });
    });

    it('fails with the first error even when the cleanup fails as well', async () => {
      const testbed = await createTestbed({
        replaceTask: ({ stateName }) =>
          stateName === 'ObserveCreation' || stateName === 'ReportFailure'
            ? new TaskFailure(stateName === 'ReportFailure' ? 'AccessDenied' : 'NotFound', 'test')
            : undefined,
      });
      await testbed.play(async () => {
        const end = await testbed.run('create-replica', 'us-east-1', createReplicaInput(testbed));
        expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: 'test' });
      });
    });
  });
});

/** Every write of any service but people's notifications. */
const writesOf = (testbed: Testbed): readonly string[] =>
  testbed.calls
    .filter(({ operation }) => /^(Create|Reboot|Promote|Update|Put|Delete)/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);
