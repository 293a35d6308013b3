import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { enterLedger, idsIn, sendMessages } from '../../testbed/messages.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { users } from '../../testbed/users.ts';
import { AmqpTestClient } from '../support/amqp-client.ts';
import { codesIn, fillWork, idsUpTo, pagesOf, runInput } from '../support/reconcile-runs.ts';
import { createLedgerTestbed } from '../support/testbed.ts';

describe('reconcile', () => {
  it('reports what a queue holds by class and changes nothing', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', idsUpTo(5));
      await enterLedger(testbed, east, 'work', ['m1', 'm4']);
      await enterLedger(testbed, east, 'work', ['m2'], 'C');
      const end = await testbed.run('reconcile', east, runInput());
      expect(end.output).toMatchObject({
        outcome: 'ReportOnly',
        result: { processed: 2, unprocessed: 2, uncertain: 1, expired: 0, removed: 0 },
      });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(5));
    });
  });

  it('removes exactly what the ledger proves processed, after a copy, and leaves the rest in order', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', idsUpTo(250));
      const processed = idsUpTo(250).filter((_, index) => index % 3 === 0);
      await enterLedger(testbed, east, 'work', processed);
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: processed.length } });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(idsUpTo(250).filter((_, index) => index % 3 !== 0));
      expect(idsIn(testbed, 'orders', 'mq-dr.quarantine.work')).toEqual(processed);
    });
  });

  it('repairs by a manifest, and refuses one of another epoch', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', idsUpTo(3));
      await enterLedger(testbed, east, 'work', ['m2']);
      const report = await testbed.run('reconcile', east, runInput());
      const manifest = report.output?.manifest;
      const repair = await testbed.run('reconcile', east, runInput({ mode: 'repair', manifest }));
      expect(repair.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1 } });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m1', 'm3']);
      await testbed.run('failover', west, { ...runInput(), acceptDataLoss: true });
      const late = await testbed.run('reconcile', west, runInput({ mode: 'repair', manifest }));
      expect(codesIn(late, 'blockers')).toEqual(['MANIFEST_UNKNOWN']);
      const onOldPrimary = await testbed.run('reconcile', east, runInput({ mode: 'repair', manifest }));
      expect(codesIn(onOldPrimary, 'blockers')).toContain('MANIFEST_STALE');
    });
  });
});

