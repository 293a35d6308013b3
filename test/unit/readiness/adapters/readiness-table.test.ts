import { describe, expect, it } from 'vitest';
import { ReadinessTable } from '../../../../functions/readiness/adapters/readiness-table.ts';
import type { GameDayRecord, ReadinessRecord } from '../../../../functions/readiness/readiness-record.ts';
import { ControlConflict, UnexpectedAnswer } from '../../../../functions/runtime/errors.ts';
import { noonMs } from '../../../support/brokers.ts';
import { SimulatedTables } from '../../../support/simulated-tables.ts';

const record: ReadinessRecord = {
  verdict: 'not-ready',
  blockers: ['ROLE_UNKNOWN', 'MIRRORED_QUEUES'],
  warnings: [],
  atMs: noonMs,
  sinceMs: noonMs - 60_000,
};

const gameDay: GameDayRecord = { atMs: noonMs, outcome: 'met', by: 'ann' };

describe('ReadinessTable', () => {
  it('reads in one Region what was written in another, and keeps one verdict for each Region', async () => {
    await SimulatedTables.play(async (tables) => {
      await new ReadinessTable(tables.items('us-east-1')).write('orders', 'us-east-1', record);
      const other = new ReadinessTable(tables.items('us-west-2'));
      expect(await other.read('orders', 'us-east-1')).toEqual(record);
      expect(await other.read('orders', 'us-west-2')).toBeUndefined();
      expect(await other.read('stock', 'us-east-1')).toBeUndefined();
    });
  });

  it('replaces the verdict before', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new ReadinessTable(tables.items());
      const later: ReadinessRecord = { ...record, verdict: 'ready', blockers: [], atMs: noonMs + 1 };
      await table.write('orders', 'us-east-1', record);
      await table.write('orders', 'us-east-1', later);
      expect(await table.read('orders', 'us-east-1')).toEqual(later);
    });
  });

  it('reads the newest game day, if there was one', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new ReadinessTable(tables.items());
      expect(await table.readGameDay('orders')).toBeUndefined();
      await table.writeGameDay('orders', gameDay);
      expect(await table.readGameDay('orders')).toEqual(gameDay);
      expect(await table.readGameDay('billing')).toBeUndefined();
    });
  });

  it('replaces a game day by one that is not older, and keeps the later one', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new ReadinessTable(tables.items());
      await table.writeGameDay('orders', gameDay);
      const corrected = { ...gameDay, outcome: 'deviated' } as const;
      await table.writeGameDay('orders', corrected);
      const older = table.writeGameDay('orders', { ...gameDay, atMs: noonMs - 1 });
      await expect(older).rejects.toThrow(ControlConflict);
      expect(await table.readGameDay('orders')).toEqual(corrected);
    });
  });

  it('refuses a verdict that this version does not understand', async () => {
    await SimulatedTables.play(async (tables) => {
      await tables.items().put({ scope: 'PAIR#orders', item: 'READINESS#us-east-1' }, { verdict: { S: 'perhaps' } });
      await expect(new ReadinessTable(tables.items()).read('orders', 'us-east-1')).rejects.toThrow(UnexpectedAnswer);
    });
  });
});
