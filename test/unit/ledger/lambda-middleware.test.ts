import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { AmazonMqEvent, AmazonMqRecord } from '../../../functions/ledger/lambda-event.ts';
import {
  batchLedger,
  type LedgerMiddlewareOptions,
  ledgerMiddleware,
} from '../../../functions/ledger/lambda-middleware.ts';
import type { LedgerSettings } from '../../../functions/ledger/ledger.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { west } from '../../../testbed/orders.ts';
import { amazonMqEvent, exampleRecord } from '../../support/amazon-mq-event.ts';
import { noonMs } from '../../support/brokers.ts';
import { ledgerKeys } from '../../support/simulated-tables.ts';
import { failingTable, TwoLedgerRegions } from '../../support/two-ledger-regions.ts';

const timeoutMs = 30_000;
const unavailable = new ServiceUnavailable('the table does not answer');

const eventOf = (...ids: readonly string[]): AmazonMqEvent =>
  amazonMqEvent(...ids.map((id) => exampleRecord(`ID:${id}`)));

interface Setting {
  readonly settings?: (regions: TwoLedgerRegions) => Partial<LedgerSettings>;
  readonly options?: Omit<LedgerMiddlewareOptions, 'ledger'>;
  readonly handle?: (records: readonly AmazonMqRecord[], context: Context, regions: TwoLedgerRegions) => Promise<void>;
}

/** A function with the middleware, and what its handler was given. */
const aFunction = ({ settings, options, handle }: Setting = {}) => {
  const regions = new TwoLedgerRegions();
  const handled: string[][] = [];
  const ledger = regions.ledger(west, 'none', settings?.(regions));
  const handler = middy(async ({ messages }: AmazonMqEvent, context: Context): Promise<string> => {
    handled.push(messages.map(({ messageID }) => messageID));
    await handle?.(messages, context, regions);
    return 'done';
  }).use(ledgerMiddleware({ ledger, ...options }));
  let invocations = 0;
  return {
    regions,
    handled,
    /** One invocation by the service, which ends `timeoutMs` later at most. */
    invoke: (event: unknown): Promise<string> => {
      invocations += 1;
      const deadlineMs = regions.clock.nowMs() + timeoutMs;
      const context = {
        functionName: 'billing',
        awsRequestId: `request-${invocations}`,
        getRemainingTimeInMillis: () => deadlineMs - regions.clock.nowMs(),
      } as Context;
      // middy waits in real time for a deadline that is virtual here: the test's functions end at once.
      return handler(event as AmazonMqEvent, context);
    },
  };
};

const lookUp = (regions: TwoLedgerRegions, ...ids: readonly string[]) =>
  regions.ledger(west, 'reader').lookup(ledgerKeys(...ids));

