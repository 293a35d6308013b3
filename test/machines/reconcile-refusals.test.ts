import { describe, expect, it } from 'vitest';
import { codesIn, fillWork, idsUpTo, lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { east, ReconcileStage, west } from '../support/reconcile-stage.ts';

/** Writes that reached the services, but for the locks. */
const writesOf = ({ stage }: ReconcileStage): readonly string[] =>
  stage.calls
    .filter(
      ({ operation, caller }) => /^(Put|Update|Delete|Batch(W|w)rite)/.test(operation) && caller?.includes('reconcile'),
    )
    .map(({ service, operation }) => `${service} ${operation}`);

describe('a dry run of reconcile', () => {
  it.each([
    ['report', []],
    ['auto', [{ operation: 'quarantine and accept', request: { queues: 'all' } }]],
  ])('of mode %s lists its writes and makes none', async (mode, plannedWrites) => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const end = await stage.stage.run('reconcile', east, runInput({ mode, dryRun: true }));
      expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites, warnings: [] });
      expect(writesOf(stage)).toEqual([]);
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('of a repair lists what its manifest says', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1', 'm2');
      const { output } = await stage.stage.run('reconcile', east, runInput());
      const before = writesOf(stage).length;
      const repair = runInput({ mode: 'repair', manifest: output?.manifest, dryRun: true });
      const end = await stage.stage.run('reconcile', east, repair);
      expect(end.output).toMatchObject({ plannedWrites: [{ region: east, request: { queue: 'work', messages: 2 } }] });
      expect(writesOf(stage).length).toBe(before);
    });
  });
});

describe('reconcile refuses', () => {
  it('a queue that does not exist, and one that is left alone, and gives the lock back', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      await stage.sendIds('orders', 'ActiveMQ.DLQ', ['d1']);
      const asked = runInput({ mode: 'auto', queues: ['wrok', 'ActiveMQ.DLQ', 'work'] });
      const end = await stage.stage.run('reconcile', east, asked);
      expect(end.output).toMatchObject({ outcome: 'Refused', warnings: [] });
      expect(codesIn(end, 'blockers')).toEqual(['QUEUE_UNKNOWN', 'QUEUE_EXCLUDED']);
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(stage)).toBeUndefined();
    });
  });

  it('a manifest that nobody made, and one of another pair', async () => {
    const stage = await ReconcileStage.create();
    const { stage: inner } = stage.stage;
    const [primary, replica] = ['orders', 'orders-replica'].map((name) => stage.stage.broker(name).brokerArn);
    const { operator } = stage.stage.secrets;
    const reconciliation = { secretArns: [operator], ledgerStart: '2026-01-01T00:00:00Z' };
    const brokers = [primary ?? '', replica ?? ''] as const;
    inner.configurePairs(['orders', 'bills'].map((name) => ({ name, brokers, reconciliation })));
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const { output } = await stage.stage.run('reconcile', east, runInput());
      for (const more of [{ manifest: 'a'.repeat(64) }, { manifest: output?.manifest, pair: 'bills' }]) {
        const end = await stage.stage.run('reconcile', east, runInput({ mode: 'repair', ...more }));
        expect(codesIn(end, 'blockers')).toEqual(['MANIFEST_UNKNOWN']);
      }
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('the Region of the replica, and names the other one', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      const end = await stage.stage.run('reconcile', west, runInput());
      expect(codesIn(end, 'blockers')).toEqual(['BROKER_NOT_PRIMARY']);
      expect(JSON.stringify(end.output)).toContain(`start it in ${east}`);
    });
  });

  it('a pair without a ledger, and one without a secret in the Region', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      stage.stage.configure({});
      expect(codesIn(await stage.stage.run('reconcile', east, runInput()), 'blockers')).toEqual(['NO_LEDGER']);
      const secretArns = [stage.stage.secrets.operator.replace(east, west)];
      stage.stage.configure({ reconciliation: { secretArns, ledgerStart: '2026-01-01T00:00:00Z' } });
      expect(codesIn(await stage.stage.run('reconcile', east, runInput()), 'blockers')).toEqual(['NO_SECRET']);
    });
  });

  it('to change a frozen pair, but reports about it', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      await stage.stage.freeze('PAIR#orders');
      const report = await stage.stage.run('reconcile', east, runInput());
      expect(report.output).toMatchObject({ outcome: 'ReportOnly', result: { processed: 1 } });
      const { manifest } = report.output ?? {};
      for (const more of [{ mode: 'auto' }, { mode: 'repair', manifest }]) {
        expect(codesIn(await stage.stage.run('reconcile', east, runInput(more)), 'blockers')).toEqual(['FROZEN']);
      }
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('while another run has the lock, a report as well', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await stage.stage.takeLock('PAIR#orders', 'arn:somebody', 'unpair');
      for (const mode of ['report', 'auto']) {
        expect(codesIn(await stage.stage.run('reconcile', east, runInput({ mode })), 'blockers')).toEqual([
          'LOCK_HELD',
        ]);
      }
      expect(await lockOf(stage)).toMatchObject({ owner: 'arn:somebody' });
    });
  });

  it('when another run took the lock since the gate', async () => {
    const stage: ReconcileStage = await ReconcileStage.create(
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'AcquireLock') {
            const { clock } = stage.stage.stage;
            clock.spawn('rival', () => stage.stage.takeLock('PAIR#orders', 'arn:rival', 'unpair'));
          }
          return undefined;
        },
      },
    );
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(codesIn(end, 'blockers')).toEqual(['LOCK_HELD']);
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('an input by the name of every field', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'repair', queue: 'work' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
      expect(end.cause).toContain('unknown field \\"input.queue\\"');
      const unknown = await stage.stage.run('reconcile', east, { pair: 'order', reason: 'test' });
      expect(unknown).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});

