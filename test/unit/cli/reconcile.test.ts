import { describe, expect, it } from 'vitest';
import { reconciliationLines, stepReconciliationLines } from '../../../cli/reconciliation-lines.ts';
import { enterLedger, idsIn, sendMessages } from '../../../testbed/messages.ts';
import { east, west } from '../../../testbed/orders.ts';
import type { Testbed } from '../../../testbed/testbed.ts';
import type { PairPlan } from '../../../testbed/testbed-plan.ts';
import { jsonOf, mqDr } from '../../support/mq-dr.ts';
import { createLedgerTestbed } from '../../support/testbed.ts';

/** Gauges come a few minutes after the pair, and again after an exchange. */
const settledMs = 600_000;

const onTestbed = async (
  body: (testbed: Testbed) => Promise<void>,
  settings: PairPlan['ledger'] = {},
): Promise<void> => {
  const testbed = await createLedgerTestbed(settings);
  await testbed.play(async () => await body(testbed));
};

/** Three messages, of which the first was processed and the second is in doubt. */
const fill = async (testbed: Testbed): Promise<void> => {
  sendMessages(testbed, 'orders', 'work', ['m1', 'm2', 'm3']);
  await enterLedger(testbed, east, 'work', ['m1']);
  await enterLedger(testbed, east, 'work', ['m2'], 'C');
};

/** The command that a run ends with. */
const nextCommand = (out: string): string => /next: npx mq-dr (.*)\n/.exec(out)?.[1]?.replaceAll('"', '') ?? '';

describe('mq-dr start reconcile', () => {
  it('tells what was found, and the command that would repair it, which does', async () => {
    await onTestbed(async (testbed) => {
      await fill(testbed);
      const report = await mqDr(testbed, `start reconcile --pair orders --region ${east} --reason look --watch`);
      expect(report).toMatchObject({ exitCode: 0, err: '', asked: [] });
      expect(report.out).toContain('1 queue: 1 already processed, 1 unprocessed, 1 uncertain, 0 expired\n');
      const manifest = /\nmanifest ([0-9a-f]{64})\n/.exec(report.out)?.[1];
      expect(nextCommand(report.out)).toBe(
        `start reconcile --pair orders --region ${east} --mode repair --manifest ${manifest} --reason repair --watch`,
      );
      expect(report.out).toContain('read: docs/runbooks/messages-reconciled.md');

      const repair = await mqDr(testbed, nextCommand(report.out), { typed: 'orders' });
      expect(repair.asked[0]).toContain(`It moves the messages that manifest ${manifest} proves processed`);
      expect(repair.exitCode).toBe(0);
      expect(repair.out).toMatch(/\nReconciled after \d+ s\n/);
      expect(repair.out).toContain('1 moved to the quarantine, 0 consumed by others before\n');
      expect(repair.out).not.toContain('next:');
      expect(idsIn(testbed, 'orders', 'work')).toEqual(['m2', 'm3']);
    });
  });

  it('goes through the queues that are named', async () => {
    await onTestbed(async (testbed) => {
      await fill(testbed);
      sendMessages(testbed, 'orders', 'other', ['m4']);
      const line = `start reconcile --pair orders --region ${east} --reason look --queue oth* --queue work --watch --json`;
      const run = await mqDr(testbed, line);
      expect(jsonOf(run)).toMatchObject({ outcome: 'ReportOnly', output: { result: { queues: 2 } } });
      const none = await mqDr(testbed, line.replace('--queue work', '--queue wrok'));
      expect(none.exitCode).toBe(2);
      expect(jsonOf(none)).toMatchObject({ outcome: 'Refused', output: { blockers: [{ code: 'QUEUE_UNKNOWN' }] } });
    });
  });

  it('says where the primary is when it was started elsewhere', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `start reconcile --pair orders --region ${west} --reason look --watch`);
      expect(run.exitCode).toBe(2);
      expect(run.out).toMatch(/blocker BROKER_NOT_PRIMARY: .*start it in us-east-1/);
    });
  });
});

