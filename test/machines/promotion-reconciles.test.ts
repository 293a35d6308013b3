import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { addTeamCutover } from '../../testbed/team-cutover.ts';
import { east, ReconcileStage, west } from '../support/reconcile-stage.ts';
import type { RunEnd } from '../support/workflow-stage.ts';

type Options = Parameters<typeof ReconcileStage.create>[1];

/** A stage with a ledger, and the team's cutover with held or live consumers. */
const cutoverStage = async (consumers: 'hold' | 'live', afterPromotion: string, options: Options = {}) => {
  const stage = await ReconcileStage.create({}, options);
  const { aws } = stage.stage.stage;
  const brokers = () => aws.brokers();
  const team = addTeamCutover(aws, { name: 'orders', regions: [east, west], consumers, brokers });
  const { operator } = stage.stage.secrets;
  const secretArns = [operator, operator.replace(east, west)];
  stage.stage.configure({
    cutover: team.settings,
    reconciliation: { secretArns, ledgerStart: '2026-01-01T00:00:00Z', afterPromotion },
  });
  return stage;
};

/** What counts for the order of a promotion, as it happens. */
const orderOf = (stage: ReconcileStage): readonly string[] => {
  const order: string[] = [];
  stage.stage.stage.aws.onApiCall(({ operation, request }) => {
    const { Key = '' } = request as { readonly Key?: unknown };
    if (operation === 'PutObject' && String(Key).startsWith('manifests/')) order.push('manifest');
    if (operation === 'UpdateEventSourceMapping')
      order.push((request as { Enabled?: boolean }).Enabled ? 'release' : 'hold');
    if (operation === 'Promote') order.push('promote');
    if (operation === 'PutParameter') order.push('endpoint');
  });
  return order;
};

const runs = [
  ['switchover', 'SwitchedOver', { pair: 'orders', targetRegion: west, reason: 'test' }],
  ['failover', 'FailedOver', { pair: 'orders', reason: 'test', acceptDataLoss: true }],
] as const;

const warningsOf = (end: RunEnd) => (end.output?.warnings ?? []) as readonly { code: string; message: string }[];

const promote = async (stage: ReconcileStage, machine: string, input: unknown): Promise<RunEnd> => {
  await stage.stage.stage.clock.sleepMs(300_000);
  return await stage.stage.run(machine, west, input);
};

