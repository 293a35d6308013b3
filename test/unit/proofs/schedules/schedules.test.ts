import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestbed } from '../../../../proofs/baseline/baseline.ts';
import { findBaseline } from '../../../../proofs/baseline/find-baseline.ts';
import { play } from '../../../../proofs/baseline/play.ts';
import { auditRepairs } from '../../../../proofs/schedules/audit-repairs.ts';
import { playSchedule } from '../../../../proofs/schedules/play-schedule.ts';
import { type Schedule, schedules } from '../../../../proofs/schedules/schedule.ts';
import { InvalidScheduleError, readSchedule, writeSchedule } from '../../../../proofs/schedules/schedule-file.ts';
import { ScheduleTraffic } from '../../../../proofs/schedules/traffic.ts';
import { sendMessages } from '../../../../testbed/messages.ts';
import { west } from '../../../../testbed/orders.ts';
import type { Testbed } from '../../../../testbed/testbed.ts';

const quiet: Schedule = {
  seed: 1,
  escalation: { mode: 'never' },
  antiFlapSeconds: 0,
  consumers: 'live',
  afterPromotion: 'off',
  rules: false,
  traffic: 'usual',
  protectedWindow: null,
  moves: [{ atSeconds: 0, move: { do: 'failover', region: west } }],
};

describe('a schedule', () => {
  it('comes back from its file as it was', () => {
    for (const schedule of fc.sample(schedules, { numRuns: 50, seed: 3 })) {
      const text = writeSchedule(schedule, ['message m-1 was lost'], 'broken.yaml');
      expect(text).toContain('# message m-1 was lost');
      expect(readSchedule(text)).toMatchObject(schedule);
    }
  });

  it('is refused by the names of its members', () => {
    expect(() => readSchedule('seed: 1\nmoves: []\nmove: 2\n')).toThrow(InvalidScheduleError);
    expect(() => readSchedule('seed: 1\nmoves: []\nmove: 2\n')).toThrow('"move"');
  });

  it('keeps its promises, the same way every time', async () => {
    const { violations, tally } = await playSchedule(quiet);
    expect(violations).toEqual([]);
    expect(Object.fromEntries(tally)).toMatchObject({
      moves: 1,
      'executions of workflows': 2,
      'promotions that took effect': 1,
    });
    expect((await playSchedule(quiet)).tally).toEqual(tally);
  });
});

/** A pair with traffic for two minutes; then `spoil` does what nothing may, and the delivery accounting is audited. */
const audited = async (spoil: (testbed: Testbed, traffic: ScheduleTraffic) => void): Promise<readonly string[]> => {
  const testbed = await createTestbed({ pair: { consumers: 'live' } });
  const violations: string[] = [];
  const traffic = new ScheduleTraffic(testbed);
  await testbed.play(async () => {
    await traffic.run(120, 'busy');
    traffic.accounting.sent('m-extra', 'orders.placed', 0);
    sendMessages(testbed, 'orders', 'orders.placed', ['m-extra']);
    traffic.accounting.confirmed('m-extra');
    spoil(testbed, traffic);
    await traffic.audit(violations);
  });
  await testbed.close();
  return violations;
};

describe('the delivery accounting of a schedule', () => {
  const storeOf = (testbed: Testbed, name: string) => testbed.dataPlanes.broker(testbed.broker(name).brokerId);

  it('is in order where every message took effect or waits', async () => {
    expect(await audited(() => {})).toEqual([]);
  });

  it('names a message that is gone', async () => {
    const lose = (testbed: Testbed): void => {
      for (const name of ['orders', 'orders-replica']) storeOf(testbed, name).purge('orders.placed');
    };
    expect(await audited(lose)).toEqual(['message m-extra was confirmed, took no effect, and no broker has it']);
  });

  it('names a message that was set aside without having taken effect, and without proof', async () => {
    const setAside = (testbed: Testbed): void => {
      for (const name of ['orders', 'orders-replica']) storeOf(testbed, name).purge('orders.placed');
      sendMessages(testbed, 'orders', 'mq-dr.quarantine.orders.placed', ['m-extra']);
    };
    expect(await audited(setAside)).toEqual([
      'message m-extra took no effect and lies in the quarantine',
      'message m-extra was removed, and the ledger does not prove it processed',
    ]);
  });

  it('names a message that took effect twice, unless somebody can tell', async () => {
    const repeat = (_stage: Testbed, { accounting }: ScheduleTraffic): void => {
      accounting.processed('m-1', 0);
      accounting.processed('m-2', 0);
      accounting.uncertain('m-2');
    };
    expect(await audited(repeat)).toEqual(['message m-1 took effect twice, and nothing says so']);
  });
});

describe('the audit of repairs', () => {
  /** A repair of two messages of five; at its end `spoil` does what nothing may. */
  const repaired = async (spoil: (testbed: Testbed) => void): Promise<readonly string[]> => {
    const { baseline } = findBaseline('reconcile', 'removes what the ledger proves processed');
    const violations: string[] = [];
    const { first } = await play(baseline, {
      arm: (testbed) => {
        const traffic = new ScheduleTraffic(testbed);
        testbed.observe({
          transition: ({ stateName, kind }) => {
            if (stateName === 'RepairQueues' && kind === 'exited') spoil(testbed);
          },
        });
        auditRepairs(
          testbed,
          (brokerId) => traffic.messagesOf(brokerId),
          (_brokerId, id) => id === 'm5',
          violations,
        );
      },
    });
    expect(first.outcome).toBe('Reconciled');
    return violations;
  };

  it('finds a copy of everything that was removed', async () => {
    expect(await repaired(() => {})).toEqual([]);
  });

  it('names what was removed without one, unless the application has acknowledged it', async () => {
    const purge = (testbed: Testbed): void => {
      for (const { dataPlane, brokerId } of testbed.aws.brokers()) {
        if (dataPlane?.acceptsClients !== true) continue;
        const { store } = testbed.dataPlanes.broker(brokerId);
        for (const queue of dataPlane.queueDepths().keys()) store.purge(queue);
      }
    };
    const violations = await repaired(purge);
    expect(violations.map((text) => text.replace(/^\S+ /, ''))).toEqual(
      ['m1', 'm2', 'm3', 'm4'].map((id) => expect.stringMatching(`^message ${id} was removed from .+ no copy of it$`)),
    );
  });
});