describe('mq-dr start failover and failback', () => {
  it('tell what became of the messages, and follow their steps', async () => {
    await onTestbed(async (testbed) => {
      await testbed.clock.sleepMs(settledMs);
      await fill(testbed);
      await testbed.clock.sleepMs(60_000);
      const line = `start failover --pair orders --target-region ${west} --reason outage --accept-data-loss --yes --watch`;
      const failover = await mqDr(testbed, line);
      expect(failover.exitCode).toBe(0);
      expect(failover.out).toMatch(/ReconcileMessages\n {12}runs arn:aws:states:us-west-2:\d+:execution:reconcile:/);
      expect(failover.out).toMatch(/\nmessages: ReportOnly\n {2}1 queue: 1 already processed/);
      expect(nextCommand(failover.out)).toMatch(/^start reconcile --pair orders --region us-west-2 --mode repair /);

      await testbed.clock.sleepMs(settledMs);
      const failback = await mqDr(
        testbed,
        `start failback --pair orders --target-region ${east} --reason back --watch`,
        { typed: 'orders' },
      );
      expect(failback.asked[0]).toContain('This starts failback of orders in us-east-1. Both brokers refuse clients');
      expect(failback).toMatchObject({ exitCode: 0, err: '' });
      expect(failback.out).toMatch(/SwitchOver\n {12}runs arn:aws:states:us-east-1:\d+:execution:switchover:/);
      expect(failback.out).toMatch(/\nFailedBack after \d+ s\n/);
      expect(failback.out).toMatch(/\nmessages: ReportOnly\n/);
    });
  });
});

const manifest = 'a'.repeat(64);
const about = { pair: 'orders', region: west };
const result = {
  queues: 2,
  processed: 0,
  unprocessed: 5,
  uncertain: 0,
  expired: 1,
  processedTwice: 0,
  removed: 0,
  gone: 0,
  findings: [],
};
const lines = (outcome: string, changes: object = {}) =>
  reconciliationLines({ outcome, manifest, result: { ...result, ...changes } }, about).join('\n');

describe('the lines about a reconciliation', () => {
  it('name nothing to do where there is nothing', () => {
    expect(lines('ReportOnly').split('\n')).toEqual([
      '2 queues: 0 already processed, 5 unprocessed, 0 uncertain, 1 expired',
      `manifest ${manifest}`,
    ]);
    expect(lines('Reconciled', { processed: 3, removed: 2, gone: 1 })).not.toMatch(/next:|read:/);
  });

  it('show what made it incomplete, and where to read on', () => {
    const findings = [{ code: 'SEEN_MISMATCH', message: '3 of work were seen, 4 were there' }];
    const text = lines('Incomplete', { processed: 3, findings });
    expect(text).toContain('finding SEEN_MISMATCH: 3 of work were seen, 4 were there');
    expect(text).toContain(`--mode repair --manifest ${manifest}`);
    expect(text).toContain('read: docs/runbooks/messages-reconciled.md');
    expect(lines('Incomplete', { processed: 3, removed: 2, gone: 1 })).not.toContain('next:');
  });

  it.each([{ uncertain: 1 }, { processedTwice: 1 }])('point to the runbook for %j', (changes) => {
    expect(lines('Reconciled', changes)).toContain('read: docs/runbooks/messages-reconciled.md');
  });

  it('say what a step of a promotion came to, and how to make up for it', () => {
    const again = '  next: npx mq-dr start reconcile --pair orders --region us-west-2 --reason "once more" --watch';
    expect(stepReconciliationLines({ outcome: 'Failed', error: 'AccessDenied' }, about)).toEqual([
      'messages: Failed',
      '  error AccessDenied',
      again,
    ]);
    const blockers = [{ code: 'NO_SECRET', message: 'none' }];
    expect(stepReconciliationLines({ outcome: 'Refused', blockers }, about)).toEqual([
      'messages: Refused',
      '  blocker NO_SECRET: none',
      again,
    ]);
    expect(stepReconciliationLines({ outcome: 'Skipped', because: 'the pair has no ledger' }, about)).toEqual([
      'messages: Skipped',
      '  because the pair has no ledger',
    ]);
  });

  it.each([null, undefined, 'text', {}])('are none for %j', (value) => {
    expect(stepReconciliationLines(value, about)).toEqual([]);
    expect(reconciliationLines(value, about)).toEqual([]);
  });
});
