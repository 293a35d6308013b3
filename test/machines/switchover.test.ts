import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import {
  createTestbed,
  mqWrites,
  promotions,
  switchoverInput,
  type TestbedOptions,
  takeLock,
} from '../support/testbed.ts';

/** Gauges exist two or three minutes after replication began. */
const settleMs = 300_000;

const paired = (options: TestbedOptions = {}) => createTestbed({ paired: true, ...options });

describe('switchover', () => {
  it('exchanges the roles with one promotion and proves the way back', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({
        outcome: 'SwitchedOver',
        counterpart: 'replica',
        reverseReplication: 'proven',
      });
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
      expect(testbed.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
      expect(testbed.broker('orders').dataPlane.acceptsClients).toBe(false);
    });
  });

  it('never switches back when it is started again with the same input', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      await testbed.run('switchover', 'us-west-2', switchoverInput());
      const again = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(again.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('refuses with every reason at once and writes nothing', async () => {
    const protectedWindows = [{ reason: 'opening', days: ['monday'], startUtc: '08:00', durationMinutes: 240 }];
    const testbed = await paired({ settings: { protectedWindows } });
    await testbed.play(async () => {
      const end = await testbed.run('switchover', 'us-east-1', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      const blockers = (end.output?.blockers ?? []) as readonly { readonly code: string }[];
      expect(blockers.map(({ code }) => code)).toEqual(['WRONG_REGION', 'REPLICATION_ABSENT', 'PROTECTED_WINDOW']);
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('refuses when another run took the lock since the assessment', async () => {
    const testbed: Testbed = await createTestbed({
      paired: true,
      replaceTask: ({ stateName }) => {
        if (stateName === 'AcquireLock') {
          testbed.clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'LOCK_HELD' }] });
      expect(mqWrites(testbed)).toEqual([]);
    });
  });

  it('refuses at the write when a protected window has begun since the assessment', async () => {
    const testbed: Testbed = await paired({
      replaceTask: ({ stateName }) => {
        const protectedWindows = [{ reason: 'now', days: ['monday'], startUtc: '00:00', durationMinutes: 1_440 }];
        if (stateName === 'PromoteReplica') testbed.configurePair('orders', { protectedWindows });
        return undefined;
      },
    });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('lists the promotion in a dry run and writes nothing', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput({ dryRun: true }));
      const plannedWrites = [{ operation: 'Promote', region: 'us-west-2', request: { Mode: 'SWITCHOVER' } }];
      expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites });
      expect(testbed.calls.filter(({ operation }) => /^(Promote|Put|Update)/.test(operation))).toEqual([]);
    });
  });

  it('ends Stalled, with the evidence and the next command, when the link breaks after the request', async () => {
    const testbed = await paired();
    const { clock, aws } = testbed;
    const regions: [string, string] = ['us-east-1', 'us-west-2'];
    testbed.observe({
      transition: ({ stateName, kind }) => {
        if (stateName !== 'WatchExchange' || kind !== 'entered' || !aws.reachability.linkUp(...regions)) return;
        // The primary closes within milliseconds of the request; the replica cannot have taken over a second later.
        clock.spawn('cutter', async () => {
          await clock.sleepMs(1_000);
          aws.faults.start({ kind: 'link-cut', regions });
        });
      },
    });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(end.cause).toMatch(/no progress for \d+ s: replication is frozen/);
      expect(end.cause).toContain('npx mq-dr start failover --region us-west-2');
      expect(testbed.aws.notifications().at(-1)).toMatchObject({ message: expect.stringContaining('frozen') });
      expect(promotions(testbed).length).toBe(1);
      // Both brokers are closed, and a second start only watches: docs/amazon-mq.md 13, row 8.
      expect(testbed.broker('orders').dataPlane.acceptsClients).toBe(false);
      const second = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(second).toMatchObject({ status: 'FAILED', error: 'Stalled' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('is still Stalled when nobody can be paged', async () => {
    const testbed = await paired({
      replaceTask: ({ stateName }) =>
        stateName === 'ReportStall' ? new TaskFailure('AccessDenied', 'test') : undefined,
    });
    testbed.aws.faults.start({ kind: 'stuck-promotion' });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled', cause: expect.stringContaining('no progress') });
    });
  });

  it('takes over a request whose answer was lost, without a second one', async () => {
    const testbed = await paired();
    const fault = { kind: 'connection-reset', when: 'after', service: 'mq', operation: 'Promote', count: 1 } as const;
    testbed.aws.faults.start(fault);
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('asks once more, after looking, when the function died before the call', async () => {
    const testbed = await paired();
    const fault = { kind: 'kill-caller', when: 'before', service: 'mq', operation: 'Promote', count: 1 } as const;
    testbed.aws.faults.start(fault);
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect(promotions(testbed).filter((write) => write.endsWith(' ok')).length).toBe(1);
    });
  });

  it('switches over when the metrics of both Regions fail after the request, by the roles alone', async () => {
    const testbed = await paired();
    testbed.observe({
      transition: ({ stateName, kind }) => {
        if (stateName === 'WatchExchange' && kind === 'entered') {
          testbed.aws.faults.start({ kind: 'server-error', service: 'monitoring' });
        }
      },
    });
    await testbed.play(async () => {
      await testbed.clock.sleepMs(settleMs);
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput());
      expect(end.output).toMatchObject({ outcome: 'SwitchedOver', reverseReplication: 'unproven' });
    });
  });

  it('names the configured pairs when the pair is unknown', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      const end = await testbed.run('switchover', 'us-west-2', switchoverInput({ pair: 'order' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});
