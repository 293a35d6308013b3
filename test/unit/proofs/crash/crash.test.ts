import { describe, expect, it } from 'vitest';
import { recordSites } from '../../../../proofs/baseline/call-sites.ts';
import { findBaseline } from '../../../../proofs/baseline/find-baseline.ts';
import { type Played, play } from '../../../../proofs/baseline/play.ts';
import { crashMatrix } from '../../../../proofs/crash/crash-matrix.ts';
import { ending, redriving } from '../../../../proofs/crash/ending.ts';
import { judgeCrash } from '../../../../proofs/crash/judge-crash.ts';
import { type Kill, killing } from '../../../../proofs/crash/kill.ts';

const { machine, baseline } = findBaseline('failover', 'fails over');

const undisturbed = async () => {
  const recorder = recordSites(machine);
  const played = await play(baseline, recorder.disturbance);
  return { played, sites: recorder.sites(), struck: true };
};

const promoteKilled = (when: Kill['when'], tries: Kill['tries']): Kill => ({
  state: 'RequestFailover',
  operation: 'mq:Promote',
  occurrence: 1,
  when,
  tries,
});

describe('a baseline', () => {
  it('is the same every time', async () => {
    expect(await undisturbed()).toEqual(await undisturbed());
  });
});

describe('a kill', () => {
  it.each([
    ['before', 'once'],
    ['after', 'once'],
    ['after', 'spent'],
  ] as const)(
    '%s the promotion, %s, changes neither the final state nor the number of promotions',
    async (when, tries) => {
      const known = await undisturbed();
      const { disturbance, struck } = killing(machine, promoteKilled(when, tries));
      const played = await play(baseline, disturbance, { wanted: 'FailedOver' });
      expect(struck()).toBe(true);
      expect(played.finalState).toEqual(known.played.finalState);
      expect(played.effects).toEqual(known.played.effects);
      expect(played.first.status).toBe(tries === 'once' ? 'SUCCEEDED' : 'FAILED');
      expect(played.recovery?.outcome).toBe(tries === 'once' ? undefined : 'FailedOver');
    },
  );
});

describe('the end of a run from outside', () => {
  it.each([
    ['stopped', 'ABORTED'],
    ['timed out', 'TIMED_OUT'],
  ] as const)('%s in the middle of the promotion, is made up for by the next run', async (how, status) => {
    const known = await undisturbed();
    const { disturbance, struck } = ending(machine, 'RequestFailover', how);
    const played = await play(baseline, disturbance, { wanted: 'FailedOver' });
    expect(struck()).toBe(true);
    expect(played.first.status).toBe(status);
    expect(played.finalState).toEqual(known.played.finalState);
    expect(played.effects).toEqual(known.played.effects);
  });
});

describe('a redrive of a failed run', () => {
  it('fails again', async () => {
    const failing = findBaseline('failover', 'fails at the write');
    const { disturbance, redriven } = redriving();
    const { first } = await play(failing.baseline, disturbance);
    expect(first.status).toBe('FAILED');
    expect(redriven()).toEqual({ status: 'FAILED', error: first.error });
  });
});

describe('the crash matrix', () => {
  it('has every call site before and after, and each Task stopped and timed out', async () => {
    const answer = await undisturbed();
    const cases = crashMatrix.casesOf(machine, [{ machine: machine.name, baseline: baseline.name, answer }]);
    for (const { state, operation, count } of answer.sites) {
      for (const when of ['before', 'after'] as const) {
        for (const occurrence of [1, count]) {
          const strike = { kind: 'kill', state, operation, occurrence, when, tries: 'once' };
          expect(cases).toContainEqual(expect.objectContaining({ strike }));
        }
      }
    }
    const spent = cases.filter(({ strike }) => strike.kind === 'kill' && strike.tries === 'spent');
    expect(spent.map(({ name }) => name)).toContain(
      'failover, RequestFailover: killed after call 1 of mq:Promote, spent',
    );
    expect(cases.filter(({ strike }) => strike.kind === 'end').length % 2).toBe(0);
  });
});

describe('the judgement of a crash', () => {
  const end = {
    executionArn: 'arn:1',
    status: 'SUCCEEDED',
    outcome: 'FailedOver',
    error: undefined,
    cause: undefined,
    output: undefined,
    states: [],
  };
  const played: Played = {
    first: end,
    recovery: undefined,
    recoveries: 0,
    finalState: ['a: 1', 'b: 2'],
    effects: ['Promote us-west-2 x'],
    heldAtOnce: [],
    heldForGood: [],
    answerProblems: [],
    endless: [],
    seconds: 1,
    enteredAfter: {},
    historyEvents: 1,
    caught: [],
  };
  const known = { machine: 'failover', baseline: 'fails over', answer: { played, sites: [], struck: true } };
  const judge = (changes: Partial<Played>, tries: Kill['tries'] = 'once', functionName = 'request-failover') =>
    judgeCrash(
      {
        known,
        strike: { kind: 'kill', ...promoteKilled('after', tries) },
        state: 'RequestFailover',
        column: '',
        name: '',
      },
      {
        answer: { played: { ...played, ...changes }, sites: [], struck: true },
        functionName,
        without: ['a: 1', 'b: without'],
      },
    );

  it('finds nothing in the same end', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<Played>, string]>([
    [
      'another end',
      { first: { ...end, outcome: 'Refused' } },
      'ended as SUCCEEDED Refused instead of SUCCEEDED FailedOver',
    ],
    ['another final state', { finalState: ['a: 1', 'b: 3'] }, 'missing: b: 2'],
    [
      'a write that is repeated',
      { effects: [...played.effects, ...played.effects] },
      'took effect 2 times instead of 1',
    ],
    ['a run that never ends', { endless: ['failover x'] }, 'failover x never ends'],
    ['a lock that stays', { heldAtOnce: ['l'], heldForGood: ['l'] }, 'l'],
    ['a lock that is free only later', { heldAtOnce: ['l'] }, 'l'],
    ['an answer that no fact knows', { answerProblems: ['p'] }, 'p'],
  ])('finds %s', (_label, changes, reason) => {
    expect(judge(changes).join('\n')).toContain(reason);
  });

  it('lets a step that may fail leave its part undone, and no other', () => {
    expect(judge({ finalState: ['a: 1', 'b: without'] }, 'spent', 'publish-endpoint')).toEqual([]);
    expect(judge({ finalState: ['a: 1', 'b: without'] }, 'spent')).not.toEqual([]);
    expect(judge({ finalState: ['b: without'] }, 'spent', 'publish-endpoint')).toEqual(['missing: a: 1']);
  });

  it('does not let a run succeed whose Task failed for good', () => {
    expect(judge({}, 'spent')).toEqual(['succeeded although request-failover failed permanently']);
  });
});
