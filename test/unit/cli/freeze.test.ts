import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../../testbed/testbed.ts';
import { jsonOf, mqDr } from '../../support/mq-dr.ts';
import { createTestbed } from '../../support/testbed.ts';

const reason = (words: string): string => `--reason ${words}`;

const onTestbed = async (body: (testbed: Testbed) => Promise<void>): Promise<void> => {
  const testbed = await createTestbed({ paired: true });
  await testbed.play(async () => {
    // What makes the pair known to the table.
    await testbed.operator.records.recordMembers('orders', ['arn:a', 'arn:b']);
    await body(testbed);
  });
};

const startMs = Date.UTC(2026, 0, 5, 9);
const bobs = { reason: 'audit', by: 'bob', atMs: startMs - 1_000 };

describe('mq-dr freeze', () => {
  it('stops the writes of a pair, with who and why', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `freeze --pair orders ${reason('network')} --json`);
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      const freeze = { reason: 'network', by: 'ann', atMs: startMs };
      expect(jsonOf(run)).toEqual({ subject: 'orders', outcome: 'frozen', freeze });
      expect(await testbed.operator.guards('PAIR#orders').read()).toMatchObject({ freeze });
      expect(await testbed.operator.guards('PAIR#billing').read()).not.toHaveProperty('freeze');
    });
  });

  it('stops the writes of everything', async () => {
    await onTestbed(async (testbed) => {
      expect(await mqDr(testbed, `freeze --all ${reason('audit')} --as bob`)).toMatchObject({ exitCode: 0 });
      expect(await testbed.operator.guards('PAIR#billing').read()).toMatchObject({
        globalFreeze: { by: 'bob', reason: 'audit' },
      });
    });
  });

  it('stops the writes of a cluster', async () => {
    await onTestbed(async (testbed) => {
      expect(await mqDr(testbed, `freeze --cluster events ${reason('audit')} --yes`)).toMatchObject({ exitCode: 0 });
      expect(await testbed.operator.guards('CLUSTER#events').readFreeze()).toMatchObject({
        by: 'ann',
        reason: 'audit',
      });
    });
  });

  it('keeps the freeze that stands, and shows whose it is', async () => {
    await onTestbed(async (testbed) => {
      await testbed.operator.guards('PAIR#orders').freeze(bobs);
      const run = await mqDr(testbed, `freeze --pair orders ${reason('network')}`);
      expect(run.exitCode).toBe(0);
      expect(run.out).toContain('is already frozen, by bob at 2026-01-05T08:59:59Z: audit. Nothing was changed.');
      expect(await testbed.operator.guards('PAIR#orders').readFreeze()).toEqual(bobs);
    });
  });

  it('refuses a misspelt pair by the nearest name, and takes it with --yes', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `freeze --pair ordesr ${reason('x')}`);
      expect(run.exitCode).toBe(2);
      expect(run.err).toContain('nothing is recorded about "ordesr" (did you mean "orders"?)');
      expect(await testbed.operator.guards('PAIR#ordesr').readFreeze()).toBeUndefined();
      expect(await mqDr(testbed, `freeze --pair ordesr ${reason('x')} --yes`)).toMatchObject({ exitCode: 0 });
      expect(await testbed.operator.guards('PAIR#ordesr').readFreeze()).toMatchObject({ by: 'ann' });
    });
  });

  it.each([
    [`freeze ${reason('x')}`, 'give one of --pair <name>, --cluster <name> and --all'],
    [`freeze --all --pair orders ${reason('x')}`, 'give one of --pair <name>, --cluster <name> and --all'],
    ['freeze --pair orders', "required option '--reason <text>' not specified"],
  ])('refuses "%s"', async (line, message) => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, line);
      expect(run).toMatchObject({ exitCode: 1, out: '' });
      expect(run.err).toContain(message);
    });
  });
});

describe('mq-dr unfreeze', () => {
  it('asks for the name of the pair, and records who ended it', async () => {
    await onTestbed(async (testbed) => {
      await testbed.operator.guards('PAIR#orders').freeze(bobs);
      const run = await mqDr(testbed, `unfreeze --pair orders ${reason('over')}`, { typed: 'orders' });
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(run.asked).toEqual([
        'orders was frozen by bob at 2026-01-05T08:59:59Z: audit. Without the freeze, runs write again.\nType orders to go on: ',
      ]);
      expect(await testbed.operator.guards('PAIR#orders').readFreeze()).toBeUndefined();
      expect((await testbed.operator.items.keys('PAIR#orders')).map(({ item }) => item)).toContain('THAW');
    });
  });

  it.each([
    ['a wrong name', { typed: 'order' }, '"order" is not "orders"'],
    ['no terminal', {}, 'no terminal to confirm it on: add --yes'],
  ])('changes nothing with %s', async (_what, changes, message) => {
    await onTestbed(async (testbed) => {
      await testbed.operator.guards('PAIR#orders').freeze(bobs);
      const run = await mqDr(testbed, `unfreeze --pair orders ${reason('over')}`, changes);
      expect(run.exitCode).toBe(1);
      expect(run.err).toContain(message);
      expect(await testbed.operator.guards('PAIR#orders').readFreeze()).toEqual(bobs);
    });
  });

  it('ends the freeze of everything without a terminal when it is told --yes', async () => {
    await onTestbed(async (testbed) => {
      await testbed.operator.guards('GLOBAL').freeze(bobs);
      const run = await mqDr(testbed, `unfreeze --all --yes ${reason('over')} --json`);
      expect(jsonOf(run)).toMatchObject({ subject: 'all', outcome: 'unfrozen', freeze: bobs });
      expect(await testbed.operator.guards('GLOBAL').readFreeze()).toBeUndefined();
    });
  });

  it('says when nothing is frozen', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `unfreeze --pair orders ${reason('over')} --json`);
      expect(run.exitCode).toBe(0);
      expect(jsonOf(run)).toEqual({ subject: 'orders', outcome: 'not-frozen' });
    });
  });

  it('leaves a freeze that came while it asked', async () => {
    await onTestbed(async (testbed) => {
      await testbed.operator.guards('PAIR#orders').freeze(bobs);
      const carols = { reason: 'second reason', by: 'carol', atMs: startMs };
      const run = await mqDr(testbed, `unfreeze --pair orders ${reason('over')}`, {
        interactive: true,
        ask: async () => {
          await testbed.operator.guards('PAIR#orders').freeze(carols);
          return 'orders';
        },
      });
      expect(run.exitCode).toBe(2);
      expect(run.err).toContain('orders was frozen again by carol');
      expect(await testbed.operator.guards('PAIR#orders').readFreeze()).toEqual(carols);
    });
  });
});
