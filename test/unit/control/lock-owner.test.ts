import { describe, expect, it } from 'vitest';
import type { KnownGuards } from '../../../functions/control/guards.ts';
import { ownerState, withoutLeftOverLock } from '../../../functions/control/lock-owner.ts';
import { NotFound, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs } from '../../support/brokers.ts';

const here = 'us-west-2';
const owner = `arn:aws:states:${here}:111122223333:execution:switchover:run-1`;
const reader = (status: string | Error) => {
  const asked: string[] = [];
  const describe = async (arn: string) => {
    asked.push(arn);
    if (status instanceof Error) throw status;
    return { status };
  };
  return { asked, describe };
};
const held: KnownGuards = {
  known: true,
  lock: { owner, fence: 3, expiresAtMs: noonMs + 300_000, purpose: 'switchover' },
};
const asking = { executionArn: 'arn:me', region: here, nowMs: noonMs };

describe('ownerState', () => {
  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
    [new ServiceUnavailable('throttled'), 'unknown'],
    // The lease of a watch is taken before its execution starts.
    [new NotFound('no such execution'), 'unknown'],
  ])('of a run that is %s is %s', async (status, expected) => {
    expect(await ownerState(owner, here, reader(status))).toBe(expected);
  });

  it.each([
    ['a run of the other Region, which may be lost', owner.replace(here, 'us-east-1')],
    ['something else', 'somebody'],
    ['another resource', owner.replace(':execution:', ':stateMachine:')],
  ])('does not ask about %s', async (_what, other) => {
    const executions = reader('FAILED');
    expect(await ownerState(other, here, executions)).toBe('unknown');
    expect(executions.asked).toEqual([]);
  });
});

describe('withoutLeftOverLock', () => {
  it('sets a lock aside whose run has ended', async () => {
    expect(await withoutLeftOverLock(held, asking, reader('FAILED'))).toEqual({ known: true, endedLock: held.lock });
  });

  it('leaves every other reading as it is, and asks only about a lock of another run that holds', async () => {
    expect(await withoutLeftOverLock(held, asking, reader('RUNNING'))).toEqual(held);
    const executions = reader('FAILED');
    const unknown = { known: false, reason: 'no table' } as const;
    expect(await withoutLeftOverLock(unknown, asking, executions)).toEqual(unknown);
    expect(await withoutLeftOverLock({ known: true }, asking, executions)).toEqual({ known: true });
    expect(await withoutLeftOverLock(held, { ...asking, executionArn: owner }, executions)).toEqual(held);
    expect(await withoutLeftOverLock(held, { ...asking, nowMs: noonMs + 310_000 }, executions)).toEqual(held);
    expect(executions.asked).toEqual([]);
  });
});