describe('a function with the ledger', () => {
  it('gets only what nobody has processed, and confirms it when it succeeds', async () => {
    const { invoke, handled, regions } = aFunction();
    expect(await invoke(eventOf('a', 'b'))).toBe('done');
    expect(await invoke(eventOf('b', 'c', 'a'))).toBe('done');
    expect(handled).toEqual([['ID:a', 'ID:b'], ['ID:c']]);
    expect(await lookUp(regions, 'a', 'b', 'c')).toMatchObject([
      { processed: [{ region: west, by: 'billing', atMs: noonMs }] },
      { processed: [{ region: west }] },
      { processed: [{ region: west }] },
    ]);
    expect(regions.ears.toldBy('onProcessedBefore')).toEqual([ledgerKeys('b', 'a')]);
  });

  it('is not called when nothing is left, and succeeds', async () => {
    const { invoke, handled } = aFunction();
    await invoke(eventOf('a'));
    expect(await invoke(eventOf('a'))).toBeUndefined();
    expect(handled).toHaveLength(1);
  });

  it('claims until its deadline and the time that a confirmation needs, as this invocation', async () => {
    const claims: unknown[] = [];
    const { invoke } = aFunction({
      handle: async (_, __, regions) => void claims.push((await lookUp(regions, 'a'))[0]?.claims),
    });
    await invoke(eventOf('a'));
    expect(claims).toEqual([
      [
        {
          region: west,
          owner: 'billing/request-1',
          leaseUntilMs: noonMs + timeoutMs + 5_000,
          atMs: noonMs,
          attempt: 1,
          takenOver: 0,
        },
      ],
    ]);
  });

  it('leaves the rest of the event as it is', async () => {
    const seen: unknown[] = [];
    const regions = new TwoLedgerRegions();
    const handler = middy(async (event: AmazonMqEvent) => void seen.push(event)).use(
      ledgerMiddleware({ ledger: regions.ledger(west, 'none') }),
    );
    const event = eventOf('a');
    await handler(event, {
      functionName: 'f',
      awsRequestId: 'r',
      getRemainingTimeInMillis: () => timeoutMs,
    } as Context);
    expect(seen).toEqual([event]);
  });

  it('gives its messages back when it throws, and fails with its own error', async () => {
    let failing = true;
    const error = new Error('no such customer');
    const { invoke, handled, regions } = aFunction({
      handle: async () => {
        if (failing) throw error;
      },
    });
    await expect(invoke(eventOf('a'))).rejects.toBe(error);
    expect(await lookUp(regions, 'a')).toMatchObject([{ processed: [], claims: [] }]);
    failing = false;
    await invoke(eventOf('a'));
    expect(handled).toEqual([['ID:a'], ['ID:a']]);
  });

  it('keeps its claims when middy gives up on it, since it is still at work', async () => {
    const timeout = Object.assign(new Error('[AbortError]'), {
      name: 'TimeoutError',
      cause: { package: '@middy/core' },
    });
    const { invoke, regions } = aFunction({ handle: async () => Promise.reject(timeout) });
    await expect(invoke(eventOf('a'))).rejects.toBe(timeout);
    expect(await lookUp(regions, 'a')).toMatchObject([{ claims: [{ owner: 'billing/request-1' }] }]);
    expect(regions.ears.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('ran out of time') }]);
  });

  it('confirms before another middleware can fail, if the ledger is next to the handler', async () => {
    const regions = new TwoLedgerRegions();
    const handler = middy(async (_: AmazonMqEvent) => 'done')
      .use({ after: () => Promise.reject(new Error('the response has no schema')) })
      .use(ledgerMiddleware({ ledger: regions.ledger(west, 'none') }));
    const context = { functionName: 'f', awsRequestId: 'r', getRemainingTimeInMillis: () => timeoutMs } as Context;
    await expect(handler(eventOf('a'), context)).rejects.toThrow('no schema');
    expect(await lookUp(regions, 'a')).toMatchObject([{ processed: [{}] }]);
  });

  it('fails with its own error also when its claims cannot be released', async () => {
    const error = new Error('no such customer');
    const { invoke, regions } = aFunction({
      settings: ({ tables }) => ({
        table: failingTable(tables.in(west), (method) => (method === 'end' ? unavailable : undefined)),
      }),
      handle: async () => Promise.reject(error),
    });
    await expect(invoke(eventOf('a'))).rejects.toBe(error);
    expect(regions.ears.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('released') }]);
  });

  it('succeeds when its side effects cannot be recorded, and names them', async () => {
    const { invoke, regions } = aFunction({
      settings: ({ tables }) => ({
        table: failingTable(tables.in(west), (method) => (method === 'putProcessed' ? unavailable : undefined)),
      }),
    });
    expect(await invoke(eventOf('a'))).toBe('done');
    expect(regions.ears.toldBy('onUnconfirmed')).toEqual([ledgerKeys('a')]);
  });

  it('is not called when the ledger cannot be asked: the batch comes again', async () => {
    const { invoke, handled } = aFunction({
      settings: ({ tables }) => ({ table: failingTable(tables.in(west), () => unavailable) }),
    });
    await expect(invoke(eventOf('a'))).rejects.toBe(unavailable);
    expect(handled).toEqual([]);
  });

  it('gets a message once that stands twice in a batch', async () => {
    const { invoke, handled } = aFunction();
    await invoke(eventOf('a', 'b', 'a'));
    expect(handled).toEqual([['ID:a', 'ID:b']]);
  });

  it.each([[{ eventSource: 'aws:sqs', Records: [] }], [{ eventSource: 'aws:mq', messages: [{}] }]])(
    'refuses the event %j',
    async (event) => {
      await expect(aFunction().invoke(event)).rejects.toMatchObject({ name: 'InvalidInput' });
    },
  );
});

