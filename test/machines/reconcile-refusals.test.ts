import { describe, expect, it } from 'vitest';
import { enterLedger, idsIn, sendMessages } from '../../testbed/messages.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { codesIn, fillWork, idsUpTo, lockOf, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { createLedgerTestbed, freeze, takeLock } from '../support/testbed.ts';

/** Writes that reached the services, but for the locks. */
const writesOf = ({ calls }: Testbed): readonly string[] =>
  calls
    .filter(
      ({ operation, caller }) => /^(Put|Update|Delete|Batch(W|w)rite)/.test(operation) && caller?.includes('reconcile'),
    )
    .map(({ service, operation }) => `${service} ${operation}`);

describe('a dry run of reconcile', () => {
  it.each([
    ['report', []],
    ['auto', [{ operation: 'quarantine and accept', request: { queues: 'all' } }]],
  ])('of mode %s lists its writes and makes none', async (mode, plannedWrites) => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const end = await testbed.run('reconcile', east, runInput({ mode, dryRun: true }));
      expect(end.output).toMatchObject({ outcome: 'DryRun', plannedWrites, warnings: [] });
      expect(writesOf(testbed)).toEqual([]);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('of a repair lists what its manifest says', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1', 'm2');
      const { output } = await testbed.run('reconcile', east, runInput());
      const before = writesOf(testbed).length;
      const repair = runInput({ mode: 'repair', manifest: output?.manifest, dryRun: true });
      const end = await testbed.run('reconcile', east, repair);
      expect(end.output).toMatchObject({ plannedWrites: [{ region: east, request: { queue: 'work', messages: 2 } }] });
      expect(writesOf(testbed).length).toBe(before);
    });
  });
});

describe('reconcile refuses', () => {
  it('a queue that does not exist, and one that is left alone, and gives the lock back', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      sendMessages(testbed, 'orders', 'ActiveMQ.DLQ', ['d1']);
      const asked = runInput({ mode: 'auto', queues: ['wrok', 'ActiveMQ.DLQ', 'work'] });
      const end = await testbed.run('reconcile', east, asked);
      expect(end.output).toMatchObject({ outcome: 'Refused', warnings: [] });
      expect(codesIn(end, 'blockers')).toEqual(['QUEUE_UNKNOWN', 'QUEUE_EXCLUDED']);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });

  it('a manifest that nobody made, and one of another pair', async () => {
    const testbed = await createLedgerTestbed();
    const [primary, replica] = ['orders', 'orders-replica'].map((name) => testbed.broker(name).brokerArn);
    const { console } = testbed.secrets;
    const reconciliation = { secretArns: [console], ledgerStart: '2026-01-01T00:00:00Z' };
    const brokers = [primary ?? '', replica ?? ''] as const;
    testbed.deployPairs(['orders', 'bills'].map((name) => ({ name, brokers, reconciliation })));
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const { output } = await testbed.run('reconcile', east, runInput());
      for (const more of [{ manifest: 'a'.repeat(64) }, { manifest: output?.manifest, pair: 'bills' }]) {
        const end = await testbed.run('reconcile', east, runInput({ mode: 'repair', ...more }));
        expect(codesIn(end, 'blockers')).toEqual(['MANIFEST_UNKNOWN']);
      }
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('the Region of the replica, and names the other one', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      const end = await testbed.run('reconcile', west, runInput());
      expect(codesIn(end, 'blockers')).toEqual(['BROKER_NOT_PRIMARY']);
      expect(JSON.stringify(end.output)).toContain(`start it in ${east}`);
    });
  });

  it('a pair without a ledger, and one without a secret in the Region', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      testbed.configurePair('orders', {});
      expect(codesIn(await testbed.run('reconcile', east, runInput()), 'blockers')).toEqual(['NO_LEDGER']);
      const secretArns = [testbed.secrets.console.replace(east, west)];
      testbed.configurePair('orders', { reconciliation: { secretArns, ledgerStart: '2026-01-01T00:00:00Z' } });
      expect(codesIn(await testbed.run('reconcile', east, runInput()), 'blockers')).toEqual(['NO_SECRET']);
    });
  });

  it('to change a frozen pair, but reports about it', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      await freeze(testbed, 'PAIR#orders');
      const report = await testbed.run('reconcile', east, runInput());
      expect(report.output).toMatchObject({ outcome: 'ReportOnly', result: { processed: 1 } });
      const { manifest } = report.output ?? {};
      for (const more of [{ mode: 'auto' }, { mode: 'repair', manifest }]) {
        expect(codesIn(await testbed.run('reconcile', east, runInput(more)), 'blockers')).toEqual(['FROZEN']);
      }
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('while another run has the lock, a report as well', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await takeLock(testbed, 'PAIR#orders', 'arn:somebody', 'unpair');
      for (const mode of ['report', 'auto']) {
        expect(codesIn(await testbed.run('reconcile', east, runInput({ mode })), 'blockers')).toEqual(['LOCK_HELD']);
      }
      expect(await lockOf(testbed)).toMatchObject({ owner: 'arn:somebody' });
    });
  });

  it('when another run took the lock since the gate', async () => {
    const testbed: Testbed = await createLedgerTestbed(
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'AcquireLock') {
            const { clock } = testbed;
            clock.spawn('rival', () => takeLock(testbed, 'PAIR#orders', 'arn:rival', 'unpair'));
          }
          return undefined;
        },
      },
    );
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(codesIn(end, 'blockers')).toEqual(['LOCK_HELD']);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('an input by the name of every field', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      const end = await testbed.run('reconcile', east, runInput({ mode: 'repair', queue: 'work' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
      expect(end.cause).toContain('unknown field \\"input.queue\\"');
      const unknown = await testbed.run('reconcile', east, { pair: 'order', reason: 'test' });
      expect(unknown).toMatchObject({ status: 'FAILED', error: 'NotFound', cause: expect.stringContaining('orders') });
    });
  });
});

