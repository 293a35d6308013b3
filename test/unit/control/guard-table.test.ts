import { describe, expect, it } from 'vitest';
import { globalScope } from '../../../functions/control/control-scopes.ts';
import { GuardTable } from '../../../functions/control/guard-table.ts';
import { clockSkewSeconds, type Epoch, isHeldByOther, leaseSeconds } from '../../../functions/control/guards.ts';
import { ControlConflict, LockLost, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { noonMs, westRef } from '../../support/brokers.ts';
import { SimulatedTables } from '../../support/simulated-tables.ts';

const scope = 'PAIR#orders';
const leaseMs = leaseSeconds * 1_000;
const goneMs = noonMs + leaseMs + clockSkewSeconds * 1_000;

/** A new table, and the guards of one pair in it as two Regions see them. */
const withTable = (
  body: (tables: {
    readonly west: GuardTable;
    readonly east: GuardTable;
    readonly tables: SimulatedTables;
  }) => Promise<void>,
) =>
  SimulatedTables.play((tables) =>
    body({
      tables,
      west: new GuardTable(tables.items('us-west-2'), scope),
      east: new GuardTable(tables.items('us-east-1'), scope),
    }),
  );

const epoch = (number: number, changes: Partial<Epoch> = {}): Epoch => ({
  number,
  mode: 'FAILOVER',
  primaryBrokerId: westRef.brokerId,
  primaryRegion: 'us-west-2',
  promotedAtMs: noonMs,
  executionArn: 'arn:one',
  ...changes,
});

describe('the lock', () => {
  it('goes to the first who asks, with fence 1 and a whole lease', async () => {
    await withTable(async ({ west, east }) => {
      const lock = { owner: 'arn:one', fence: 1, expiresAtMs: noonMs + leaseMs, purpose: 'failover' };
      expect(await west.acquire('arn:one', 'failover', noonMs)).toEqual({ acquired: true, lock });
      expect(await east.acquire('arn:two', 'unpair', noonMs)).toEqual({ acquired: false, lock });
      expect(await east.read()).toEqual({ known: true, lock });
    });
  });

  it('goes to one of two that ask in two Regions at the same time', async () => {
    await withTable(async ({ west, east, tables }) => {
      tables.aws.faults.start({ kind: 'slow-answer', service: 'dynamodb', operation: 'GetItem', delayMs: 100 });
      const racers = [
        tables.clock.spawn('one', () => west.acquire('arn:one', 'failover', noonMs)),
        tables.clock.spawn('two', () => east.acquire('arn:two', 'failover', noonMs)),
      ];
      const results = [];
      for (const racer of racers) results.push(await tables.clock.join(racer));
      expect(results.filter(({ acquired }) => acquired)).toHaveLength(1);
      expect(results[0]?.lock).toEqual(results[1]?.lock);
    });
  });

  it('keeps its fence when its owner asks again, and runs on for a whole lease', async () => {
    await withTable(async ({ west }) => {
      await west.acquire('arn:one', 'failover', noonMs);
      expect(await west.acquire('arn:one', 'failover', noonMs + 60_000)).toMatchObject({
        acquired: true,
        lock: { fence: 1, expiresAtMs: noonMs + 60_000 + leaseMs },
      });
    });
  });

  it('is not taken before it has expired by any clock, and gate and table agree about the moment', async () => {
    await withTable(async ({ west }) => {
      const { lock } = await west.acquire('arn:one', 'failover', noonMs);
      expect(isHeldByOther(lock, 'arn:two', goneMs - 1)).toBe(true);
      expect(await west.acquire('arn:two', 'failover', goneMs - 1)).toMatchObject({ acquired: false });
      expect(isHeldByOther(lock, 'arn:two', goneMs)).toBe(false);
      expect(await west.acquire('arn:two', 'failover', goneMs)).toMatchObject({ acquired: true, lock: { fence: 2 } });
    });
  });

  it('is renewed by its owner even after its lease, as long as nobody else has taken it', async () => {
    await withTable(async ({ west }) => {
      await west.acquire('arn:one', 'failover', noonMs);
      expect(await west.renew('arn:one', 1, goneMs)).toMatchObject({ fence: 1, expiresAtMs: goneMs + leaseMs });
      expect(await west.acquire('arn:two', 'failover', goneMs)).toMatchObject({ acquired: false });
    });
  });

  it('is lost to its owner once another one has it, or it was given back', async () => {
    await withTable(async ({ west }) => {
      await expect(west.renew('arn:one', 1, noonMs)).rejects.toThrow(LockLost);
      await west.acquire('arn:one', 'failover', noonMs);
      await west.acquire('arn:two', 'failover', goneMs);
      await expect(west.renew('arn:one', 1, goneMs)).rejects.toThrow(LockLost);
      await west.release('arn:two');
      await expect(west.renew('arn:two', 2, goneMs)).rejects.toThrow(LockLost);
    });
  });

  it('is lost to an earlier process of the same owner, which has a smaller fence', async () => {
    await withTable(async ({ west }) => {
      await west.acquire('arn:one', 'failover', noonMs);
      await west.release('arn:one');
      expect(await west.acquire('arn:one', 'failover', noonMs)).toMatchObject({ lock: { fence: 2 } });
      await expect(west.renew('arn:one', 1, noonMs)).rejects.toThrow(LockLost);
    });
  });

  it('is taken over for the purposes that a run may interrupt, and for no others', async () => {
    await withTable(async ({ west }) => {
      await west.acquire('arn:one', 'switchover', noonMs);
      expect(await west.acquire('arn:two', 'failover', noonMs, ['unpair', 'create-replica'])).toMatchObject({
        acquired: false,
        lock: { owner: 'arn:one', purpose: 'switchover' },
      });
      expect(await west.acquire('arn:two', 'failover', noonMs, ['unpair', 'switchover'])).toMatchObject({
        acquired: true,
        lock: { owner: 'arn:two', purpose: 'failover', fence: 2 },
      });
    });
  });

  it('is free at once when it is given back, and its fence goes on rising', async () => {
    await withTable(async ({ west }) => {
      await west.acquire('arn:one', 'failover', noonMs);
      await west.release('arn:one');
      expect(await west.read()).toEqual({ known: true });
      expect(await west.acquire('arn:two', 'failover', noonMs)).toMatchObject({ acquired: true, lock: { fence: 2 } });
    });
  });

  it('is left alone by a release of somebody else, and where there is none', async () => {
    await withTable(async ({ west }) => {
      await west.release('arn:two');
      expect(await west.read()).toEqual({ known: true });
      await west.acquire('arn:one', 'failover', noonMs);
      await west.release('arn:two');
      expect(await west.renew('arn:one', 1, noonMs)).toMatchObject({ owner: 'arn:one' });
    });
  });

  it('is recognised by an attempt whose first answer was lost', async () => {
    await withTable(async ({ west, tables }) => {
      tables.aws.faults.start({
        kind: 'connection-reset',
        when: 'after',
        service: 'dynamodb',
        operation: 'UpdateItem',
        count: 1,
      });
      await expect(west.acquire('arn:one', 'failover', noonMs)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
      expect(await west.acquire('arn:one', 'failover', noonMs)).toMatchObject({ acquired: true, lock: { fence: 1 } });
    });
  });

  it('of one scope is not that of another', async () => {
    await withTable(async ({ west, tables }) => {
      await west.acquire('arn:one', 'failover', noonMs);
      const other = new GuardTable(tables.items(), 'PAIR#stock');
      expect(await other.acquire('arn:two', 'failover', noonMs)).toMatchObject({ acquired: true });
    });
  });
});

describe('the guards of a scope', () => {
  it('are read in one call, the freeze of everything among them', async () => {
    await withTable(async ({ west, tables }) => {
      const everything = new GuardTable(tables.items(), globalScope);
      const freeze = { reason: 'stock-taking', by: 'ann', atMs: noonMs };
      await west.acquire('arn:one', 'failover', noonMs);
      await west.freeze(freeze);
      await everything.freeze({ ...freeze, by: 'bob' });
      await west.recordEpoch(epoch(1));
      const operations: string[] = [];
      tables.aws.onApiCall(({ operation }) => operations.push(operation));
      expect(await west.read()).toEqual({
        known: true,
        lock: { owner: 'arn:one', fence: 1, expiresAtMs: noonMs + leaseMs, purpose: 'failover' },
        freeze,
        globalFreeze: { ...freeze, by: 'bob' },
        epoch: epoch(1),
      });
      expect(operations).toEqual(['BatchGetItem']);
    });
  });

  it.each([
    ['the service fails', { kind: 'server-error', service: 'dynamodb' }],
    ['the service throttles', { kind: 'throttling', service: 'dynamodb' }],
  ] as const)('are unknown, not absent, when %s', async (_label, fault) => {
    await withTable(async ({ west, tables }) => {
      tables.aws.faults.start(fault);
      expect(await west.read()).toMatchObject({ known: false, reason: expect.stringContaining('BatchGetItem') });
    });
  });

  it('can be read while one of the three Regions is dark, and not from that Region', async () => {
    await withTable(async ({ west, east, tables }) => {
      tables.aws.blackout('us-east-1');
      expect(await west.read()).toEqual({ known: true });
      expect(await east.read()).toMatchObject({ known: false });
    });
  });

  it('stop a run that may not read them, or cannot understand them', async () => {
    await withTable(async ({ west, tables }) => {
      await tables.items().put({ scope, item: 'LOCK' }, { owner: { S: 'arn:one' } });
      await expect(west.read()).rejects.toThrow(UnexpectedAnswer);
      tables.aws.faults.start({ kind: 'access-denied', service: 'dynamodb' });
      await expect(west.read()).rejects.toMatchObject({ name: 'AccessDenied' });
    });
  });
});

describe('a freeze', () => {
  it('lasts until it is ended by somebody who has seen it', async () => {
    await withTable(async ({ west }) => {
      const freeze = { reason: 'stock-taking', by: 'ann', atMs: noonMs };
      const thaw = { reason: 'done', by: 'bob', atMs: noonMs + 1 };
      await west.freeze(freeze);
      await expect(west.unfreeze({ ...freeze, atMs: noonMs - 1 }, thaw)).rejects.toThrow(ControlConflict);
      expect(await west.readFreeze()).toEqual(freeze);
      await west.unfreeze(freeze, thaw);
      expect(await west.readFreeze()).toBeUndefined();
      await expect(west.unfreeze(freeze, thaw)).rejects.toThrow(ControlConflict);
    });
  });
});

describe('epochs', () => {
  it('follow on each other', async () => {
    await withTable(async ({ west, east }) => {
      expect(await west.readEpoch()).toBeUndefined();
      await west.recordEpoch(epoch(1));
      await east.recordEpoch(epoch(2, { mode: 'SWITCHOVER', executionArn: 'arn:two' }));
      expect(await west.readEpoch()).toEqual(epoch(2, { mode: 'SWITCHOVER', executionArn: 'arn:two' }));
    });
  });

  it.each([
    ['the one that is there', 2],
    ['an earlier one', 1],
    ['one that leaves a gap', 4],
  ])('are not recorded as %s', async (_label, number) => {
    await withTable(async ({ west }) => {
      await west.recordEpoch(epoch(1));
      await west.recordEpoch(epoch(2));
      await expect(west.recordEpoch(epoch(number, { executionArn: 'arn:late' }))).rejects.toThrow(ControlConflict);
      expect(await west.readEpoch()).toEqual(epoch(2));
    });
  });

  it('are acknowledged by their number, and a new one is not acknowledged', async () => {
    await withTable(async ({ west }) => {
      await west.recordEpoch(epoch(1));
      await expect(west.acknowledge(2, noonMs)).rejects.toThrow(ControlConflict);
      await west.acknowledge(1, noonMs + 5);
      expect(await west.readEpoch()).toEqual(epoch(1, { acknowledgedAtMs: noonMs + 5 }));
      await west.recordEpoch(epoch(2));
      expect(await west.readEpoch()).toEqual(epoch(2));
    });
  });
});