describe('reconcile is done', () => {
  it('with a broker without queues', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({
        outcome: 'Reconciled',
        result: { queues: 0, removed: 0, findings: [{ code: 'NO_QUEUES' }] },
      });
      expect(pagesOf(testbed)).toEqual([]);
    });
  });

  it('in as many invocations as the queues need', async () => {
    const testbed = await createLedgerTestbed();
    const { aws } = testbed;
    const names = Array.from({ length: 10 }, (_, index) => `q${index}`);
    await testbed.play(async () => {
      for (const queue of names) {
        sendMessages(testbed, 'orders', queue, idsUpTo(3));
        await enterLedger(testbed, east, queue, ['m2']);
      }
      // Two pages of the console before and after each queue.
      aws.faults.start({ kind: 'slow-answer', service: 'activemq-console', delayMs: 7_000 });
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { queues: 10, removed: 10 } });
      for (const state of ['ScanQueues', 'RepairQueues']) {
        expect(end.states.filter((entered) => entered === state).length).toBe(2);
      }
      expect(names.map((queue) => idsIn(testbed, 'orders', queue))).toEqual(names.map(() => ['m1', 'm3']));
    });
  });

  it.each([
    ['metrics', ['*'], 200_000],
    ['list', ['work'], 0],
  ])('with the queues that the source "%s" names, without the console', async (source, include, waitMs) => {
    const testbed = await createLedgerTestbed({ queues: { source, include } });
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      await testbed.clock.sleepMs(waitMs);
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { queues: 1, removed: 1 } });
      expect(JSON.stringify(end.output)).toContain('COUNTS_UNVERIFIED');
      expect(testbed.calls.some(({ service }) => service === 'activemq-console')).toBe(false);
    });
  });

  it('incompletely where durable subscriptions hold messages, and tells people', async () => {
    const testbed = await createLedgerTestbed();
    const { brokerId } = testbed.broker('orders');
    testbed.aws.amendBroker(brokerId, {
      durableSubscriptions: [{ clientId: 'c1', name: 'audit', topic: 'prices', pending: 3 }],
    });
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({
        outcome: 'Incomplete',
        result: { removed: 1, findings: [{ code: 'DURABLE_SUBSCRIPTIONS' }] },
      });
      expect(pagesOf(testbed)).toEqual(['mq-dr ACT TODAY: reconciliation of orders incomplete']);
    });
  });

  it.each([
    ['before', 's3', 'PutObject', 'discover-queues'],
    ['after', 's3', 'PutObject', 'discover-queues'],
    ['before', 'dynamodb', 'BatchGetItem', 'scan-queues'],
    ['before', 's3', 'PutObject', 'scan-queues'],
    ['after', 's3', 'PutObject', 'scan-queues'],
    ['before', 's3', 'PutObject', 'seal-manifest'],
    ['after', 's3', 'PutObject', 'seal-manifest'],
    ['before', 's3', 'PutObject', 'repair-queues'],
    ['after', 's3', 'PutObject', 'repair-queues'],
    ['before', 'events', 'PutEvents', 'record-reconciliation'],
    ['after', 'events', 'PutEvents', 'record-reconciliation'],
  ] as const)('when a function died %s %s %s: %s', async (when, service, operation, functionName) => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1', 'm4');
      const caller = `*: ${functionName}*`;
      testbed.aws.faults.start({ kind: 'kill-caller', when, service, operation, caller, count: 1 });
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled' });
      const retried = testbed.transitions.filter(({ kind }) => kind === 'retried');
      expect(retried.map(({ error }) => error)).toEqual(['Lambda.Unknown']);
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2', 'm3', 'm5']);
      expect(idsIn(testbed, 'orders', 'mq-dr.quarantine.work')).toEqual(['m1', 'm4']);
    });
  });

  it('by a new execution when one ended in the middle', async () => {
    const testbed: Testbed = await createLedgerTestbed(
      {},
      {
        replaceTask: ({ stateName, executionArn }) =>
          stateName === 'RecordReconciliation' && executionArn === testbed.engine.executions()[0]?.executionArn
            ? new TaskFailure('AccessDenied', 'test')
            : undefined,
      },
    );
    await testbed.play(async () => {
      await fillWork(testbed, 'm1', 'm4');
      const first = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(first).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      const second = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(second.output).toMatchObject({ outcome: 'Reconciled', result: { processed: 0, removed: 0 } });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2', 'm3', 'm5']);
    });
  });

  it('by the manifest alone: what came since stays, although the ledger proves it processed', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      const { output } = await testbed.run('reconcile', east, runInput());
      sendMessages(testbed, 'orders', 'work', ['late']);
      await enterLedger(testbed, east, 'work', ['m2', 'late']);
      const repair = await testbed.run('reconcile', east, runInput({ mode: 'repair', manifest: output?.manifest }));
      expect(repair.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 1, gone: 0 } });
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2', 'm3', 'm4', 'm5', 'late']);
    });
  });

  it('with everything that it cannot prove left alone while the other Region is dark', async () => {
    const testbed = await createLedgerTestbed();
    await testbed.play(async () => {
      await fillWork(testbed, 'm1');
      testbed.aws.blackout(west);
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({
        outcome: 'Reconciled',
        result: { processed: 1, removed: 1, uncertain: 4, unprocessed: 0 },
      });
      expect(pagesOf(testbed)).toEqual(['mq-dr ACT TODAY: orders reconciled: 4 uncertain']);
    });
  });

  it('with messages of any id, and one without', async () => {
    const testbed = await createLedgerTestbed();
    const odd = ['a|b', 'it\'s "quoted"', 'größe 日本', 'x'.repeat(65_000)];
    await testbed.play(async () => {
      sendMessages(testbed, 'orders', 'work', odd);
      const client = await AmqpTestClient.connect(testbed.broker('orders').dataPlane, users.application);
      await client.send('work', [{ body: 'nameless', creation_time: new Date(testbed.clock.nowMs()) }]);
      await client.close();
      await enterLedger(testbed, east, 'work', odd);
      const end = await testbed.run('reconcile', east, runInput({ mode: 'auto' }));
      expect(end.output).toMatchObject({ outcome: 'Reconciled', result: { removed: 4 } });
      expect(idsIn(testbed, 'orders', 'work').length).toBe(1);
    });
  });
});
