import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import { HeartbeatTable } from '../../../functions/control/heartbeat-table.ts';
import { UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs } from '../../support/brokers.ts';
import { SimulatedTables } from '../../support/simulated-tables.ts';

const bare: Heartbeat = {
  region: 'us-east-1',
  atMs: noonMs,
  brokerId: eastRef.brokerId,
  role: 'unknown',
  state: 'unknown',
  endpoint: 'none',
};
const full: Heartbeat = {
  ...bare,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
  opened: 'amqp',
  beatingSinceMs: noonMs - 600_000,
  connections: 0,
  clockSkewMs: -300_500,
  backlogEvents: 1_234_567,
  backlogAtMs: noonMs - 120_000,
};

describe('HeartbeatTable', () => {
  it.each([
    ['all it knows', full],
    ['little', bare],
  ])('reads in one Region what another one wrote that knew %s', async (_label, heartbeat) => {
    await SimulatedTables.play(async (tables) => {
      await new HeartbeatTable(tables.items('us-east-1')).write('orders', heartbeat);
      expect(await new HeartbeatTable(tables.items('us-west-2')).read('orders', 'us-east-1')).toEqual(heartbeat);
    });
  });

  it('reads it with the time of the service, to within a second', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new HeartbeatTable(tables.items());
      await table.write('orders', full);
      const { heartbeat, serviceAtMs } = await table.readWithTime('orders', 'us-east-1');
      expect(heartbeat).toEqual(full);
      expect(tables.clock.nowMs() - (serviceAtMs ?? 0)).toBeLessThan(1_000);
      const none = await table.readWithTime('orders', 'us-west-2');
      expect(none).toEqual({ heartbeat: undefined, serviceAtMs });
    });
  });

  it('replaces the heartbeat before, with all that only that one knew', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new HeartbeatTable(tables.items());
      await table.write('orders', full);
      await table.write('orders', { ...bare, atMs: noonMs + 60_000 });
      expect(await table.read('orders', 'us-east-1')).toEqual({ ...bare, atMs: noonMs + 60_000 });
    });
  });

  it('keeps one for each pair and Region', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new HeartbeatTable(tables.items());
      await table.write('orders', full);
      expect(await table.read('orders', 'us-west-2')).toBeUndefined();
      expect(await table.read('stock', 'us-east-1')).toBeUndefined();
    });
  });

  it('refuses a heartbeat that this version does not understand', async () => {
    await SimulatedTables.play(async (tables) => {
      const item = { scope: 'PAIR#orders', item: 'HEARTBEAT#us-east-1' };
      await tables.items().put(item, { atMs: { N: '1' }, brokerId: { S: 'b-1' }, role: { S: 'witness' } });
      await expect(new HeartbeatTable(tables.items()).read('orders', 'us-east-1')).rejects.toThrow(UnexpectedAnswer);
    });
  });
});
