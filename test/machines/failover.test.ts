import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import {
  createTestbed,
  freeze,
  promotions,
  switchoverInput,
  type TestbedOptions,
  takeLock,
} from '../support/testbed.ts';

const west = 'us-west-2';
const east = 'us-east-1';

const paired = (options: TestbedOptions = {}) => createTestbed({ paired: true, ...options });

const input = (more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  reason: 'test',
  acceptDataLoss: true,
  ...more,
});

const blockersOf = (end: { readonly output: Readonly<Record<string, unknown>> | undefined }): readonly string[] =>
  ((end.output?.blockers ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);

describe('failover', () => {
  it('promotes the replica of a dark Region without a call to that Region', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      testbed.aws.blackout(east);
      const end = await testbed.run('failover', west, input());
      expect(end.output).toMatchObject({ outcome: 'FailedOver', epoch: 1 });
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
      expect(testbed.broker('orders-replica').dataPlane.acceptsClients).toBe(true);
      const toTheLostRegion = testbed.calls.filter(
        (call) => call.region === east && call.caller?.startsWith('failover'),
      );
      expect(toTheLostRegion).toEqual([]);
    });
  });

  it('reaches the promotion within six transitions and a second of virtual time', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      const startedAtMs = testbed.clock.nowMs();
      const end = await testbed.run('failover', west, input());
      const promote = testbed.calls.find((call) => call.operation === 'Promote');
      expect(end.states.indexOf('RequestFailover')).toBeLessThanOrEqual(5);
      expect((promote?.atMs ?? Number.NaN) - startedAtMs).toBeLessThanOrEqual(1_000);
    });
  });

  it('refuses in the Region of the primary, without the word for data loss, frozen: all reasons, nothing written', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await freeze(testbed, 'PAIR#orders');
      await freeze(testbed, 'GLOBAL');
      const end = await testbed.run('failover', east, input({ acceptDataLoss: false }));
      expect(blockersOf(end)).toEqual(['WRONG_REGION', 'DATA_LOSS_NOT_ACCEPTED', 'FROZEN', 'FROZEN']);
      expect(JSON.stringify(end.output)).toContain(`start it in ${west}`);
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('holds automatic runs back: enrolment, anti-flap, and somebody else at work', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.run('failover', west, input());
      await takeLock(testbed, 'PAIR#orders', 'arn:somebody', 'create-replica');
      const end = await testbed.run('failover', east, input({ automatic: true }));
      expect(blockersOf(end)).toEqual(expect.arrayContaining(['LOCK_HELD', 'NOT_ENROLLED', 'ANTI_FLAP']));
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it('is frozen between gate and write: nothing is promoted, nothing stays held', async () => {
    const testbed: Testbed = await paired({
      replaceTask: ({ stateName }) => {
        if (stateName === 'RequestFailover') testbed.clock.spawn('operator', () => freeze(testbed, 'PAIR#orders'));
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input());
      expect(blockersOf(end)).toEqual(['FROZEN']);
      expect(end.states).toContain('ReleaseHeld');
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('refuses when another run took the lock since the gate', async () => {
    const testbed: Testbed = await paired({
      replaceTask: ({ stateName }) => {
        if (stateName === 'AcquireLock') {
          testbed.clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'unpair'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input());
      expect(blockersOf(end)).toEqual(['LOCK_HELD']);
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('promotes nothing with a lock that it has lost', async () => {
    const testbed: Testbed = await paired({
      replaceTask: ({ stateName }) => {
        if (stateName === 'RequestFailover') {
          testbed.clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'failover'));
        }
        return undefined;
      },
    });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input());
      // Whether the gate inside or the fence itself sees it first, nothing is written.
      expect(end.status === 'FAILED' ? end.error : blockersOf(end)[0]).toMatch(/^(LockLost|LOCK_HELD)$/);
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('takes over from a running switchover, which then stops', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      await testbed.clock.sleepMs(300_000);
      testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
      const switchover = await testbed.start('switchover', west, switchoverInput());
      await testbed.clock.sleepMs(60_000);
      const end = await testbed.run('failover', west, input());
      expect(end.output).toMatchObject({ outcome: 'FailedOver' });
      const stopped = await testbed.end(switchover);
      expect(stopped).toMatchObject({ status: 'FAILED', error: 'LockLost' });
      expect(promotions(testbed).filter((write) => write.endsWith(' ok')).length).toBe(2);
    });
  });

  it('lists the promotion in a dry run and writes nothing', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input({ dryRun: true }));
      const plannedWrites = [{ operation: 'Promote', request: { Mode: 'FAILOVER' } }];
      expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites });
      expect(testbed.calls.filter(({ operation }) => /^(Promote|Put|Update)/.test(operation))).toEqual([]);
    });
  });

  it('goes on after a function that died behind the promotion, in a new run with the same input', async () => {
    const testbed: Testbed = await paired({
      replaceTask: ({ stateName, executionArn }) =>
        stateName === 'ObserveFailover' && executionArn === testbed.engine.executions()[0]?.executionArn
          ? new TaskFailure('AccessDenied', 'test')
          : undefined,
    });
    await testbed.play(async () => {
      expect(await testbed.run('failover', west, input())).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      const again = await testbed.run('failover', west, input());
      expect(again.output).toMatchObject({ outcome: 'FailedOver', epoch: 1 });
      expect(promotions(testbed).length).toBe(1);
    });
  });

  it.each(['before', 'after'] as const)(
    'makes one effective promotion when the function dies %s the call',
    async (when) => {
      const testbed = await paired();
      testbed.aws.faults.start({ kind: 'kill-caller', when, service: 'mq', operation: 'Promote', count: 1 });
      await testbed.play(async () => {
        const end = await testbed.run('failover', west, input());
        expect(end.output).toMatchObject({ outcome: 'FailedOver' });
        expect(testbed.broker('orders-replica').dataPlane.role).toBe('primary');
        expect(promotions(testbed).length).toBe(when === 'before' ? 2 : 1);
      });
    },
  );

  const lying = {
    kind: 'lying-answer',
    code: 'ConflictException',
    statusCode: 409,
    service: 'mq',
    operation: 'Promote',
  } as const;

  it.each([
    ['BadRequestException', 400, {}],
    ['ForbiddenException', 403, {}],
    ['ConflictException', 409, {}],
    ['TooManyRequestsException', 429, {}],
    ['InternalServerErrorException', 500, {}],
    ['BadRequestException', 400, { overrideControl: 'a drill' }],
  ])('goes on with a promotion that was answered with %s (%i) and made (%j)', async (code, statusCode, more) => {
    const testbed = await paired();
    testbed.aws.faults.start({ ...lying, code, statusCode, count: 1 });
    if ('overrideControl' in more) testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input(more));
      expect(end.output).toMatchObject({ outcome: 'FailedOver', epoch: 'overrideControl' in more ? null : 1 });
      expect(promotions(testbed)).toEqual(['Promote us-west-2 LyingAnswer']);
    });
  });

  it('finishes a promotion in a new run that the first one could not see, and took the service at its word', async () => {
    const testbed = await paired();
    await testbed.play(async () => {
      testbed.aws.faults.start({ ...lying, count: 1 });
      const blind = { id: 'blind', kind: 'stale-answer', service: 'mq', operation: 'DescribeBroker' } as const;
      await testbed.clock.sleepMs(60_000);
      testbed.aws.faults.start(blind);
      expect(await testbed.run('failover', west, input())).toMatchObject({
        status: 'FAILED',
        error: 'RequestRejected',
      });
      testbed.aws.faults.stop('blind');
      const again = await testbed.run('failover', west, input());
      expect(again.output).toMatchObject({ outcome: 'FailedOver', epoch: 1 });
      const { operator } = testbed;
      expect(await operator.guards('PAIR#orders').readEpoch()).toMatchObject({ primaryRegion: west, mode: 'FAILOVER' });
      expect(promotions(testbed)).toEqual(['Promote us-west-2 LyingAnswer']);
    });
  });

  it('fails by name when the promotion takes no effect', async () => {
    const testbed = await paired();
    testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'FAILOVER' });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, input());
      expect(end).toMatchObject({ status: 'FAILED', error: 'FailoverOverdue' });
    });
  });

  describe('without the Control table', () => {
    const testbedWithoutTable = async () => {
      const testbed = await paired({ settings: { automaticFailover: true } });
      testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
      return testbed;
    };

    it.each([
      ['an automatic run', { automatic: true }],
      ['a run without a reason to override', {}],
      ['an automatic run that overrides', { automatic: true, overrideControl: 'no' }],
    ])('refuses %s', async (_what, more) => {
      const testbed = await testbedWithoutTable();
      await testbed.play(async () => {
        const end = await testbed.run('failover', west, input(more));
        expect(blockersOf(end)).toContain('CONTROL_UNREACHABLE');
        expect(promotions(testbed)).toEqual([]);
      });
    });

    it('lets a person pass with a reason', async () => {
      const testbed = await testbedWithoutTable();
      await testbed.play(async () => {
        const end = await testbed.run('failover', west, input({ overrideControl: 'DynamoDB is down as well' }));
        expect(end.output).toMatchObject({ outcome: 'FailedOver', epoch: null });
        expect(JSON.stringify(end.output?.warnings)).toContain('CONTROL_OVERRIDDEN');
        expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
      });
    });
  });
});
