import { describe, expect, it } from 'vitest';
import { findBaseline } from '../../../../proofs/baseline/find-baseline.ts';
import { type Played, play } from '../../../../proofs/baseline/play.ts';
import { disturbing } from '../../../../proofs/faults/disturb.ts';
import { callFaultKinds, faultsOf } from '../../../../proofs/faults/fault-kinds.ts';
import { judgeFault } from '../../../../proofs/faults/judge-fault.ts';
import { faultSchema } from '../../../../simulator/world/fault-schema.ts';

const { machine, baseline } = findBaseline('failover', 'fails over');
const wanted = 'FailedOver';

describe('the kinds of faults', () => {
  it.each(callFaultKinds)('%s is something that the world can do', (kind) => {
    const faults = faultsOf(kind, 'failover *: request-failover*', 'us-east-1');
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(faultSchema.safeParse(fault).success).toBe(true);
  });
});

describe('a fault of one state', () => {
  it.each([
    ['access denied', 'RequestFailover', 'FAILED', 'AccessDenied'],
    ['timeout', 'RequestFailover', 'FAILED', 'Sandbox.Timedout'],
    ['throttled', 'RequestFailover', 'FAILED', 'ServiceUnavailable'],
    ['access denied', 'PublishEndpoint', 'SUCCEEDED', 'FailedOver'],
  ] as const)('%s at %s ends the run as %s %s, and the next one goes through', async (fault, state, status, end) => {
    const { disturbance, struck } = disturbing(machine, state, fault);
    const played = await play(baseline, disturbance, { wanted });
    expect(struck()).toBe(true);
    expect(played.first.status).toBe(status);
    expect(played.first.error ?? played.first.outcome).toBe(end);
    expect((played.recovery ?? played.first).outcome).toBe(wanted);
    expect(played.effects).toHaveLength(1);
  });

  it('is noticed when no call met it', async () => {
    const { disturbance, struck } = disturbing(machine, 'ReleaseHeld', 'throttled');
    await play(baseline, disturbance, { wanted });
    expect(struck()).toBe(false);
  });
});

describe('the judgement of a fault', () => {
  const first = {
    executionArn: 'arn:1',
    status: 'FAILED',
    outcome: undefined,
    error: 'AccessDenied',
    cause: 'why',
    output: undefined,
    states: [],
  };
  const expected: Played = {
    first: { ...first, status: 'SUCCEEDED', outcome: wanted, error: undefined, cause: undefined },
    recovery: undefined,
    recoveries: 0,
    finalState: ['a: 1'],
    effects: ['Promote us-west-2 x'],
    heldAtOnce: [],
    heldForGood: [],
    answerProblems: [],
    endless: [],
    seconds: 10,
    enteredAfter: {},
    historyEvents: 100,
    caught: [],
  };
  const failed: Played = {
    ...expected,
    first,
    recovery: expected.first,
    recoveries: 1,
    caught: [{ state: 'RequestFailover', error: 'AccessDenied', cause: 'why' }],
  };
  const judge = (changes: Partial<Played>, struck = true) =>
    judgeFault(machine, { played: { ...failed, ...changes }, struck }, expected, undefined, 1_000);

  it('finds nothing in a run that fails with its first error', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<Played>, string]>([
    [
      'an error that is not the first one',
      { first: { ...first, error: 'NotFound' } },
      'while the first error was AccessDenied at RequestFailover',
    ],
    [
      'an error that no list has',
      { first: { ...first, error: 'Oops' }, caught: [] },
      'failed with Oops, which no list of errors has',
    ],
    ['a run that times out', { first: { ...first, status: 'TIMED_OUT' } }, 'ended as TIMED_OUT'],
    ['an outcome that the definition lacks', { first: { ...expected.first, outcome: 'Done' } }, 'succeeded as Done'],
    ['a run beyond its time', { seconds: 7_201 }, 'took 7201 s of 7200'],
    ['more history than was proved possible', { historyEvents: 1_001 }, '1001 history events'],
    [
      'a next run that fails',
      { recovery: { ...first, cause: 'again' } },
      'the next run ended as FAILED AccessDenied: again',
    ],
    ['another final state', { finalState: ['a: 2'] }, 'missing: a: 1'],
    ['a write that is repeated', { effects: ['Promote us-west-2 x', 'Promote us-west-2 x'] }, 'took effect 2 times'],
    ['a lock that stays', { heldForGood: ['l'] }, 'l'],
  ])('finds %s', (_label, changes, reason) => {
    expect(judge(changes).join('\n')).toContain(reason);
  });

  it('does not count a fault that met nothing', () => {
    expect(judge({}, false)).toEqual(['no call of the state met the fault']);
  });
});