describe('a message that is claimed elsewhere', () => {
  it('fails the batch three times at most, and is named when it is left out', async () => {
    const { invoke, handled, regions } = aFunction();
    await regions.ledger(west, 'two').claimAll(ledgerKeys('a'), { leaseUntilMs: noonMs + 3_600_000 });
    for (let delivery = 1; delivery <= 3; delivery += 1) {
      await expect(invoke(eventOf('a', 'b'))).rejects.toMatchObject({
        name: 'ClaimedElsewhere',
        message: expect.stringContaining('claimed by two'),
      });
      expect(regions.ears.toldBy('onClaimedElsewhere')).toHaveLength(delivery);
      expect(regions.ears.toldBy('onLeftOut')).toEqual([]);
    }
    expect(await invoke(eventOf('a', 'b'))).toBeUndefined();
    expect(regions.ears.toldBy('onLeftOut')).toEqual([ledgerKeys('a')]);
    expect(regions.ears.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('claimed elsewhere for too long'), fields: { messages: [{ id: 'ID:a' }] } },
    ]);
    // What was not claimed elsewhere was processed the first time, and recorded although the batch failed.
    expect(handled).toEqual([['ID:b']]);
  });

  it('is waited for as long as the invocation may, so that the next delivery can take it over', async () => {
    const { invoke, handled, regions } = aFunction();
    await regions.ledger(west, 'two').claimAll(ledgerKeys('a'), { leaseUntilMs: noonMs + 10_000 });
    await expect(invoke(eventOf('a'))).rejects.toMatchObject({ name: 'ClaimedElsewhere' });
    // The lease, and the allowance for clocks.
    expect(regions.clock.sleeps).toEqual([20_001]);
    await invoke(eventOf('a'));
    expect(handled).toEqual([['ID:a']]);
    expect(regions.ears.toldBy('onTakeover')).toMatchObject([{ lostOwner: 'two', newOwner: 'billing/request-2' }]);
  });

  it('is not waited for beyond what the invocation has left', async () => {
    const { invoke, regions } = aFunction();
    await regions.ledger(west, 'two').claimAll(ledgerKeys('a'), { leaseUntilMs: noonMs + 3_600_000 });
    await expect(invoke(eventOf('a'))).rejects.toMatchObject({ name: 'ClaimedElsewhere' });
    expect(regions.clock.sleeps).toEqual([timeoutMs - 2_000]);
  });

  it('is the reason of the failure only if the handler had none', async () => {
    const error = new Error('no such customer');
    const { invoke, regions } = aFunction({ handle: async () => Promise.reject(error) });
    await regions.ledger(west, 'two').claimAll(ledgerKeys('a'));
    await expect(invoke(eventOf('a', 'b'))).rejects.toBe(error);
    expect(regions.clock.sleeps).toEqual([]);
  });

  it('by an invocation that ran out of time is taken over by one of the next deliveries', async () => {
    const { invoke, handled, regions } = aFunction();
    // The service stops the function at its deadline: nobody gives anything back.
    const dead = regions.ledger(west, 'billing/request-0');
    await dead.claimAll(ledgerKeys('a'), { leaseUntilMs: noonMs + timeoutMs + 5_000 });
    regions.clock.advanceMs(timeoutMs);
    await expect(invoke(eventOf('a'))).rejects.toMatchObject({ name: 'ClaimedElsewhere' });
    await invoke(eventOf('a'));
    expect(handled).toEqual([['ID:a']]);
  });
});

