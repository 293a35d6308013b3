import middy7 from '@middy/core';
import type { Context } from 'aws-lambda';
import middy2 from 'middy-2';
import middy3 from 'middy-3';
import middy4 from 'middy-4';
import middy5 from 'middy-5';
import middy6 from 'middy-6';
import { describe, expect, it } from 'vitest';
import type { AmazonMqEvent } from '../../../functions/ledger/lambda-event.ts';
import { type LedgerMiddlewareOptions, ledgerMiddleware } from '../../../functions/ledger/lambda-middleware.ts';
import { west } from '../../../testbed/orders.ts';
import { amazonMqEvent, exampleRecord } from '../../support/amazon-mq-event.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

type Handler = (event: AmazonMqEvent, context: Context) => Promise<unknown>;

interface Middy {
  use(middleware: ReturnType<typeof ledgerMiddleware>): Handler;
  handler?(handler: Handler): unknown;
}

type MakeMiddy = (handler: Handler, plugin?: object) => Middy;

/** What all versions have in common; each has types of its own. */
const versions = (
  [
    [2, middy2],
    [3, middy3],
    [4, middy4],
    [5, middy5],
    [6, middy6],
    [7, middy7],
  ] as const
).map(([version, make]) => ({ version, make: make as unknown as MakeMiddy }));

const eventOf = (...ids: readonly string[]): AmazonMqEvent =>
  amazonMqEvent(...ids.map((id) => exampleRecord(`ID:${id}`)));

/** An invocation that has this much left whenever it is asked. */
const contextOf = (remainingMs: number): Context =>
  ({
    functionName: 'billing',
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => remainingMs,
  }) as Context;

interface Setting {
  readonly handle: () => Promise<unknown>;
  readonly plugin?: object;
  readonly options?: Omit<LedgerMiddlewareOptions, 'ledger'>;
}

const aFunction = (make: MakeMiddy, { handle, plugin, options }: Setting) => {
  const regions = new TwoLedgerRegions();
  const handled: string[][] = [];
  const handler = make(async ({ messages }) => {
    handled.push(messages.map(({ messageID }) => messageID));
    return await handle();
  }, plugin).use(ledgerMiddleware({ ledger: regions.ledger(west, 'none'), ...options }));
  const lookUp = async (id: string) => (await regions.ledger(west, 'reader').lookup(ledgerKeys(id)))[0];
  return { handler, handled, lookUp };
};

describe.each(versions)('the ledger with @middy/core $version', ({ version, make }) => {
  it('skips what was processed, and does not call the handler when nothing is left', async () => {
    const { handler, handled } = aFunction(make, { handle: async () => 'done' });
    expect(await handler(eventOf('a', 'b'), contextOf(30_000))).toBe('done');
    expect(await handler(eventOf('b', 'c'), contextOf(30_000))).toBe('done');
    expect((await handler(eventOf('a', 'b', 'c'), contextOf(30_000))) ?? 'nothing').toBe('nothing');
    expect(handled).toEqual([['ID:a', 'ID:b'], ['ID:c']]);
  });

  it('releases what the handler failed at, long before its time is up', async () => {
    const error = new Error('no such customer');
    const { handler, lookUp } = aFunction(make, { handle: async () => Promise.reject(error) });
    await expect(handler(eventOf('a'), contextOf(30_000))).rejects.toBe(error);
    expect(await lookUp('a')).toMatchObject({ processed: [], claims: [] });
  });

  it.runIf(version > 2).each([
    // middy's timer runs in real time: it ends 5 ms after the handler has begun, which goes on.
    ['with its own error', 25, {}, undefined],
    ['with an error of the team', 25, { timeoutEarlyResponse: () => Promise.reject(new Error('too slow')) }, undefined],
    ['with an error of the team, early', 8_005, { timeoutEarlyInMillis: 8_000 }, { timeoutEarlyInMillis: 8_000 }],
  ])('keeps the claims when middy gives up %s and the handler is at work', async (_, remainingMs, more, options) => {
    const working = Promise.withResolvers<unknown>();
    const timeoutEarlyResponse = () => {
      throw new Error('too slow');
    };
    const plugin = {
      timeoutEarlyInMillis: 20,
      ...(Object.keys(more).length > 0 && { timeoutEarlyResponse }),
      ...more,
    };
    const { handler, lookUp } = aFunction(make, { handle: () => working.promise, plugin, ...(options && { options }) });
    await expect(handler(eventOf('a'), contextOf(remainingMs))).rejects.toThrow();
    expect(await lookUp('a')).toMatchObject({ processed: [], claims: [{ owner: 'billing/request-1' }] });
    working.resolve('done');
  });

  it.runIf(version > 2)('confirms nothing when middy answers for a handler that is at work', async () => {
    const working = Promise.withResolvers<unknown>();
    const plugin = { timeoutEarlyInMillis: 8_000, timeoutEarlyResponse: () => 'later' };
    const options = { timeoutEarlyInMillis: 8_000 };
    const { handler, lookUp } = aFunction(make, { handle: () => working.promise, plugin, options });
    expect(await handler(eventOf('a'), contextOf(8_001))).toBe('later');
    expect(await lookUp('a')).toMatchObject({ processed: [], claims: [{ owner: 'billing/request-1' }] });
    working.resolve('done');
  });
});

describe('the options of the middleware', () => {
  it.each([
    [{ timeoutEarlyInMilis: 5 }, 'did you mean'],
    [{ timeoutEarlyInMillis: -1 }, 'whole number'],
    [{ timeoutEarlyInMillis: Number.NaN }, 'whole number'],
  ])('%j are refused', (options, message) => {
    const ledger = new TwoLedgerRegions().ledger(west, 'none');
    expect(() => ledgerMiddleware({ ledger, ...(options as object) })).toThrow(
      expect.objectContaining({ name: 'InvalidConfiguration', message: expect.stringContaining(message) }),
    );
  });
});
