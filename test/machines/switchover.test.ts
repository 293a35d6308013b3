import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

/** Gauges exist two or three minutes after replication began. */
const settleMs = 300_000;

const pairedStage = (options: Parameters<typeof WorkflowStage.create>[0] = {}) =>
  WorkflowStage.create({ paired: true, ...options });

const promotions = (stage: WorkflowStage): readonly string[] =>
  stage.mqWrites().filter((write) => write.startsWith('Promote'));

describe('switchover', () => {
  it('exchanges the roles with one promotion and proves the way back', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({
        outcome: 'SwitchedOver',
        counterpart: 'replica',
        reverseReplication: 'proven',
      });
      expect(promotions(stage)).toEqual(['Promote us-west-2 ok']);
      expect(stage.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
      expect(stage.broker('orders').dataPlane.acceptsClients).toBe(false);
    });
  });

  it('never switches back when it is started again with the same input', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      const again = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(again.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('refuses with every reason at once and writes nothing', async () => {
    const protectedWindows = [{ reason: 'opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];
    const stage = await pairedStage({ pair: { protectedWindows } });
    await stage.play(async () => {
      const end = await stage.run('switchover', 'us-east-1', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      const blockers = (end.output?.blockers ?? []) as readonly { readonly code: string }[];
      expect(blockers.map(({ code }) => code)).toEqual(['WRONG_REGION', 'REPLICATION_ABSENT', 'PROTECTED_WINDOW']);
      expect(promotions(stage)).toEqual([]);
    });
  });

  it('refuses when another run took the lock since the assessment', async () => {
    const stage: WorkflowStage = await WorkflowStage.create({
      paired: true,
      replaceTask: ({ stateName }) => {
        if (stateName === 'AcquireLock') {
          stage.stage.clock.spawn('rival', () => stage.takeLock('PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'LOCK_HELD' }] });
      expect(stage.mqWrites()).toEqual([]);
    });
  });

  it('refuses at the write when a protected window has begun since the assessment', async () => {
    const stage: WorkflowStage = await pairedStage({
      replaceTask: ({ stateName }) => {
        const protectedWindows = [{ reason: 'now', days: ['monday'], startUtc: '00:00', durationMinutes: 1_440 }];
        if (stateName === 'PromoteReplica') stage.configure({ protectedWindows });
        return undefined;
      },
    });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(promotions(stage)).toEqual([]);
    });
  });

  it('lists the promotion in a dry run and writes nothing', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput({ dryRun: true }));
      const plannedWrites = [{ operation: 'Promote', region: 'us-west-2', request: { Mode: 'SWITCHOVER' } }];
      expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites });
      expect(stage.calls.filter(({ operation }) => /^(Promote|Put|Update)/.test(operation))).toEqual([]);
    });
  });

  it('ends Stalled, with the evidence and the next command, when the link breaks after the request', async () => {
    const stage = await pairedStage();
    const { clock, aws } = stage.stage;
    const regions: [string, string] = ['us-east-1', 'us-west-2'];
    stage.stage.observe({
      transition: ({ stateName, kind }) => {
        if (stateName !== 'WatchExchange' || kind !== 'entered' || !aws.reachability.linkUp(...regions)) return;
        // The primary closes within milliseconds of the request; the replica cannot have taken over a second later.
        clock.spawn('cutter', async () => {
          await clock.sleepMs(1_000);
          aws.faults.start({ kind: 'link-cut', regions });
        });
      },
    });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(end.cause).toMatch(/no progress for \d+ s: replication is frozen/);
      expect(end.cause).toContain('npx mq-dr start failover --region us-west-2');
      expect(stage.stage.aws.notifications().at(-1)).toMatchObject({ message: expect.stringContaining('frozen') });
      expect(promotions(stage).length).toBe(1);
      // Both brokers are closed, and a second start only watches: docs/amazon-mq.md 13, row 8.
      expect(stage.broker('orders').dataPlane.acceptsClients).toBe(false);
      const second = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(second).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('is still Stalled when nobody can be paged', async () => {
    const stage = await pairedStage({
      replaceTask: ({ stateName }) =>
        stateName === 'ReportStall' ? new TaskFailure('AccessDenied', 'test') : undefined,
    });
    stage.stage.aws.faults.start({ kind: 'stuck-promotion' });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled', cause: expect.stringContaining('no progress') });
    });
  });

  it('takes over a request whose answer was lost, without a second one', async () => {
    const stage = await pairedStage();
    const fault = { kind: 'connection-reset', when: 'after', service: 'mq', operation: 'Promote', count: 1 } as const;
    stage.stage.aws.faults.start(fault);
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(stage).length).toBe(1);
    });
  });

  it('asks once more, after looking, when the function died before the call', async () => {
    const stage = await pairedStage();
    const fault = { kind: 'kill-caller', when: 'before', service: 'mq', operation: 'Promote', count: 1 } as const;
    stage.stage.aws.faults.start(fault);
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(stage).filter((write) => write.endsWith(' ok')).length).toBe(1);
    });
  });

  it('switches over when the metrics of both Regions fail after the request, by the roles alone', async () => {
    const stage = await pairedStage();
    stage.stage.observe({
      transition: ({ stateName, kind }) => {
        if (stateName === 'WatchExchange' && kind === 'entered') {
          stage.stage.aws.faults.start({ kind: 'server-error', service: 'monitoring' });
        }
      },
    });
    await stage.play(async () => {
      await stage.stage.clock.sleepMs(settleMs);
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver', reverseReplication: 'unproven' });
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const stage = await pairedStage();
    await stage.play(async () => {
      const end = await stage.run('switchover', 'us-west-2', stage.switchoverInput({ pair: 'order' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});
