import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { ControlTable } from '../../../functions/control/control-table.ts';
import { GuardTable } from '../../../functions/control/guard-table.ts';
import { handler as recordEpoch } from '../../../functions/promotion/record-epoch.handler.ts';
import type { LogFields } from '../../../functions/runtime/log.ts';
import { runWithRuntime } from '../../../functions/runtime/runtime.ts';
import { eastRef, westRef } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';
import { SimulatedTables } from '../../support/simulated-tables.ts';

const addressOf = ({ region, brokerId, brokerName }: typeof westRef) => ({ region, brokerId, brokerName });
const runOf = (executionArn: string, more: object = {}) => ({
  executionArn,
  startTime: '2026-11-04T12:00:00.000Z',
  ...more,
});

const record = (
  tables: SimulatedTables,
  executionArn: string,
  primary = westRef,
  more: object = {},
  runtime = tables.runtime('us-west-2'),
) => {
  const event = { pair: 'orders', mode: 'FAILOVER', primary: addressOf(primary), run: runOf(executionArn, more) };
  return runWithRuntime(runtime, async () => await recordEpoch(event, {} as Context));
};

describe('record-epoch', () => {
  it('counts the promotions of a pair', async () => {
    await SimulatedTables.play(async (tables) => {
      expect(await record(tables, 'arn:one')).toEqual({ epoch: 1 });
      await tables.clock.sleepMs(1_000);
      expect(await record(tables, 'arn:two', eastRef)).toEqual({ epoch: 2 });
      expect(await new GuardTable(tables.items(), 'PAIR#orders').readEpoch()).toEqual({
        number: 2,
        mode: 'FAILOVER',
        primaryBrokerId: eastRef.brokerId,
        primaryRegion: 'us-east-1',
        promotedAtMs: tables.clock.nowMs(),
        executionArn: 'arn:two',
      });
    });
  });

  it('opens no new anti-flap window for a promotion that is recorded already', async () => {
    await SimulatedTables.play(async (tables) => {
      const table = new GuardTable(tables.items(), 'PAIR#orders');
      await new ControlTable(tables.items()).openIntent(earlierIntent('Promote', { subject: westRef.brokerId }));
      await record(tables, 'arn:one');
      const first = await table.readEpoch();
      await tables.clock.sleepMs(600_000);
      expect(await record(tables, 'arn:one')).toEqual({ epoch: 1 });
      expect(await record(tables, 'arn:two')).toEqual({ epoch: 1 });
      expect(await table.readEpoch()).toEqual(first);
    });
  });

  it('measures how long the promotion took from the start of its run, once', async () => {
    await SimulatedTables.play(async (tables) => {
      const lines: LogFields[] = [];
      const runtime = tables.runtime('us-west-2');
      const log = { ...runtime.log, info: (_message: string, fields: LogFields = {}) => lines.push(fields) };
      await tables.clock.sleepMs(41_500);
      for (const arn of ['arn:one', 'arn:two']) await record(tables, arn, westRef, {}, { ...runtime, log });
      expect(lines).toMatchObject([{ Pair: 'orders', Mode: 'FAILOVER', PromotionSeconds: 41.5 }]);
    });
  });

  it('is recorded in the second attempt when the answer to the first was lost', async () => {
    await SimulatedTables.play(async (tables) => {
      const lost = {
        kind: 'connection-reset',
        when: 'after',
        service: 'dynamodb',
        operation: 'PutItem',
        count: 1,
      } as const;
      tables.aws.faults.start(lost);
      await expect(record(tables, 'arn:one')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
      expect(await record(tables, 'arn:one')).toEqual({ epoch: 1 });
    });
  });

  it('writes nothing for a run that overrides the Control table, and says so', async () => {
    await SimulatedTables.play(async (tables) => {
      expect(await record(tables, 'arn:one', westRef, { overrideControl: 'down' })).toEqual({ epoch: null });
      expect(await new GuardTable(tables.items(), 'PAIR#orders').readEpoch()).toBeUndefined();
    });
  });

  describe('after a person’s no', () => {
    const stop = { kind: 'denied', reason: 'the failover was denied', by: 'arn:stalled', atMs: 1 } as const;

    it.each([
      ['a person started', {}, undefined],
      ['an event started', { automatic: true }, stop],
    ])('a promotion that %s leaves of it %o', async (_who, more, left) => {
      await SimulatedTables.play(async (tables) => {
        const table = new GuardTable(tables.items(), 'PAIR#orders');
        await table.stopAutomation(stop);
        await record(tables, 'arn:one', westRef, more);
        expect(await table.readStop()).toEqual(left);
      });
    });

    it('records the epoch although the stop cannot be lifted', async () => {
      await SimulatedTables.play(async (tables) => {
        const table = new GuardTable(tables.items(), 'PAIR#orders');
        await table.stopAutomation(stop);
        tables.aws.faults.start({
          kind: 'server-error',
          service: 'dynamodb',
          operation: 'UpdateItem',
          statusCode: 503,
        });
        expect(await record(tables, 'arn:one')).toEqual({ epoch: 1 });
        tables.aws.faults.stopAll();
        expect(await table.readStop()).toEqual(stop);
      });
    });
  });
});
