import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../../testbed/testbed.ts';
import { jsonOf, mqDr, openApproval } from '../../support/mq-dr.ts';
import { createTestbed, switchoverInput } from '../../support/testbed.ts';

const startMs = Date.UTC(2026, 0, 5, 9);
const owner = 'arn:aws:states:us-west-2:123456789012:execution:failover:x';

const heartbeat = {
  region: 'us-east-1',
  atMs: startMs - 30_000,
  brokerId: 'b-1',
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
  connections: 3,
  backlogEvents: 12,
} as const;

const record = async (testbed: Testbed): Promise<void> => {
  await testbed.operator.guards('PAIR#orders').acquire(owner, 'failover', testbed.clock.nowMs());
  await testbed.operator.guards('PAIR#orders').freeze({ reason: 'network', by: 'bob', atMs: startMs });
  await testbed.operator.guards('PAIR#orders').recordEpoch({
    number: 1,
    mode: 'SWITCHOVER',
    primaryBrokerId: 'b-1',
    primaryRegion: 'us-east-1',
    promotedAtMs: startMs - 60_000,
    executionArn: owner,
  });
  const intent = {
    pair: 'orders',
    sequence: 1,
    decision: 'd',
    subject: 'b-2',
    status: 'issuing',
    executionArn: owner,
    openedAtMs: startMs,
  } as const;
  await testbed.operator.records.openIntent({ ...intent, operation: 'Promote' });
  await testbed.operator.records.openIntent({ ...intent, operation: 'RebootBroker' });
  await testbed.operator.records.settleIntent({ ...intent, operation: 'RebootBroker' }, 'effective');
  await testbed.operator.heartbeats.write('orders', heartbeat);
  await testbed.operator.heartbeats.write('orders', {
    ...heartbeat,
    region: 'us-west-2',
    role: 'replica',
    atMs: startMs - 181_000,
  });
  await openApproval(testbed);
  await openApproval(testbed, { approvalId: 'old', expiresAtMs: startMs });
};

describe('mq-dr status', () => {
  it('shows everything that stands about a pair, and nothing that is over', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await record(testbed);
      const run = await mqDr(testbed, 'status --pair orders');
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      for (const text of [
        `lock        held for another 420 s by a run of failover, ${owner}`,
        'freeze      since 2026-01-05T09:00:00Z by bob: network',
        'epoch       1, SWITCHOVER to us-east-1 at 2026-01-05T08:59:00Z, not acknowledged (npx mq-dr ack --pair orders)',
        `intents     Promote 1 of b-2 is issuing since 2026-01-05T09:00:00Z, by ${owner}`,
        'heartbeats  us-east-1: primary RUNNING, endpoint accepts, 3 connections, 12 events not replicated, 30 s ago\n',
        '181 s ago, SILENT',
        'npx mq-dr approve a1b2c3d4e5f6 --pair orders',
        'running     none',
      ]) {
        expect(run.out).toContain(text);
      }
      expect(run.out).not.toContain('RebootBroker');
      expect(run.out).not.toContain('approve old');
    });
  });

  it('shows the same to a program', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await record(testbed);
      expect(jsonOf(await mqDr(testbed, 'status --pair orders --json'))).toMatchObject({
        region: 'us-east-1',
        table: 'mq-dr-control',
        control: {
          known: true,
          pairs: [
            {
              pair: 'orders',
              lock: { owner, fence: 1 },
              freeze: { by: 'bob' },
              epoch: { number: 1 },
              openIntents: [{ operation: 'Promote' }],
              heartbeats: [{ region: 'us-east-1' }, { region: 'us-west-2' }],
              openApprovals: [{ approvalId: 'a1b2c3d4e5f6' }],
            },
          ],
        },
        executions: [
          { region: 'us-east-1', known: true, running: [] },
          { region: 'us-west-2', known: true, running: [] },
        ],
      });
    });
  });

  it('lists every pair that is recorded, and the freeze of everything', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await testbed.operator.records.recordMembers('billing', [
        'arn:aws:mq:us-east-1:1:broker:x:b-1',
        'arn:aws:mq:us-west-2:1:y:b-2',
      ]);
      await openApproval(testbed);
      await testbed.operator.guards('GLOBAL').freeze({ reason: 'audit', by: 'bob', atMs: startMs });
      const run = await mqDr(testbed, 'status');
      expect(run.out).toContain('of everything: since 2026-01-05T09:00:00Z by bob: audit');
      expect(run.out.match(/^pair .*$/gm)).toEqual(['pair billing', 'pair orders']);
    });
  });

  it('shows what runs in the Regions of the pair, and of that pair alone', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await testbed.operator.heartbeats.write('orders', { ...heartbeat, region: 'us-west-2' });
      const arn = await testbed.start('switchover', 'us-west-2', switchoverInput());
      const line = `switchover in us-west-2 since 2026-01-05T09:00:00Z: ${arn}`;
      expect((await mqDr(testbed, 'status --pair orders')).out).toContain(line);
      const other = await mqDr(testbed, 'status --pair billing --region us-west-2 --json');
      expect(jsonOf(other)).toMatchObject({ executions: [{ region: 'us-west-2', running: [] }] });
    });
  });

  it('still tells what runs while the Control table cannot be reached', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const arn = await testbed.start('switchover', 'us-east-1', switchoverInput());
      testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
      const run = await mqDr(testbed, 'status');
      expect(run.exitCode).toBe(1);
      expect(run.out).toContain('CONTROL TABLE UNREADABLE: dynamodb:GetItem');
      expect(run.out).toContain(arn);
    });
  });

  it('tells what stands while a Region is lost', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await record(testbed);
      testbed.aws.blackout('us-east-1');
      const run = await mqDr(testbed, 'status --pair orders --region us-west-2');
      expect(run.exitCode).toBe(0);
      expect(run.out).toContain('executions in us-east-1 UNREADABLE: states:ListStateMachines');
      expect(run.out).toContain('lock        held');
    });
  });

  it('marks a pair that nothing is recorded about', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const run = await mqDr(testbed, 'status --pair orders');
      expect(run.out).toContain('pair orders (nothing is recorded about it: check the name)');
      expect(run.out).toContain('lock        free');
    });
  });

  it('names the table that a Region lacks', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const run = await mqDr(testbed, 'status --region us-west-1');
      expect(run).toMatchObject({ exitCode: 1, out: '' });
      expect(run.err).toContain('mq-dr-control not found');
      expect(run.err).toContain('set --region to a Region that has the table');
    });
  });
});
