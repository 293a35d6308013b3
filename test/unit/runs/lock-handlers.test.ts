import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { GuardTable } from '../../../functions/control/guard-table.ts';
import { handler as acquireLock } from '../../../functions/runs/acquire-lock.handler.ts';
import { handler as releaseLock } from '../../../functions/runs/release-lock.handler.ts';
import { InvalidInput, LockHeld, LockLost, NotFound } from '../../../functions/runtime/errors.ts';
import { runWithRuntime } from '../../../functions/runtime/runtime.ts';
import { noonMs } from '../../support/brokers.ts';
import { SimulatedTables } from '../../support/simulated-tables.ts';

const runOf = (executionArn: string, changes: object = {}) => ({
  executionArn,
  startTime: '2026-11-04T12:00:00.000Z',
  ...changes,
});
const defaults = { fence: null, automatic: false, overrideControl: null, child: false };

const call = <O>(tables: SimulatedTables, handler: (event: unknown, context: Context) => Promise<O>, event: object) =>
  runWithRuntime(tables.runtime('us-west-2'), async () => await handler(event, {} as Context));
const acquire = (tables: SimulatedTables, executionArn: string, changes: object = {}, run: object = {}) =>
  call(tables, acquireLock, {
    pair: 'orders',
    workflow: 'failover',
    dryRun: false,
    run: runOf(executionArn, run),
    ...changes,
  });
const release = (tables: SimulatedTables, pair: unknown, run: object) => call(tables, releaseLock, { pair, run });
const tableOf = (tables: SimulatedTables) => new GuardTable(tables.items(), 'PAIR#orders');

describe('acquire-lock', () => {
  it('hands the run back with its fence', async () => {
    await SimulatedTables.play(async (tables) => {
      expect(await acquire(tables, 'arn:one')).toEqual({ run: { ...runOf('arn:one'), ...defaults, fence: 1 } });
      expect(await tableOf(tables).read()).toMatchObject({ lock: { owner: 'arn:one', purpose: 'failover' } });
    });
  });

  it('gives the same fence to a retry and to a child of the same root', async () => {
    await SimulatedTables.play(async (tables) => {
      await acquire(tables, 'arn:one');
      expect(await acquire(tables, 'arn:one', { workflow: 'switchover' }, { fence: 1 })).toMatchObject({
        run: { fence: 1 },
      });
      expect(await tableOf(tables).read()).toMatchObject({ lock: { purpose: 'failover' } });
    });
  });

  it('says who holds the lock, and with what', async () => {
    await SimulatedTables.play(async (tables) => {
      await acquire(tables, 'arn:one', { workflow: 'unpair' });
      const second = acquire(tables, 'arn:two');
      await expect(second).rejects.toThrow(LockHeld);
      await expect(second).rejects.toThrow(
        /a run of unpair holds the lock of orders: arn:one; wait until that run has ended/,
      );
    });
  });

  it.each([
    ["a person's failover takes over from a switchover", 'failover', 'switchover', {}, true],
    ['an automatic failover does not', 'failover', 'switchover', { automatic: true }, false],
    ["a person's failover takes over from a failback", 'failover', 'failback', {}, true],
    ["a person's failover takes over from a reconciliation", 'failover', 'reconcile', {}, true],
    ['an automatic failover does not take over from those either', 'failover', 'failback', { automatic: true }, false],
    ['a failover does not take over from a failover', 'failover', 'failover', {}, false],
    ['a failover does not take over from an unpairing', 'failover', 'unpair', {}, false],
    ['a failback takes over from nothing', 'failback', 'switchover', {}, false],
    ['a reconciliation takes over from nothing', 'reconcile', 'reconcile', {}, false],
    ['a switchover takes over from nothing', 'switchover', 'switchover', {}, false],
    ['a workflow without a rule takes over from nothing', 'unpair', 'switchover', {}, false],
  ])('%s', async (_label, workflow, held, run, passes) => {
    await SimulatedTables.play(async (tables) => {
      await tableOf(tables).acquire('arn:one', held, noonMs);
      const result = acquire(tables, 'arn:two', { workflow }, run);
      if (passes) expect(await result).toMatchObject({ run: { fence: 2 } });
      else await expect(result).rejects.toThrow(LockHeld);
    });
  });

  it.each([
    ['a dry run', { dryRun: true }, {}],
    ['a run that overrides the table', {}, { overrideControl: 'down' }],
  ])('takes no lock for %s, even while somebody holds it', async (_label, changes, run) => {
    await SimulatedTables.play(async (tables) => {
      await tableOf(tables).acquire('arn:one', 'unpair', noonMs);
      const before = await tableOf(tables).read();
      expect(await acquire(tables, 'arn:two', changes, run)).toMatchObject({ run: { fence: null } });
      expect(await tableOf(tables).read()).toEqual(before);
    });
  });

  it.each([
    ['a pair that is not configured', { pair: 'stock' }, NotFound],
    ['an unknown field', { dryrun: true }, InvalidInput],
  ])('refuses %s', async (_label, changes, error) => {
    await SimulatedTables.play(async (tables) => {
      await expect(acquire(tables, 'arn:one', changes)).rejects.toThrow(error);
      expect(await tableOf(tables).read()).toEqual({ known: true });
    });
  });
});