describe('reconcile stops', () => {
  it('between two queues when somebody freezes the pair, and a repair goes on later', async () => {
    const stage = await ReconcileStage.create();
    const { clock, aws } = stage.stage.stage;
    aws.onApiCall(({ operation, request }) => {
      // The first queue's repair has been stored.
      if (operation !== 'PutObject' || !JSON.stringify(request).includes('repair-0.json')) return;
      clock.spawn('operator', () => stage.stage.freeze('PAIR#orders'));
    });
    // The look before the second queue takes long enough for the freeze to be there.
    aws.faults.start({ kind: 'slow-answer', service: 'dynamodb', caller: '*: repair-queues', delayMs: 500 });
    await stage.stage.play(async () => {
      for (const queue of ['a', 'b']) {
        await stage.sendIds('orders', queue, idsUpTo(2));
        await stage.enter(east, queue, ['m1']);
      }
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'auto' }));
      expect([codesIn(end, 'blockers'), codesIn(end, 'warnings')]).toEqual([['FROZEN'], ['REPAIR_STOPPED']]);
      expect([stage.idsIn('orders', 'a'), stage.idsIn('orders', 'b')]).toEqual([['m2'], idsUpTo(2)]);
      expect(await lockOf(stage)).toBeUndefined();
    });
  });

  it('by name when it has lost its lock, and changes nothing more', async () => {
    const stage: ReconcileStage = await ReconcileStage.create(
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'RepairQueues') {
            const { clock } = stage.stage.stage;
            clock.spawn('rival', async () => {
              await stage.stage
                .guardTable('PAIR#orders')
                .acquire('arn:rival', 'failover', clock.nowMs(), ['reconcile']);
            });
          }
          return undefined;
        },
      },
    );
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'LockLost' });
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(stage)).toMatchObject({ owner: 'arn:rival' });
      expect(pagesOf(stage)).toEqual(['mq-dr ACT TODAY: reconcile of orders failed: LockLost']);
    });
  });

  it('by name with credentials that the broker refuses', async () => {
    const stage = await ReconcileStage.create();
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const { application } = stage.stage.secrets;
      // Without console access, and what the console refuses the scan would be refused as well.
      stage.stage.configure({
        reconciliation: { secretArns: [application], ledgerStart: '2026-01-01T00:00:00Z', automaticRepair: true },
      });
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      expect(end.cause).toContain('console access');
      expect(stage.idsIn('orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(stage)).toBeUndefined();
    });
  });

  it.each(['ScanQueues', 'RepairQueues'])('by name after the largest number of looks of %s', async (state) => {
    const stage = await ReconcileStage.create(
      {},
      {
        replaceTask: ({ stateName }) =>
          stateName === state
            ? { result: { outcome: 'repaired', blockers: [], warnings: [], next: 7, done: false } }
            : undefined,
      },
    );
    await stage.stage.play(async () => {
      await fillWork(stage, 'm1');
      const end = await stage.stage.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: state.replace('Queues', 'Overdue') });
      expect(end.cause).toMatch(/^7 queues were (scanned|repaired), and more are left; /);
      expect(end.states.filter((entered) => entered === state).length).toBe(200);
      expect(await lockOf(stage)).toBeUndefined();
      const execution = stage.stage.stage.engine
        .executions()
        .find(({ executionArn }) => executionArn === end.executionArn);
      expect(execution?.historyEvents).toBeLessThan(25_000 / 4);
    });
  });
});