describe('a handler that decides message by message', () => {
  it('records at once what it confirms, and has the batch delivered again for what it fails', async () => {
    const error = new Error('no such customer');
    const { invoke, handled, regions } = aFunction({
      handle: async ([a, b, c], context, regions) => {
        if (c === undefined || a === undefined || b === undefined) return;
        await batchLedger(context).confirm(a);
        expect((await lookUp(regions, 'a', 'b'))[0]?.processed).toHaveLength(1);
        await batchLedger(context).fail(b, error);
        expect((await lookUp(regions, 'a', 'b'))[1]?.claims).toEqual([]);
      },
    });
    await expect(invoke(eventOf('a', 'b', 'c'))).rejects.toBe(error);
    expect(await lookUp(regions, 'a', 'b', 'c')).toMatchObject([
      { processed: [{}] },
      { processed: [] },
      { processed: [{}] },
    ]);
    await invoke(eventOf('a', 'b', 'c'));
    expect(handled).toEqual([['ID:a', 'ID:b', 'ID:c'], ['ID:b']]);
  });

  it('keeps what it confirmed when it throws afterwards', async () => {
    const error = new Error('out of memory');
    const { invoke, regions } = aFunction({
      handle: async ([a], context) => {
        if (a !== undefined) await batchLedger(context).confirm(a);
        throw error;
      },
    });
    await expect(invoke(eventOf('a', 'b'))).rejects.toBe(error);
    expect(await lookUp(regions, 'a', 'b')).toMatchObject([{ processed: [{}] }, { processed: [], claims: [] }]);
  });

  it('must name a record that it was given, and each once', async () => {
    const refused = expect.objectContaining({ name: 'InvalidInput' });
    await aFunction({
      handle: async ([a], context) => {
        if (a === undefined) return;
        await expect(batchLedger(context).confirm({ ...a })).rejects.toEqual(refused);
        await batchLedger(context).confirm(a);
        await expect(batchLedger(context).fail(a, new Error('too late'))).rejects.toEqual(refused);
      },
    }).invoke(eventOf('a'));
  });

  it('needs the context of its invocation', () => {
    expect(() => batchLedger({})).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  });
});

describe('a message without an identity', () => {
  it('fails the batch, after the others were processed', async () => {
    const { invoke, handled, regions } = aFunction();
    await expect(invoke(eventOf('', 'a'))).rejects.toMatchObject({ name: 'MessageUnidentifiable' });
    expect(handled).toEqual([['ID:a']]);
    expect(await lookUp(regions, 'a')).toMatchObject([{ processed: [{}] }]);
    expect(regions.ears.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('no message-id') }]);
    expect(regions.clock.sleeps).toEqual([]);
  });

  it('is handed over where the function says so, and logged', async () => {
    const { invoke, handled, regions } = aFunction({
      settings: () => ({ identity: { from: 'property', property: 'orderId' } }),
      options: { withoutIdentity: 'hand-over' },
      handle: async ([a], context) => {
        if (a !== undefined) await batchLedger(context).confirm(a);
      },
    });
    await invoke(eventOf('a', 'b'));
    expect(handled).toEqual([['ID:a', 'ID:b']]);
    expect(regions.ears.lines).toHaveLength(2);
    expect(regions.tables.writes).toEqual([]);
  });

  it('needs a policy that exists', () => {
    const options = { withoutIdentity: 'hand-ovr' } as unknown as { readonly withoutIdentity: 'fail' };
    expect(() => aFunction({ options })).toThrow(
      expect.objectContaining({ name: 'InvalidConfiguration', message: expect.stringContaining('"hand-over"') }),
    );
  });
});
