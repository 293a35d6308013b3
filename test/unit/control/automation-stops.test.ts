import { describe, expect, it } from 'vitest';
import { type AutomationPolicy, automationStops } from '../../../functions/control/automation-stops.ts';
import { judgeGuards } from '../../../functions/control/guard-findings.ts';
import type { KnownGuards, RecordedPromotion } from '../../../functions/control/guards.ts';
import { noonMs } from '../../support/brokers.ts';

const stop = { kind: 'denied', reason: 'the failover was denied', by: 'arn:run', atMs: noonMs - 60_000 } as const;
const promotion = (changes: Partial<RecordedPromotion> = {}): RecordedPromotion => ({
  mode: 'SWITCHOVER',
  subject: 'b-2222',
  status: 'issued',
  executionArn: 'arn:switchover',
  openedAtMs: noonMs - 60_000,
  ...changes,
});
const always = { reason: 'payday', startUtc: '00:00', durationMinutes: 1_440 };
const everyDay = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const codes = (guards: Partial<KnownGuards>, policy: Partial<AutomationPolicy> = {}): readonly string[] =>
  automationStops(guards, { name: 'orders', automaticFailover: true, ...policy }, noonMs).map(({ code }) => code);

describe('automationStops', () => {
  it('finds nothing for an enrolled pair that nobody has stopped', () => {
    expect(codes({})).toEqual([]);
  });

  it('gives every reason at once', () => {
    const protectedWindows = [{ ...always, days: [...everyDay], covers: ['automatic' as const] }];
    expect(codes({ stop, promotion: promotion() }, { automaticFailover: false, protectedWindows })).toEqual([
      'NOT_ENROLLED',
      'PROTECTED_WINDOW',
      'PROMOTION_OPEN',
      'AUTOMATION_STOPPED',
    ]);
  });

  it.each(['denied', 'expired', 'never', 'loss-budget', 'stalled'] as const)(
    'is stopped by "%s", with the command that resumes',
    (kind) => {
      const [found] = automationStops({ stop: { ...stop, kind } }, { name: 'orders', automaticFailover: true }, noonMs);
      expect(found).toMatchObject({ code: 'AUTOMATION_STOPPED', evidence: { kind, by: 'arn:run' } });
      expect(found?.message).toContain(`(${kind}): the failover was denied`);
      expect(found?.message).toContain('npx mq-dr resume --pair orders');
    },
  );

  it.each([
    ['a switchover that was asked for', { status: 'issuing' }, ['PROMOTION_OPEN']],
    ['a switchover that is confirmed', { status: 'issued' }, ['PROMOTION_OPEN']],
    ['a switchover that has ended', { status: 'settled' }, []],
    // An automatic run must be able to go on where an earlier one died.
    ['a failover', { mode: 'FAILOVER' }, []],
  ] as const)('judges %s', (_what, changes, expected) => {
    expect(codes({ promotion: promotion(changes) })).toEqual(expected);
  });

  it.each([
    ['unset', undefined, []],
    ['planned', ['planned'], []],
    ['automatic', ['automatic'], ['PROTECTED_WINDOW']],
    ['both', ['planned', 'automatic'], ['PROTECTED_WINDOW']],
  ] as const)('is stopped by a window that covers it (%s)', (_label, covers, expected) => {
    const window = { ...always, days: [...everyDay], ...(covers && { covers: [...covers] }) };
    expect(codes({}, { protectedWindows: [window] })).toEqual(expected);
  });
});

describe('a person’s run', () => {
  it('is not stopped by what stops automatic ones', () => {
    const guards: KnownGuards = { known: true, stop, promotion: promotion() };
    const policy = { automaticFailover: false, antiFlapSeconds: 3_600 };
    const judge = (automatic: boolean) =>
      judgeGuards(guards, { executionArn: 'arn:me', automatic, overrideControl: null }, policy, noonMs);
    expect(judge(false)).toEqual({ blockers: [], warnings: [] });
    expect(judge(true).blockers.map(({ code }) => code)).toEqual([
      'NOT_ENROLLED',
      'PROMOTION_OPEN',
      'AUTOMATION_STOPPED',
    ]);
  });
});
