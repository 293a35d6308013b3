import { describe, expect, it } from 'vitest';
import { assessGuards } from '../../../functions/control/assess-guards.ts';
import { GuardTable } from '../../../functions/control/guard-table.ts';
import { leaseSeconds } from '../../../functions/control/guards.ts';
import { runGuards } from '../../../functions/control/run-guards.ts';
import { pairEnvironmentSchema } from '../../../functions/runtime/environment/pair-environment.ts';
import { LockLost } from '../../../functions/runtime/errors.ts';
import type { Run } from '../../../functions/runtime/run.ts';
import { noonMs, ordersPair } from '../../support/brokers.ts';
import { SimulatedTables } from '../../support/simulated-tables.ts';

const base: Run = {
  executionArn: 'arn:ours',
  startTime: '2026-11-04T12:00:00.000Z',
  fence: null,
  automatic: false,
  overrideControl: null,
  child: false,
};

const withGuards = (
  body: (fixtures: {
    readonly tables: SimulatedTables;
    readonly table: GuardTable;
    readonly assess: (changes?: Partial<Run>, preempts?: readonly string[]) => ReturnType<typeof assessGuards>;
    readonly guardsOf: (changes?: Partial<Run>) => ReturnType<typeof runGuards>;
  }) => Promise<void>,
) =>
  SimulatedTables.play((tables) => {
    const runtime = tables.runtime('us-west-2');
    const environment = pairEnvironmentSchema.parse(runtime.environment);
    return body({
      tables,
      table: new GuardTable(tables.items(), 'PAIR#orders'),
      guardsOf: (changes = {}) => runGuards(runtime, environment, ordersPair(), { ...base, ...changes }),
      assess: (changes = {}, preempts = []) =>
        assessGuards({ runtime, environment, region: 'us-west-2' }, ordersPair(), { ...base, ...changes }, preempts),
    });
  });

describe('runGuards', () => {
  it('assesses by the settings of the pair and by what the run may interrupt', async () => {
    await withGuards(async ({ table, assess }) => {
      await table.acquire('arn:theirs', 'switchover', noonMs);
      const codes = async (run: Partial<Run>, preempts: readonly string[] = []) =>
        (await assess(run, preempts)).blockers.map(({ code }) => code);
      expect(await codes({})).toEqual(['LOCK_HELD']);
      expect(await codes({}, ['switchover'])).toEqual([]);
      expect(await codes({ automatic: true }, ['switchover'])).toEqual(['LOCK_HELD', 'NOT_ENROLLED']);
    });
  });

  it('renews the lock of a run at the time of the look', async () => {
    await withGuards(async ({ tables, table, guardsOf }) => {
      await table.acquire('arn:ours', 'failover', noonMs);
      await tables.clock.sleepMs(60_000);
      await guardsOf({ fence: 1 }).renew();
      expect(await table.read()).toMatchObject({ lock: { expiresAtMs: tables.clock.nowMs() + leaseSeconds * 1_000 } });
    });
  });

  it('stops a run whose lock was taken, at its next poll and before its next write', async () => {
    await withGuards(async ({ table, guardsOf }) => {
      await table.acquire('arn:ours', 'switchover', noonMs);
      await table.acquire('arn:theirs', 'failover', noonMs, ['switchover']);
      await expect(guardsOf({ fence: 1 }).renew()).rejects.toThrow(LockLost);
      await expect(guardsOf({ fence: 1 }).finalCheck()).rejects.toThrow(LockLost);
    });
  });

  it('touches no lock for a run without a fence', async () => {
    await withGuards(async ({ table, guardsOf }) => {
      await table.acquire('arn:ours', 'failover', noonMs);
      const before = await table.read();
      await guardsOf().renew();
      expect(await table.read()).toEqual(before);
    });
  });

  it('shows a dry run at its final check what it showed the gate', async () => {
    await withGuards(async ({ table, guardsOf }) => {
      await table.acquire('arn:theirs', 'switchover', noonMs);
      expect((await guardsOf().finalCheck(['switchover'])).blockers).toEqual([]);
      expect(await guardsOf().finalCheck()).toMatchObject({ blockers: [{ code: 'LOCK_HELD' }] });
    });
  });

  it('sees a freeze that was thrown after the gate', async () => {
    await withGuards(async ({ table, guardsOf, assess }) => {
      await table.acquire('arn:ours', 'failover', noonMs);
      const guards = guardsOf({ fence: 1 });
      expect((await assess({ fence: 1 })).blockers).toEqual([]);
      await table.freeze({ reason: 'stock-taking', by: 'ann', atMs: noonMs });
      expect(await guards.finalCheck()).toMatchObject({ blockers: [{ code: 'FROZEN' }] });
    });
  });
});
