import { describe, expect, it } from 'vitest';
import { type Approval, approvalState } from '../../../functions/control/approval.ts';

const approval = (status: Approval['status']): Approval => ({
  pair: 'orders',
  approvalId: 'a1',
  question: 'Reboot?',
  status,
  expiresAtMs: 1_000,
  executionArn: 'arn:run',
});

describe('approvalState', () => {
  it.each<[string, Approval | undefined, number, string]>([
    ['open until its time', approval('open'), 999, 'open'],
    ['expired at its time', approval('open'), 1_000, 'expired'],
    ['approved, also after its time', approval('approved'), 5_000, 'approved'],
    ['denied', approval('denied'), 0, 'denied'],
    ['expired when the item is gone', undefined, 0, 'expired'],
  ])('is %s', (_label, given, nowMs, state) => {
    expect(approvalState(given, nowMs)).toBe(state);
  });
});
