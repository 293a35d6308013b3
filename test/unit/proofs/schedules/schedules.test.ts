import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRehearsal } from '../../../../proofs/baseline/find-rehearsal.ts';
import { play } from '../../../../proofs/baseline/play.ts';
import { RehearsalStage, west } from '../../../../proofs/baseline/rehearsal-stage.ts';
import { auditRepairs } from '../../../../proofs/schedules/audit-repairs.ts';
import { playSchedule } from '../../../../proofs/schedules/play-schedule.ts';
import { type Schedule, schedules } from '../../../../proofs/schedules/schedule.ts';
import { InvalidScheduleError, readSchedule, writeSchedule } from '../../../../proofs/schedules/schedule-file.ts';
import { ScheduleTraffic } from '../../../../proofs/schedules/traffic.ts';

const quiet: Schedule = {
  seed: 1,
  escalation: { mode: 'never' },
  antiFlapSeconds: 0,
  consumers: 'live',
  afterPromotion: 'off',
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

/** A pair with traffic for two minutes; then `spoil` does what nothing may, and the books are closed. */
const audited = async (
  spoil: (stage: RehearsalStage, traffic: ScheduleTraffic) => void,
): Promise<readonly string[]> => {
  const stage = await RehearsalStage.create({
    machine: 'schedule',
    name: 'books',
    region: west,
    world: { paired: true, consumers: 'live' },
    input: () => ({}),
    before: async () => {},
  });
  const violations: string[] = [];
  const traffic = new ScheduleTraffic(stage);
  await stage.play(async () => {
    await traffic.run(120, 'busy');
    traffic.book.sent('m-extra', 'orders.placed', 0);
    stage.send('orders', 'orders.placed', ['m-extra']);
    traffic.book.confirmed('m-extra');
    spoil(stage, traffic);
    await traffic.audit(violations);
  });
  await stage.stage.close();
  return violations;
};

describe('the books of a schedule', () => {
  const storeOf = ({ stage }: RehearsalStage, name: string) =>
    stage.dataPlanes.broker(stage.aws.brokers().find(({ brokerName }) => brokerName === name)?.brokerId ?? '');

  it('are in order where every message took effect or waits', async () => {
    expect(await audited(() => {})).toEqual([]);
  });

  it('name a message that is gone', async () => {
    const lose = (stage: RehearsalStage): void => {
      for (const name of ['orders', 'orders-replica']) storeOf(stage, name).purge('orders.placed');
    };
    expect(await audited(lose)).toEqual(['message m-extra was confirmed, took no effect, and no broker has it']);
  });

  it('name a message that was set aside without having taken effect, and without proof', async () => {
    const setAside = (stage: RehearsalStage): void => {
      for (const name of ['orders', 'orders-replica']) storeOf(stage, name).purge('orders.placed');
      stage.send('orders', 'mq-dr.quarantine.orders.placed', ['m-extra']);
    };
    expect(await audited(setAside)).toEqual([
      'message m-extra took no effect and lies in the quarantine',
      'message m-extra was removed, and the ledger does not prove it processed',
    ]);
  });

  it('name a message that took effect twice, unless somebody can tell', async () => {
    const repeat = (_stage: RehearsalStage, { book }: ScheduleTraffic): void => {
      book.processed('m-1', 0);
      book.processed('m-2', 0);
      book.uncertain('m-2');
    };
    expect(await audited(repeat)).toEqual(['message m-1 took effect twice, and nothing says so']);
  });
});

describe('the audit of repairs', () => {
  /** A repair of two messages of five; at its end `spoil` does what nothing may. */
  const repaired = async (spoil: (stage: RehearsalStage) => void): Promise<readonly string[]> => {
    const { rehearsal } = findRehearsal('reconcile', 'removes what is proved processed');
    const violations: string[] = [];
    const { first } = await play(rehearsal, {
      arm: (stage) => {
        const traffic = new ScheduleTraffic(stage);
        stage.stage.observe({
          transition: ({ stateName, kind }) => {
            if (stateName === 'RepairQueues' && kind === 'exited') spoil(stage);
          },
        });
        auditRepairs(
          stage,
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
    const purge = ({ stage }: RehearsalStage): void => {
      for (const { dataPlane, brokerId } of stage.aws.brokers()) {
        if (dataPlane?.acceptsClients !== true) continue;
        const { store } = stage.dataPlanes.broker(brokerId);
        for (const queue of dataPlane.queueDepths().keys()) store.purge(queue);
      }
    };
    const violations = await repaired(purge);
    expect(violations.map((text) => text.replace(/^\S+ /, ''))).toEqual(
      ['m1', 'm2', 'm3', 'm4'].map((id) => expect.stringMatching(`^message ${id} was removed from .+ no copy of it$`)),
    );
  });
});
