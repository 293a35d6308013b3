import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const mondayMorning = [{ reason: 'market opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];

describe('create-replica', () => {
  it('creates the replica, reboots the primary once and proves that replication runs', async () => {
    const stage = await WorkflowStage.create();
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.error).toBeUndefined();
      expect(end.output).toMatchObject({ outcome: 'Paired', pair: 'orders', warnings: [] });
      expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
      expect(stage.broker('orders').dataPlane.role).toBe('primary');
      expect(stage.broker('orders-replica').dataPlane.role).toBe('replica');
    });
  });

  it('finds its way when the same input is started again after the end', async () => {
    const stage = await WorkflowStage.create();
    await stage.play(async () => {
      await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      const again = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(again.output).toMatchObject({ outcome: 'Paired' });
      expect(again.states).not.toContain('RebootPrimary');
      expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
    });
  });

  it('sends a canary through the primary and leaves none behind', async () => {
    const stage = await WorkflowStage.create();
    stage.configure({ canary: { secretArn: stage.secrets.application } });
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.output).toMatchObject({ outcome: 'Paired' });
      // The acknowledgement has crossed after two batch periods; docs/amazon-mq.md 12.
      await stage.stage.clock.sleepMs(15_000);
      expect(stage.broker('orders').dataPlane.queueDepths().get('mq-dr.canary')).toBe(0);
      expect(stage.broker('orders-replica').dataPlane.queueDepths().get('mq-dr.canary')).toBe(0);
    });
  });

  it('refuses with every reason at once and writes nothing', async () => {
    const stage = await WorkflowStage.create({ engineVersion: '5.16.7' });
    await stage.play(async () => {
      const input = stage.createReplicaInput({ replicaRegion: 'us-east-1', replicaName: 'no good name' });
      const end = await stage.run('create-replica', 'us-east-1', input);
      expect(end.status).toBe('SUCCEEDED');
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      const blockers = (end.output?.blockers ?? []) as readonly { readonly code: string }[];
      const codes = blockers.map((blocker) => blocker.code);
      expect(codes).toEqual(['ENGINE_TOO_OLD', 'SAME_REGION', 'NAME_INVALID']);
      expect(stage.mqWrites()).toEqual([]);
    });
  });

  it('refuses when another run took the lock since the assessment', async () => {
    const stage: WorkflowStage = await WorkflowStage.create({
      replaceTask: ({ stateName }) => {
        if (stateName === 'AcquireLock') {
          stage.stage.clock.spawn('rival', () => stage.takeLock('PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'LOCK_HELD' }] });
      expect(stage.mqWrites()).toEqual([]);
    });
  });

  it('refuses at the write when the primary has changed since the assessment', async () => {
    const stage: WorkflowStage = await WorkflowStage.create({
      replaceTask: (call) => {
        if (call.stateName === 'CreateReplicaBroker') {
          const actionsRequired = [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: 'test' }];
          stage.stage.aws.amendBroker(stage.primaryId, { actionsRequired });
        }
        return undefined;
      },
    });
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'ACTION_REQUIRED' }] });
      expect(stage.mqWrites()).toEqual([]);
    });
  });

  it('refuses the reboot inside a protected window, and a later start goes on from there', async () => {
    const stage = await WorkflowStage.create({ pair: { protectedWindows: mondayMorning } });
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok']);
      await stage.stage.clock.sleepMs(4 * 3_600_000);
      const later = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(later.output).toMatchObject({ outcome: 'Paired' });
      expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
    });
  });

  it('refuses the reboot at the write when a window has begun since the gate', async () => {
    const stage: WorkflowStage = await WorkflowStage.create({
      replaceTask: (call) => {
        const protectedWindows = [{ reason: 'now', days: ['monday'], startUtc: '00:00', durationMinutes: 1_440 }];
        if (call.stateName === 'RebootPrimary') stage.configure({ protectedWindows });
        return undefined;
      },
    });
    await stage.play(async () => {
      const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok']);
    });
  });

  describe('with approval', () => {
    const withApproval = () => WorkflowStage.create({ pair: { rebootApproval: 'required', approvalSeconds: 600 } });
    const approvalIdIn = (stage: WorkflowStage): string =>
      /Approval (\w+)/.exec(stage.stage.aws.notifications().at(-1)?.message ?? '')?.[1] ?? '';
    const answered = async (stage: WorkflowStage, answer: 'approved' | 'denied') => {
      const arn = await stage.start('create-replica', 'us-east-1', stage.createReplicaInput());
      while (!stage.transitions.some(({ stateName }) => stateName === 'WaitForApproval')) {
        await stage.stage.clock.sleepMs(30_000);
      }
      await stage.answerApproval(approvalIdIn(stage), answer);
      return await stage.end(arn);
    };

    it('reboots once a person has approved', async () => {
      const stage = await withApproval();
      await stage.play(async () => {
        expect((await answered(stage, 'approved')).output).toMatchObject({ outcome: 'Paired' });
        expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok', 'RebootBroker us-east-1 ok']);
      });
    });

    it('does not reboot when it was denied', async () => {
      const stage = await withApproval();
      await stage.play(async () => {
        const end = await answered(stage, 'denied');
        expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'NOT_APPROVED' }] });
        expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok']);
      });
    });

    it('takes silence for a no', async () => {
      const stage = await withApproval();
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'NOT_APPROVED' }] });
        expect(String(JSON.stringify(end.output))).toContain('expired');
        expect(stage.mqWrites()).toEqual(['CreateBroker us-west-2 ok']);
      });
    });
  });

  describe('dry run', () => {
    const dryRun = { dryRun: true };

    it('lists CreateBroker and RebootBroker without a password and writes nothing', async () => {
      const stage = await WorkflowStage.create({ pair: { rebootApproval: 'required' } });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput(dryRun));
        const plannedWrites = [{ operation: 'CreateBroker' }, { operation: 'RebootBroker' }];
        expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites });
        expect(JSON.stringify(end.output)).not.toContain('embedded-');
        expect(writesOf(stage)).toEqual([]);
      });
    });

    it('lists only the reboot when the replica exists, and nothing when the pair does', async () => {
      const stage = await WorkflowStage.create({ pair: { protectedWindows: mondayMorning } });
      await stage.play(async () => {
        await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        await stage.stage.clock.sleepMs(4 * 3_600_000);
        const before = writesOf(stage).length;
        const reboot = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput(dryRun));
        expect(reboot.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [{ operation: 'RebootBroker' }] });
        expect(writesOf(stage).length).toBe(before);
        await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        const after = writesOf(stage).length;
        const nothing = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput(dryRun));
        expect(nothing.output).toMatchObject({ outcome: 'DryRun', plannedWrites: [] });
        expect(writesOf(stage).length).toBe(after);
      });
    });
  });

  describe('when the service misbehaves', () => {
    it('fails by name when the creation fails', async () => {
      const stage = await WorkflowStage.create();
      stage.stage.aws.faults.start({ kind: 'creation-failure' });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end).toMatchObject({ status: 'FAILED', error: 'CreationFailed' });
        expect(stage.stage.aws.notifications().at(-1)?.subject).toContain('CreationFailed');
      });
    });

    it.each([
      ['creation', 'CreationOverdue'],
      ['reboot', 'PairingOverdue'],
    ] as const)('gives up a %s that takes for ever, by name', async (phase, error) => {
      const stage = await WorkflowStage.create();
      stage.stage.aws.faults.start({ kind: 'slow-lifecycle', factor: 20, phase });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end).toMatchObject({ status: 'FAILED', error });
      });
    });

    it('does not call a pair proven when no metric says that it replicates', async () => {
      const stage = await WorkflowStage.create();
      stage.stage.aws.faults.start({ kind: 'metrics', effect: 'missing' });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end).toMatchObject({ status: 'FAILED', error: 'ReplicationUnproven' });
      });
    });

    it.each(['CreateBroker', 'RebootBroker'])('makes one effective %s when its answer is lost', async (operation) => {
      const stage = await WorkflowStage.create();
      stage.stage.aws.faults.start({ kind: 'connection-reset', when: 'after', service: 'mq', operation, count: 1 });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end.output).toMatchObject({ outcome: 'Paired' });
        expect(stage.stage.aws.brokers().length).toBe(2);
        expect(stage.mqWrites().filter((write) => write.startsWith(operation)).length).toBe(1);
      });
    });

    it.each(['CreateBroker', 'RebootBroker'])(
      'tries %s again when the function dies before the call',
      async (operation) => {
        const stage = await WorkflowStage.create();
        stage.stage.aws.faults.start({ kind: 'kill-caller', when: 'before', service: 'mq', operation, count: 1 });
        await stage.play(async () => {
          const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
          expect(end.output).toMatchObject({ outcome: 'Paired' });
          expect(stage.stage.aws.brokers().length).toBe(2);
        });
      },
    );

    it('refuses an input with unknown fields by name', async () => {
      const stage = await WorkflowStage.create();
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', { ...stage.createReplicaInput(), replicaNmae: 'x' });
        expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
        expect(end.cause).toContain('did you mean \\"replicaName\\"');
        expect(stage.mqWrites()).toEqual([]);
      });
    });

    it('fails with the first error even when the cleanup fails as well', async () => {
      const stage = await WorkflowStage.create({
        replaceTask: ({ stateName }) =>
          stateName === 'ObserveCreation' || stateName === 'ReportFailure'
            ? new TaskFailure(stateName === 'ReportFailure' ? 'AccessDenied' : 'NotFound', 'test')
            : undefined,
      });
      await stage.play(async () => {
        const end = await stage.run('create-replica', 'us-east-1', stage.createReplicaInput());
        expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: 'test' });
      });
    });
  });
});

/** Every write of any service but people's notifications. */
const writesOf = (stage: WorkflowStage): readonly string[] =>
  stage.calls
    .filter(({ operation }) => /^(Create|Reboot|Promote|Update|Put|Delete)/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);
