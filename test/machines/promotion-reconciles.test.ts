import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { enterLedger, idsIn, sendMessages } from '../../testbed/messages.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';
import { createLedgerTestbed, freeze, type TestbedOptions } from '../support/testbed.ts';

/** A test bed with a ledger, and consumers of the customer that are held or live. */
const withConsumers = (consumers: 'hold' | 'live', afterPromotion: string, options: TestbedOptions = {}) =>
  createLedgerTestbed({ afterPromotion, automaticRepair: false }, { consumers, ...options });

/** What counts for the order of a promotion, as it happens. */
const orderOf = (testbed: Testbed): readonly string[] => {
  const order: string[] = [];
  testbed.aws.onApiCall(({ operation, request }) => {
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

const warningsOf = (end: WorkflowEnd) => (end.output?.warnings ?? []) as readonly { code: string; message: string }[];

const promote = async (testbed: Testbed, machine: string, input: unknown): Promise<WorkflowEnd> => {
  await testbed.clock.sleepMs(300_000);
  return await testbed.run(machine, west, input);
};

describe.each(runs)('a %s', (machine, outcome, input) => {
  it('reconciles while the consumers are held, and releases them then', async () => {
    const testbed = await withConsumers('hold', 'auto');
    const order = orderOf(testbed);
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', ['m1', 'm2', 'm3']);
      await enterLedger(testbed, east, 'work', ['m1']);
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({
        outcome,
        reconciliation: { outcome: 'Reconciled', result: { processed: 1, removed: 1 } },
      });
      expect(warningsOf(end).map(({ code }) => code)).not.toContain('STEP_FAILED');
      expect(order).toEqual(['hold', 'promote', 'manifest', 'release', 'endpoint']);
      expect(idsIn(testbed, 'orders-replica', 'work')).toEqual(['m2', 'm3']);
      expect(idsIn(testbed, 'orders-replica', 'mq-dr.quarantine.work')).toEqual(['m1']);
    });
  });

  it('reconciles after clients know the endpoint where the consumers are live', async () => {
    const testbed = await withConsumers('live', 'report');
    const order = orderOf(testbed);
    await testbed.play(async () => {
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'ReportOnly' } });
      expect(order).toEqual(['promote', 'endpoint', 'manifest']);
      expect(end.states.filter((state) => state === 'ReconcileMessages')).toHaveLength(1);
    });
  });

  it('does nothing about messages where the settings say so, and says it', async () => {
    const testbed = await withConsumers('hold', 'off');
    const order = orderOf(testbed);
    await testbed.play(async () => {
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Skipped' } });
      expect(order).toEqual(['hold', 'promote', 'release', 'endpoint']);
    });
  });

  it.each(['hold', 'live'] as const)(
    'is complete with %s consumers although the reconciliation fails',
    async (consumers) => {
      const testbed = await withConsumers(consumers, 'auto', {
        replaceTask: ({ stateName }) =>
          stateName === 'ScanQueues' ? new TaskFailure('UntrustedEndpoint', 'injected') : undefined,
      });
      const order = orderOf(testbed);
      await testbed.play(async () => {
        sendMessages(testbed, 'orders', 'work', ['m1']);
        const end = await promote(testbed, machine, input);
        expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Failed' } });
        expect(warningsOf(end)).toContainEqual(
          expect.objectContaining({
            code: 'STEP_FAILED',
            message: expect.stringContaining('messages are not reconciled'),
          }),
        );
        expect(order).toContain('endpoint');
        expect(order.includes('release')).toBe(consumers === 'hold');
        const subjects = testbed.aws.notifications().map(({ subject }) => subject);
        expect(subjects).toContain('mq-dr ACT TODAY: reconcile of orders failed: UntrustedEndpoint');
      });
    },
  );

  it('is complete where somebody froze the pair meanwhile: nothing is removed', async () => {
    const testbed = await withConsumers('hold', 'auto');
    const { clock, aws } = testbed;
    aws.onApiCall(({ operation, outcome: answered }) => {
      if (operation === 'Promote' && answered === 'ok') clock.spawn('operator', () => freeze(testbed, 'PAIR#orders'));
    });
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', ['m1']);
      await enterLedger(testbed, east, 'work', ['m1']);
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({
        outcome,
        reconciliation: { outcome: 'Refused', blockers: [{ code: 'FROZEN' }] },
      });
      expect(idsIn(testbed, 'orders-replica', 'work')).toEqual(['m1']);
    });
  });

  it('keeps its lock while its step reconciles, and gives it back once', async () => {
    const testbed = await withConsumers('hold', 'report');
    const lock = testbed.operator.guards('PAIR#orders');
    const held: unknown[] = [];
    const { clock } = testbed;
    testbed.observe({
      transition: ({ machineName, stateName, kind }) => {
        if (kind !== 'exited' || machineName !== 'reconcile' || stateName !== 'ReleaseLock') return;
        clock.spawn('reader', async () => {
          const reading = await lock.read();
          held.push(reading.known && reading.lock?.purpose);
        });
      },
    });
    await testbed.play(async () => {
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'ReportOnly' } });
      expect(held).toEqual([machine]);
      expect(await lock.read()).not.toHaveProperty('lock');
    });
  });

  it('does not keep consumers waiting for a reconciliation without end', async () => {
    const source = readFileSync(new URL(`../../statemachines/${machine}.asl.json`, import.meta.url), 'utf8');
    const impatient = source.replace('${ReconcileTimeoutSeconds} %}', '$floor(${ReconcileTimeoutSeconds} / 300) %}');
    const testbed = await withConsumers('hold', 'report', { definitions: { [machine]: impatient } });
    testbed.aws.faults.start({ kind: 'slow-answer', service: 'activemq-console', delayMs: 7_000 });
    await testbed.play(async () => {
      for (let queue = 0; queue < 12; queue += 1) sendMessages(testbed, 'orders', `q${queue}`, ['m1']);
      const end = await promote(testbed, machine, input);
      expect(end.output).toMatchObject({ outcome, reconciliation: { outcome: 'Failed', error: 'States.Timeout' } });
      expect(end.states).toContain('ReleaseConsumers');
      // The step went on by itself; with the lock of the run it comes to an end.
      const step = testbed.engine.executions().find(({ machineName }) => machineName === 'reconcile');
      expect(await testbed.end(step?.executionArn ?? '')).toMatchObject({ status: 'FAILED', error: 'LockLost' });
    });
  });
});