describe('a step of another run', () => {
  const child = { fence: 1, child: true };

  it('keeps the lock of that run, and extends it', async () => {
    await SimulatedTables.play(async (tables) => {
      await acquire(tables, 'arn:parent', { workflow: 'failback' });
      const expiry = async () => {
        const reading = await tableOf(tables).read();
        return reading.known ? reading.lock?.expiresAtMs : undefined;
      };
      const before = (await expiry()) ?? 0;
      await tables.clock.sleepMs(60_000);
      expect(await acquire(tables, 'arn:parent', { workflow: 'reconcile' }, child)).toMatchObject({
        run: { executionArn: 'arn:parent', ...child },
      });
      expect(await expiry()).toBe(before + 60_000);
      expect(await tableOf(tables).read()).toMatchObject({ lock: { purpose: 'failback', fence: 1 } });
    });
  });

  it('stops when that run has lost its lock', async () => {
    await SimulatedTables.play(async (tables) => {
      await acquire(tables, 'arn:parent', { workflow: 'failback' });
      await acquire(tables, 'arn:rival');
      await expect(acquire(tables, 'arn:parent', { workflow: 'reconcile' }, child)).rejects.toThrow(LockLost);
      expect(await tableOf(tables).read()).toMatchObject({ lock: { owner: 'arn:rival' } });
    });
  });

  it('stops when that run has ended', async () => {
    await SimulatedTables.play(async (tables) => {
      const { run } = await acquire(tables, 'arn:parent', { workflow: 'failback' });
      await release(tables, 'orders', run);
      await expect(acquire(tables, 'arn:parent', { workflow: 'reconcile' }, child)).rejects.toThrow(LockLost);
    });
  });

  it('does not give the lock back', async () => {
    await SimulatedTables.play(async (tables) => {
      const { run } = await acquire(tables, 'arn:parent', { workflow: 'failback' });
      expect(await release(tables, 'orders', { ...run, child: true })).toEqual({ released: false });
      expect(await tableOf(tables).read()).toMatchObject({ lock: { owner: 'arn:parent' } });
      expect(await release(tables, 'orders', run)).toEqual({ released: true });
    });
  });
});

describe('release-lock', () => {
  it('gives the lock back', async () => {
    await SimulatedTables.play(async (tables) => {
      const { run } = await acquire(tables, 'arn:one');
      expect(await release(tables, 'orders', run)).toEqual({ released: true });
      expect(await acquire(tables, 'arn:two')).toMatchObject({ run: { fence: 2 } });
    });
  });

  it("leaves somebody else's lock alone", async () => {
    await SimulatedTables.play(async (tables) => {
      await tableOf(tables).acquire('arn:one', 'switchover', noonMs);
      await acquire(tables, 'arn:two');
      await release(tables, 'orders', runOf('arn:one', { fence: 1 }));
      expect(await tableOf(tables).read()).toMatchObject({ lock: { owner: 'arn:two', fence: 2 } });
    });
  });

  it.each([
    ['a run without a lock', 'orders', null],
    ['an input that named no pair', undefined, 1],
    ['an input that named something else', { name: 'orders' }, 1],
  ])('has nothing to do for %s', async (_label, pair, fence) => {
    await SimulatedTables.play(async (tables) => {
      await acquire(tables, 'arn:one');
      expect(await release(tables, pair, runOf('arn:one', { fence }))).toEqual({ released: false });
      expect(await tableOf(tables).read()).toMatchObject({ lock: { owner: 'arn:one' } });
    });
  });
});