describe.each(runs)('a %s', (machine, outcome, input) => {
  it('reconciles while the consumers are held, and releases them then', async () => {
    const stage = await cutoverStage('hold', 'auto');
    const order = orderOf(stage);
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ['m1', 'm2', 'm3']);
      await stage.enter(east, 'work', ['m1']);
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({
        outcome,
        reconciliation: { outcome: 'Reconciled', result: { processed: 1, removed: 1 } },
      });
      expect(warningsOf(end).map(({ code }) => code)).not.toContain('STEP_FAILED');
      expect(order).toEqual(['hold', 'promote', 'manifest', 'release', 'endpoint']);
      expect(stage.idsIn('orders-replica', 'work')).toEqual(['m2', 'm3']);
      expect(stage.idsIn('orders-replica', 'mq-dr.quarantine.work')).toEqual(['m1']);
    });
  });

  it('reconciles after clients know the endpoint where the consumers are live', async () => {
    const stage = await cutoverStage('live', 'report');
    const order = orderOf(stage);
    await stage.stage.play(async () => {
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'ReportOnly' } });
      expect(order).toEqual(['promote', 'endpoint', 'manifest']);
      expect(end.states.filter((state) => state === 'ReconcileMessages')).toHaveLength(1);
    });
  });

  it('does nothing about messages where the settings say so, and says it', async () => {
    const stage = await cutoverStage('hold', 'off');
    const order = orderOf(stage);
    await stage.stage.play(async () => {
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Skipped' } });
      expect(order).toEqual(['hold', 'promote', 'release', 'endpoint']);
    });
  });

  it.each(['hold', 'live'] as const)(
    'is complete with %s consumers although the reconciliation fails',
    async (consumers) => {
      const stage = await cutoverStage(consumers, 'auto', {
        replaceTask: ({ stateName }) =>
          stateName === 'ScanQueues' ? new TaskFailure('UntrustedEndpoint', 'injected') : undefined,
      });
      const order = orderOf(stage);
      await stage.stage.play(async () => {
        await stage.sendIds('orders', 'work', ['m1']);
        const end = await promote(stage, machine, input);
        expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Failed' } });
        expect(warningsOf(end)).toContainEqual(
          expect.objectContaining({
            code: 'STEP_FAILED',
            message: expect.stringContaining('messages are not reconciled'),
          }),
        );
        expect(order).toContain('endpoint');
        expect(order.includes('release')).toBe(consumers === 'hold');
        const subjects = stage.stage.stage.aws.notifications().map(({ subject }) => subject);
        expect(subjects).toContain('mq-dr ACT TODAY: reconcile of orders failed: UntrustedEndpoint');
      });
    },
  );

  it('is complete where somebody froze the pair meanwhile: nothing is removed', async () => {
    const stage = await cutoverStage('hold', 'auto');
    const { clock, aws } = stage.stage.stage;
    aws.onApiCall(({ operation, outcome: answered }) => {
      if (operation === 'Promote' && answered === 'ok')
        clock.spawn('operator', () => stage.stage.freeze('PAIR#orders'));
    });
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ['m1']);
      await stage.enter(east, 'work', ['m1']);
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({
        outcome,
        reconciliation: { outcome: 'Refused', blockers: [{ code: 'FROZEN' }] },
      });
      expect(stage.idsIn('orders-replica', 'work')).toEqual(['m1']);
    });
  });

  it('keeps its lock while its step reconciles, and gives it back once', async () => {
    const stage = await cutoverStage('hold', 'report');
    const lock = stage.stage.guardTable('PAIR#orders');
    const held: unknown[] = [];
    const { clock } = stage.stage.stage;
    stage.stage.stage.observe({
      transition: ({ machineName, stateName, kind }) => {
        if (kind !== 'exited' || machineName !== 'reconcile' || stateName !== 'ReleaseLock') return;
        clock.spawn('reader', async () => {
          const reading = await lock.read();
          held.push(reading.known && reading.lock?.purpose);
        });
      },
    });
    await stage.stage.play(async () => {
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'ReportOnly' } });
      expect(held).toEqual([machine]);
      expect(await lock.read()).not.toHaveProperty('lock');
    });
  });

  it('does not keep consumers waiting for a reconciliation without end', async () => {
    const source = readFileSync(new URL(`../../statemachines/${machine}.asl.json`, import.meta.url), 'utf8');
    const impatient = source.replace('${ReconcileTimeoutSeconds} %}', '$floor(${ReconcileTimeoutSeconds} / 300) %}');
    const stage = await cutoverStage('hold', 'report', { definitions: { [machine]: impatient } });
    stage.stage.stage.aws.faults.start({ kind: 'slow-answer', service: 'activemq-console', delayMs: 7_000 });
    await stage.stage.play(async () => {
      for (let queue = 0; queue < 12; queue += 1) await stage.sendIds('orders', `q${queue}`, ['m1']);
      const end = await promote(stage, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Failed', error: 'States.Timeout' } });
      expect(end.states).toContain('ReleaseConsumers');
      // The step went on by itself; with the lock of the run it comes to an end.
      const step = stage.stage.stage.engine.executions().find(({ machineName }) => machineName === 'reconcile');
      expect(await stage.stage.end(step?.executionArn ?? '')).toMatchObject({ status: 'FAILED', error: 'LockLost' });
    });
  });
});

describe('a failover', () => {
  const [, [, , input]] = runs;

  it('removes what the lost Region had processed, by the ledger of its own Region', async () => {
    const stage = await cutoverStage('hold', 'auto');
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ['m1', 'm2', 'm3']);
      await stage.enter(east, 'work', ['m1', 'm2']);
      await stage.stage.stage.clock.sleepMs(300_000);
      stage.stage.stage.aws.blackout(east);
      const end = await stage.stage.run('failover', west, input);
      expect(end.output).toMatchObject({
        outcome: 'FailedOver',
        reconciliation: { outcome: 'Reconciled', result: { removed: 2, uncertain: 1 } },
      });
      expect(stage.idsIn('orders-replica', 'work')).toEqual(['m3']);
    });
  });

  it('without the Control table reconciles nothing, and says nothing about it', async () => {
    const stage = await cutoverStage('hold', 'auto');
    stage.stage.stage.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
    await stage.stage.play(async () => {
      const end = await stage.stage.run('failover', west, { ...input, overrideControl: 'the table is down' });
      expect(end.output).toMatchObject({ outcome: 'FailedOver', reconciliation: null });
      expect(end.states).not.toContain('ReconcileMessages');
    });
  });
});

describe('a switchover that is escalated', () => {
  it('reconciles as well, on the promoted broker', async () => {
    const stage = await cutoverStage('hold', 'auto');
    stage.stage.stage.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
    const { operator } = stage.stage.secrets;
    stage.stage.configure({
      escalation: { mode: 'auto', lossBudgetEvents: 1_000_000 },
      reconciliation: {
        secretArns: [operator, operator.replace(east, west)],
        ledgerStart: '2026-01-01T00:00:00Z',
        afterPromotion: 'auto',
      },
    });
    await stage.stage.play(async () => {
      await stage.sendIds('orders', 'work', ['m1', 'm2']);
      await stage.enter(east, 'work', ['m1']);
      const end = await promote(stage, 'switchover', runs[0][2]);
      expect(end.output).toMatchObject({ outcome: 'Escalated', reconciliation: { outcome: 'Reconciled' } });
      expect(stage.idsIn('orders-replica', 'work')).toEqual(['m2']);
    });
  });
});
