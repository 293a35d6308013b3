import { describe, expect, it } from 'vitest';
import { decideEscalation, type EscalationFacts } from '../../../functions/promotion/escalation.ts';

const known = (events: number) => ({ known: true, events, ageSeconds: 60, current: true }) as const;
const unknown = { known: false, reason: 'no gauge' } as const;

const decide = (changes: Partial<EscalationFacts>) =>
  decideEscalation({
    phase: 'stalled',
    policy: { mode: 'never' },
    predictedLoss: known(10),
    approval: 'none',
    ...changes,
  });

describe('decideEscalation', () => {
  it.each(['none', 'open', 'approved', 'denied', 'expired'] as const)(
    'settles an exchange and waits for progress, whatever the answer (%s)',
    (approval) => {
      const policy = { mode: 'auto', lossBudgetEvents: 100 } as const;
      expect(decide({ phase: 'exchanged', policy, approval }).action).toBe('settle');
      expect(decide({ phase: 'waiting', policy, approval }).action).toBe('wait');
    },
  );

  it('never fails a pair over that is not to be', () => {
    expect(decide({ approval: 'approved' })).toEqual({
      action: 'give-up',
      because: 'the policy of the pair never escalates',
      refusedBy: 'never',
    });
  });

  it.each([
    ['none', 'ask', 'the pair requires an approval: 10 events, 60 s ago', undefined],
    ['open', 'wait', 'the approval of a failover is pending', undefined],
    ['approved', 'escalate', 'the failover was approved', undefined],
    ['denied', 'give-up', 'the failover was denied', 'denied'],
    ['expired', 'give-up', 'nobody approved the failover in time', 'expired'],
  ] as const)('asks a person (answer: %s → %s)', (approval, action, because, refusedBy) => {
    expect(decide({ policy: { mode: 'ask' }, approval })).toEqual({ action, because, refusedBy });
  });

  it('says that the loss budget was the reason when nobody allowed more in time', () => {
    const policy = { mode: 'auto', lossBudgetEvents: 5 } as const;
    expect(decide({ policy, approval: 'expired' }).refusedBy).toBe('loss-budget');
    expect(decide({ policy, approval: 'denied' }).refusedBy).toBe('denied');
  });

  it('does not ask less because the pair has a budget', () => {
    expect(decide({ policy: { mode: 'ask', lossBudgetEvents: 1_000 } }).action).toBe('ask');
  });

  it.each([
    ['a loss within the budget', known(100), 'escalate', 'the predicted loss fits the budget: 100 events, 60 s ago'],
    ['a loss beyond it', known(101), 'ask', 'the predicted loss does not fit the budget: 101 events, 60 s ago'],
    ['an unknown loss', unknown, 'ask', 'the predicted loss does not fit the budget: unknown (no gauge)'],
  ] as const)('acts by itself on %s only', (_label, predictedLoss, action, because) => {
    expect(decide({ policy: { mode: 'auto', lossBudgetEvents: 100 }, predictedLoss })).toEqual({ action, because });
  });

  it('takes a budget of nothing at its word', () => {
    const policy = { mode: 'auto', lossBudgetEvents: 0 } as const;
    expect(decide({ policy, predictedLoss: known(0) }).action).toBe('escalate');
    expect(decide({ policy, predictedLoss: known(1) }).action).toBe('ask');
  });

  it.each(['open', 'denied', 'expired'] as const)(
    'leaves a question that was asked (%s) to its answer, though the loss fits the budget by now',
    (approval) => {
      const policy = { mode: 'auto', lossBudgetEvents: 100 } as const;
      expect(decide({ policy, approval }).action).toBe(approval === 'open' ? 'wait' : 'give-up');
    },
  );
});