describe('reconcile stops', () => {
  it('between two queues when somebody freezes the pair, and a repair goes on later', async () => {
    const testbed = await createLedgerTestbed();
    const { clock, aws } = testbed;
    aws.onApiCall(({ operation, request }) => {
      // The first queue's repair has been stored.
      if (operation !== 'PutObject' || !JSON.stringify(request).includes('repair-0.json')) return;
      clock.spawn('operator', () => freeze(testbed, 'PAIR#orders'));
    });
    // The look before the second queue takes long enough for the freeze to be there.
    aws.faults.start({ kind: 'slow-answer', service: 'dynamodb', caller: '*: repair-queues', delayMs: 500 });
    await testbed.play(async () => {
      for (const queue of ['a', 'b']) {
        sendMessages(testbed, 'orders', queue, idsUpTo(2));
        await enterLedger(testbed, east, queue, ['m1']);
      }
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect([codesIn(end, 'blockers'), codesIn(end, 'warnings')]).toEqual([['FROZEN'], ['REPAIR_STOPPED']]);
      expect([idsIn(testbed, 'orders', 'a'), idsIn(testbed, 'orders', 'b')]).toEqual([['m2'], idsUpTo(2)]);
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });

  it('by name when it has lost its lock, and changes nothing more', async () => {
    const testbed: Testbed = await createLedgerTestbed(
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'RepairQueues') {
            const { clock } = testbed;
            clock.spawn('rival', async () => {
              await testbed.operator
                .guards('PAIR#orders')
                .acquire('arn:rival', 'failover', clock.nowMs(), ['reconcile']);
            });
          }
          return undefined;
        },
      },
    );
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'LockLost' });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(testbed)).toMatchObject({ owner: 'arn:rival' });
      expect(pagesOf(testbed)).toEqual(['mq-dr ACT TODAY: reconcile of orders failed: LockLost']);
    });
  });

  it('by name with credentials that the broker refuses', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const { application } = testbed.secrets;
      // Without console access, and what the console refuses the scan would be refused as well.
      testbed.configurePair('orders', {
        reconciliation: { secretArns: [application], ledgerStart: '2026-01-01T00:00:00Z', automaticRepair: true },
      });
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      expect(end.cause).toContain('console access');
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
      expect(await lockOf(testbed)).toBeUndefined();
    });
  });

  it.each(['ScanQueues', 'RepairQueues'])('by name after the largest number of looks of %s', async (state) => {
    const testbed = await createLedgerTestbed(
      {},
      {
        replaceTask: ({ stateName }) =>
          stateName === state
            ? { result: { outcome: 'repaired', blockers: [], warnings: [], next: 7, done: false } }
            : undefined,
      },
    );
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end).toMatchObject({ status: 'FAILED', error: state.replace('Queues', 'Overdue') });
      expect(end.cause).toMatch(/^7 queues were (scanned|repaired), and more are left; /);
      expect(end.states.filter((entered) => entered === state).length).toBe(200);
      expect(await lockOf(testbed)).toBeUndefined();
      const execution = testbed.engine.executions().find(({ executionArn }) => executionArn === end.executionArn);
      expect(execution?.historyEvents).toBeLessThan(25_000 / 4);
    });
  });
});
