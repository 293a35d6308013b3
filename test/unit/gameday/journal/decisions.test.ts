import { describe, expect, it } from 'vitest';
import { approvalsOf, epochsOf } from '../../../../gameday/journal/decisions.ts';
import type { LogRecord } from '../../../../gameday/journal/journal.ts';
import { blockerCodes, refusalsOf } from '../../../../gameday/journal/refusals.ts';

const log = (atMs: number, message: string, fields: LogRecord['fields']): LogRecord => ({
  atMs,
  level: 'info',
  function: 'f',
  region: 'us-west-2',
  message,
  fields,
});

const asked = (atMs: number, pair: string) =>
  log(atMs, 'approval requested', { pair, approvalId: `id-${atMs}`, question: 'Fail over?' });

describe('approvalsOf', () => {
  it('gives each question the answer that its run saw last', () => {
    const logs = [
      asked(1, 'orders'),
      log(2, 'switchover polled', { pair: 'orders', approval: 'open' }),
      log(3, 'switchover polled', { pair: 'billing', approval: 'none' }),
      log(4, 'switchover polled', { pair: 'orders', approval: 'approved' }),
      asked(5, 'orders'),
      log(6, 'approval checked', { pair: 'orders', state: 'denied' }),
      asked(7, 'billing'),
    ];
    expect(approvalsOf({ logs }).map(({ pair, answer }) => [pair, answer])).toEqual([
      ['orders', 'approved'],
      ['orders', 'denied'],
      ['billing', 'open'],
    ]);
  });
});

describe('epochsOf', () => {
  it('lists what was recorded, in order', () => {
    const logs = [log(1, 'epoch recorded', { pair: 'orders', epoch: 3, mode: 'FAILOVER', primary: 'b-1' })];
    expect(epochsOf({ logs })).toEqual([{ atMs: 1, pair: 'orders', epoch: 3, mode: 'FAILOVER' }]);
  });
});

describe('refusalsOf', () => {
  it('lists runs that ended Refused with the codes of all their blockers', () => {
    const run = { machine: 'failover', region: 'us-west-2', status: 'SUCCEEDED', transitions: 1, historyEvents: 1 };
    const refused = { outcome: 'Refused', blockers: [{ code: 'FROZEN' }, { code: 'LOCK_HELD' }, 'odd'] };
    expect(
      refusalsOf([
        { ...run, run: 'failover', startedAtMs: 1, endedAtMs: 2, output: refused },
        { ...run, run: 'failover 2', startedAtMs: 3, output: { outcome: 'FailedOver' } },
        { ...run, run: 'failover 3', startedAtMs: 4, output: null },
      ]),
    ).toEqual([{ atMs: 2, run: 'failover', region: 'us-west-2', codes: ['FROZEN', 'LOCK_HELD'] }]);
    expect(blockerCodes(undefined)).toEqual([]);
  });
});
