import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../functions/readiness/evaluate.ts';
import { publishVerdict, readinessPage } from '../../../functions/readiness/publish-verdict.ts';
import type { ReadinessRecord } from '../../../functions/readiness/readiness-record.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs } from '../../support/brokers.ts';

const finding = (code: string) => ({ code, message: `${code} was seen`, evidence: {} });
const evaluation = (...codes: readonly string[]): Evaluation => ({
  verdict: codes.length > 0 ? 'not-ready' : 'ready',
  blockers: codes.map(finding),
  warnings: [finding('W')],
  results: [],
});
const recorded = (changes: Partial<ReadinessRecord> = {}): ReadinessRecord => ({
  verdict: 'ready',
  blockers: [],
  warnings: [],
  atMs: noonMs - 60_000,
  sinceMs: noonMs - 600_000,
  ...changes,
});

const publish = async (seen: Evaluation, previous: ReadinessRecord | undefined | Error, failing?: string) => {
  const done: string[] = [];
  const records: ReadinessRecord[] = [];
  const events: object[] = [];
  const step = (name: string): void => {
    if (name === failing) throw new ServiceUnavailable(name);
    done.push(name);
  };
  const change = await publishVerdict('orders', seen, noonMs, {
    readRecord: async () => {
      if (previous instanceof Error) throw previous;
      return previous;
    },
    writeRecord: async (record) => {
      step('record');
      records.push(record);
    },
    measure: (counts) => step(`metrics ${JSON.stringify(counts)}`),
    announce: async (detail) => {
      step('event');
      events.push(detail);
    },
    page: async (finding) => step(`page ${readinessPage('orders', finding).subject}: ${finding.message}`),
  }).catch((error: unknown) => String(error));
  return { change, done, records, events };
};

const counts = (Ready: number, Blockers: number) => `metrics ${JSON.stringify({ Ready, Blockers, Warnings: 1 })}`;

describe('publishVerdict', () => {
  it('announces a first verdict, and records it last', async () => {
    const { change, done, records, events } = await publish(evaluation(), undefined);
    expect(change).toBe('changed');
    expect(done).toEqual([counts(1, 0), 'event', 'record']);
    expect(events).toEqual([{ pair: 'orders', verdict: 'ready', previous: null, blockers: [], warnings: ['W'] }]);
    expect(records).toEqual([{ verdict: 'ready', blockers: [], warnings: ['W'], atMs: noonMs, sinceMs: noonMs }]);
  });

  it('announces nothing while the verdict stays, even if its reasons change, and keeps since when', async () => {
    const same = await publish(evaluation('B', 'B'), recorded({ verdict: 'not-ready', blockers: ['A'] }));
    expect(same.change).toBe('unchanged');
    expect(same.done).toEqual([counts(0, 2), 'record']);
    expect(same.records[0]).toMatchObject({ blockers: ['B'], sinceMs: noonMs - 600_000 });
  });

  it('announces a verdict that turned', async () => {
    const { events, records } = await publish(evaluation('B'), recorded());
    expect(events).toMatchObject([{ verdict: 'not-ready', previous: 'ready', blockers: ['B'] }]);
    expect(records[0]?.sinceMs).toBe(noonMs);
  });

  it('tells by metrics alone while the record cannot be read', async () => {
    const { change, done } = await publish(evaluation('B'), new ServiceUnavailable('no table'));
    expect(change).toBe('unknown');
    expect(done).toEqual([counts(0, 1)]);
  });

  it.each([
    ['BOTH_PRIMARY', 'orders has two primaries'],
    ['PRIMARY_FENCED', 'clients cannot reach the primary of orders'],
    ['PRIMARY_UNREACHABLE', 'clients cannot reach the primary of orders'],
    ['CLOCK_SKEWED', 'a clock is off, so orders does not fail over automatically'],
  ])('pages for %s once, and again only after it was gone or when nobody knows', async (code, subject) => {
    const unsafe = evaluation(code);
    const pages = async (previous: Parameters<typeof publish>[1]) =>
      (await publish(unsafe, previous)).done.filter((step) => step.startsWith('page'));
    expect(await pages(recorded())).toEqual([
      expect.stringMatching(`^page mq-dr ACT (NOW|TODAY): ${subject}: ${code} was seen$`),
    ]);
    expect(await pages(recorded({ verdict: 'not-ready', blockers: [code] }))).toEqual([]);
    expect(await pages(new ServiceUnavailable('no table'))).toHaveLength(1);
  });

  it('does not record what it could not announce', async () => {
    const { change, done } = await publish(evaluation('B'), recorded(), 'event');
    expect(change).toContain('ServiceUnavailable');
    expect(done).toEqual([counts(0, 1)]);
  });

  it('lets an error through that no reading can have', async () => {
    expect((await publish(evaluation(), new TypeError('bug'))).change).toContain('bug');
  });
});
