import { describe, expect, it } from 'vitest';
import { fromAmqp } from '../../../functions/ledger/ledger-message.ts';
import { processOnce } from '../../../functions/ledger/process-once.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { west } from '../../../testbed/orders.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { failingTable, TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

const messages = (...ids: readonly (string | undefined)[]) =>
  ids.map((id) => fromAmqp(id === undefined ? {} : { message_id: id }, 'orders'));
const unavailable = new ServiceUnavailable('the table does not answer');

/** A consumer's side effects, by message id. */
const effects = () => {
  const done: string[] = [];
  return {
    done,
    cause: async ({ messageId = '' }: { readonly messageId: string | undefined }) => void done.push(messageId),
  };
};

describe('processing once', () => {
  it.each(['each', 'batch'] as const)('calls the handler for what is new, and records it (%s)', async (confirm) => {
    const regions = new TwoLedgerRegions();
    const { done, cause } = effects();
    const ledger = regions.ledger(west, 'one');
    const first = await processOnce(ledger, messages('a', 'b'), cause, { confirm });
    expect(first.map(({ status, acknowledge }) => [status, acknowledge])).toEqual([
      ['processed', true],
      ['processed', true],
    ]);
    const second = await processOnce(regions.ledger(west, 'two'), messages('a', 'b', 'c'), cause, { confirm });
    expect(second.map(({ status, acknowledge }) => [status, acknowledge])).toEqual([
      ['processed-before', true],
      ['processed-before', true],
      ['processed', true],
    ]);
    expect(done).toEqual(['ID:a', 'ID:b', 'ID:c']);
  });

  it('records each side effect before the next one, or all together', async () => {
    for (const confirm of ['each', 'batch'] as const) {
      const regions = new TwoLedgerRegions();
      const recorded: number[] = [];
      const writes = (): number => regions.tables.writes.filter(({ item }) => item.kind === 'processed').length;
      await processOnce(regions.ledger(west, 'one'), messages('a', 'b'), async () => void recorded.push(writes()), {
        confirm,
      });
      expect([...recorded, writes()]).toEqual(confirm === 'each' ? [0, 1, 2] : [0, 0, 2]);
    }
  });

  it('gives a message back whose handler fails, and goes on', async () => {
    const regions = new TwoLedgerRegions();
    const error = new Error('no such customer');
    const outcomes = await processOnce(regions.ledger(west, 'one'), messages('a', 'b'), async ({ messageId }) => {
      if (messageId === 'ID:a') throw error;
    });
    expect(outcomes).toMatchObject([
      { status: 'failed', acknowledge: false, error },
      { status: 'processed', acknowledge: true },
    ]);
    expect(await regions.ledger(west, 'two').claimAll(ledgerKeys('a'))).toMatchObject([{ status: 'claimed' }]);
  });

  it('leaves alone what others have claimed, and says how long', async () => {
    const regions = new TwoLedgerRegions();
    const { done, cause } = effects();
    await regions.ledger(west, 'two').claimAll(ledgerKeys('a'));
    const outcomes = await processOnce(regions.ledger(west, 'one'), messages('a'), cause);
    expect(outcomes).toMatchObject([{ status: 'elsewhere', acknowledge: false, retryAfterMs: 70_001 }]);
    expect(done).toEqual([]);
  });

  it('names messages without an id, in their places', async () => {
    const { done, cause } = effects();
    const given = messages(undefined, 'a', undefined);
    const outcomes = await processOnce(new TwoLedgerRegions().ledger(west, 'one'), given, cause);
    expect(outcomes).toMatchObject([
      { message: given[0], status: 'unidentified', acknowledge: false, error: { name: 'MessageUnidentifiable' } },
      { message: given[1], status: 'processed' },
      { message: given[2], status: 'unidentified' },
    ]);
    expect(done).toEqual(['ID:a']);
  });

  it('lets the same message in one call share its fate', async () => {
    const { done, cause } = effects();
    const ledger = new TwoLedgerRegions().ledger(west, 'one');
    expect(await processOnce(ledger, messages('a', 'a'), cause)).toMatchObject([
      { status: 'processed' },
      { status: 'repeated', acknowledge: true },
    ]);
    const failing = async () => Promise.reject(new Error('not now'));
    expect(await processOnce(ledger, messages('b', 'b'), failing)).toMatchObject([
      { status: 'failed' },
      { status: 'repeated', acknowledge: false },
    ]);
    expect(done).toEqual(['ID:a']);
  });

  it('acknowledges what took effect although it could not be recorded, and names it', async () => {
    const regions = new TwoLedgerRegions();
    const table = failingTable(regions.tables.in(west), (method) =>
      method === 'putProcessed' ? unavailable : undefined,
    );
    const ledger = regions.ledger(west, 'one', { table });
    expect(await processOnce(ledger, messages('a'), effects().cause)).toMatchObject([
      { status: 'unconfirmed', acknowledge: true, error: unavailable },
    ]);
    expect(regions.ears.toldBy('onUnconfirmed')).toEqual([ledgerKeys('a')]);
    expect(regions.ears.lines).toMatchObject([{ level: 'error', fields: { count: 1, messages: [{ id: 'ID:a' }] } }]);
  });

  it('survives a claim that cannot be released', async () => {
    const regions = new TwoLedgerRegions();
    const table = failingTable(regions.tables.in(west), (method) => (method === 'end' ? unavailable : undefined));
    const error = new Error('not now');
    const outcomes = await processOnce(regions.ledger(west, 'one', { table }), messages('a'), async () => {
      throw error;
    });
    expect(outcomes).toMatchObject([{ status: 'failed', error }]);
    expect(regions.ears.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('released') }]);
  });

  it('renews claims that grow old behind slow messages, and leaves those that were lost', async () => {
    const regions = new TwoLedgerRegions();
    const done: string[] = [];
    const outcomes = await processOnce(
      regions.ledger(west, 'one'),
      messages('a', 'b', 'c'),
      async ({ messageId = '' }) => {
        done.push(messageId);
        // The first takes so long that another consumer takes the last one over.
        if (messageId !== 'ID:a') return;
        regions.clock.advanceMs(70_001);
        await regions.ledger(west, 'two').claimAll(ledgerKeys('c'));
      },
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['processed', 'processed', 'elsewhere']);
    expect(done).toEqual(['ID:a', 'ID:b']);
  });

  it('processes nothing when the ledger cannot be asked', async () => {
    const regions = new TwoLedgerRegions();
    const { done, cause } = effects();
    const table = failingTable(regions.tables.in(west), () => unavailable);
    await expect(processOnce(regions.ledger(west, 'one', { table }), messages('a'), cause)).rejects.toBe(unavailable);
    expect(done).toEqual([]);
  });
});