describe('a failover', () => {
  const [, [, , input]] = runs;

  it('removes what the lost Region had processed, by the ledger of its own Region', async () => {
    const testbed = await withConsumers('hold', 'auto');
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', ['m1', 'm2', 'm3']);
      await enterLedger(testbed, east, 'work', ['m1', 'm2']);
      await testbed.clock.sleepMs(300_000);
      testbed.aws.blackout(east);
      const end = await testbed.run('failover', west, input);
      expect(end.output).toMatchObject({
        outcome: 'FailedOver',
        reconciliation: { outcome: 'Reconciled', result: { removed: 2, uncertain: 1 } },
      });
      expect(idsIn(testbed, 'orders-replica', 'work')).toEqual(['m3']);
    });
  });

  it('without the Control table reconciles nothing, and says nothing about it', async () => {
    const testbed = await withConsumers('hold', 'auto');
    testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
    await testbed.play(async () => {
      const end = await testbed.run('failover', west, { ...input, overrideControl: 'the table is down' });
      expect(end.output).toMatchObject({ outcome: 'FailedOver', reconciliation: null });
      expect(end.states).not.toContain('ReconcileMessages');
    });
  });
});

describe('a switchover that is escalated', () => {
  it('reconciles as well, on the promoted broker', async () => {
    const testbed = await withConsumers('hold', 'auto');
    testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
    testbed.configurePair('orders', {
      ...testbed.deployedPair('orders'),
      escalation: { mode: 'auto', lossBudgetEvents: 1_000_000 },
    });
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', ['m1', 'm2']);
      await enterLedger(testbed, east, 'work', ['m1']);
      const end = await promote(testbed, 'switchover', runs[0][2]);
      expect(end.output).toMatchObject({ outcome: 'Escalated', reconciliation: { outcome: 'Reconciled' } });
      expect(idsIn(testbed, 'orders-replica', 'work')).toEqual(['m2']);
    });
  });
});
