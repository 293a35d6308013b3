import { describe, expect, it } from 'vitest';
import type { Epoch, GuardReading } from '../../../functions/control/guards.ts';
import { assessFailback, type FailbackFacts } from '../../../functions/promotion/failback-gates.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';

const epoch = (changes: Partial<Epoch> = {}): Epoch => ({
  number: 4,
  mode: 'FAILOVER',
  primaryBrokerId: westRef.brokerId,
  primaryRegion: westRef.region,
  promotedAtMs: noonMs - 3_600_000,
  executionArn: 'arn:run-1',
  ...changes,
});

const guards = (newest?: Epoch): GuardReading => ({ known: true, ...(newest && { epoch: newest }) });

const codes = (changes: Partial<FailbackFacts> = {}) =>
  assessFailback({
    runningRegion: eastRef.region,
    guards: guards(epoch()),
    verdict: 'steady',
    step: 'issue',
    ...changes,
  }).map(({ code }) => code);

const backAgain = epoch({ number: 5, mode: 'SWITCHOVER', primaryRegion: eastRef.region });

describe('the gates of a failback', () => {
  it.each(['steady', 'draining'] as const)(
    'let it pass after a failover once replication to the original primary is %s',
    (verdict) => {
      expect(codes({ verdict })).toEqual([]);
    },
  );

  it('let a second start pass when the first has exchanged the roles', () => {
    expect(codes({ guards: guards(backAgain), step: 'done', verdict: 'exchanged' })).toEqual([]);
  });

  it.each(['observe', 'wait', 'done'] as const)(
    'do not ask for healthy replication when a switchover here is at "%s"',
    (step) => {
      expect(codes({ step, verdict: 'frozen' })).toEqual([]);
    },
  );

  it.each(['lagging', 'frozen', 'absent', 'contradictory', 'exchanged'] as const)(
    'refuse while replication to the original primary is %s',
    (verdict) => {
      expect(codes({ verdict })).toEqual(['REVERSE_NOT_HEALTHY']);
    },
  );

  it.each<[string, Partial<FailbackFacts>, string, RegExp]>([
    ['a pair that nothing promoted', { guards: guards() }, 'NOT_FAILED_OVER', /no promotion .* use switchover/],
    [
      'a pair that was switched over',
      { guards: guards(epoch({ mode: 'SWITCHOVER' })) },
      'NOT_FAILED_OVER',
      /switchover to us-west-2: nothing was left behind; use switchover/,
    ],
    [
      'a start in the Region that the failover promoted',
      { runningRegion: westRef.region },
      'PRIMARY_IS_HERE',
      /us-west-2 the primary: start a failback in the Region to go back to/,
    ],
    [
      'a second start in the Region that an escalation promoted',
      { guards: guards(epoch({ primaryRegion: eastRef.region })), step: 'done' },
      'PRIMARY_IS_HERE',
      /us-east-1 the primary/,
    ],
    [
      'a second start while the roles are exchanged again',
      { guards: guards(backAgain), step: 'issue' },
      'PRIMARY_IS_HERE',
      /us-east-1 the primary/,
    ],
  ])('refuse %s', (_what, changes, code, message) => {
    const [finding, ...more] = assessFailback({
      runningRegion: eastRef.region,
      guards: guards(epoch()),
      verdict: 'steady',
      step: 'issue',
      ...changes,
    });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('name both reasons at once', () => {
    expect(codes({ guards: guards(), verdict: 'absent' })).toEqual(['NOT_FAILED_OVER', 'REVERSE_NOT_HEALTHY']);
  });

  it('leave a Control table that cannot be read to the guards', () => {
    expect(codes({ guards: { known: false, reason: 'no answer' } })).toEqual([]);
  });

  it('come with the epoch in the evidence', () => {
    const [finding] = assessFailback({
      runningRegion: westRef.region,
      guards: guards(epoch()),
      verdict: 'steady',
      step: 'issue',
    });
    expect(finding?.evidence).toEqual({ epoch: 4, mode: 'FAILOVER', primaryRegion: 'us-west-2' });
  });
});
