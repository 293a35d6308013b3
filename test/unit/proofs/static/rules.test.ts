import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../simulator/engine/expression/json.ts';
import { machineWith, soundStates, task, violationsOf } from './small-machine.ts';

const stateOf = (name: string): JsonObject => soundStates[name] as JsonObject;

/** `rule at state`, each once. */
const broken = (changes: Readonly<Record<string, Json>>): readonly string[] => [
  ...new Set(violationsOf(machineWith(changes)).map(({ rule, state = '' }) => `${rule} ${state}`)),
];

describe('a sound definition', () => {
  it('breaks no rule', () => {
    expect(violationsOf(machineWith({}))).toEqual([]);
  });
});

describe('the rules', () => {
  it('find a write that a refusal does not stop, and show the way to it', () => {
    const gate = {
      ...stateOf('Gate'),
      Choices: [{ Condition: "{% $assessment.verdict = 'maybe' %}", Next: 'Refused' }],
    };
    const violations = violationsOf(machineWith({ Gate: gate }));
    const found = violations.find(({ rule }) => rule === 'guard');
    expect(found).toMatchObject({
      state: 'Unpair',
      message: expect.stringContaining('assess-unpair.verdict in proceed'),
    });
    expect(found?.path).toEqual(['Assess -[Next]->', 'Gate -[Default]->', 'Lock -[Next]->', 'Unpair']);
  });

  it('find a write that is made twice for one decision', () => {
    const again = { Condition: "{% $unpaired.outcome = 'not-needed' %}", Next: 'Unpair' };
    const unpaired = { ...stateOf('Unpaired'), Choices: [again, ...(stateOf('Unpaired').Choices as Json[])] };
    expect(broken({ Unpaired: unpaired })).toContain('once Unpair');
  });

  it('find a lock that is not given back, and a write without it', () => {
    expect(
      broken({
        GiveBack: null,
        Unpaired: JSON.parse(JSON.stringify(stateOf('Unpaired')).replaceAll('GiveBack', 'End')),
      }),
    ).toContain('lock Done');
    const gate = { ...stateOf('Gate'), Default: 'Unpair' };
    expect(broken({ Gate: gate, Lock: null })).toContain('lock Unpair');
  });

  it('find an error that is swallowed, written over, or not the one that the run ends with', () => {
    const catching = (catcher: JsonObject) =>
      task('unpair-primary', 'Unpaired', {
        Assign: { unpaired: '{% $states.result.Payload %}' },
        Catch: [{ ErrorEquals: ['States.ALL'], ...catcher }] as never,
      });
    expect(
      broken({ Unpair: catching({ Next: 'Report', Assign: { failure: { Error: 'Stalled', Cause: 'x' } } }) }),
    ).toContain('first-error Unpair');
    expect(broken({ Unpair: catching({ Next: 'GiveBack', Assign: { ending: 'Unpaired' } }) })).toContain(
      'catch Unpair',
    );
    const report = task('report-failure', 'Release');
    expect(
      broken({ Report: { ...report, Catch: [{ ...(report.Catch as JsonObject[])[0], Next: 'Release' }] } }),
    ).toContain('first-error Report');
    expect(broken({ Failed: { Type: 'Fail', Error: 'Stalled', Cause: 'x' } })).toContain('first-error Failed');
  });

  it('find a failure that nobody is told of', () => {
    const silent = JSON.parse(JSON.stringify(soundStates).replaceAll('"Report"', '"Release"')) as JsonObject;
    expect(broken({ ...silent, Report: null })).toContain('catch Failed');
  });

  it('find an outcome that does not fit what was answered', () => {
    const end = { ...stateOf('End'), Default: 'Done' };
    expect(broken({ End: end })).toContain('ending Done');
  });

  it('find a variable that is not there on some way', () => {
    const done = { Type: 'Succeed', Output: { outcome: 'Unpaired', by: '{% $unpaired.outcome %}' } };
    expect(broken({ Refused: { ...done, Output: { ...done.Output, outcome: 'Refused' } } })).toContain(
      'assigned Refused',
    );
    expect(broken({ Done: done })).toEqual([]);
  });

  it('find a loop without a bound, and accept one with a count', () => {
    const look = task('observe-unpairing', 'Seen', {
      Assign: { seen: '{% $states.result.Payload %}', looks: '{% $looks + 1 %}' },
    });
    const seen = (bound: string) => ({
      Type: 'Choice',
      Choices: [{ Condition: `{% $seen.phase != 'standalone'${bound} %}`, Next: 'Wait' }],
      Default: 'GiveBack',
    });
    const looping = (bound: string, seconds = 30) => ({
      Assess: { ...stateOf('Assess'), Assign: { assessment: '{% $states.result.Payload %}', looks: 0 } },
      Unpaired: { ...stateOf('Unpaired'), Default: 'Look' },
      Look: look,
      Seen: seen(bound),
      Wait: { Type: 'Wait', Seconds: seconds, Next: 'Look' },
    });
    expect(broken(looping(''))).toContain('bounded Look');
    expect(broken(looping(' and $looks < 10'))).toEqual([]);
    // The run's own hour leaves room for a thousand looks, each tried again, but not at one a second.
    expect(broken(looping(' and $looks < 10000'))).toEqual([]);
    expect(broken(looping(' and $looks < 10000', 1))).toEqual(['history ']);
  });

  it('find what a single state lacks', () => {
    const { TimeoutSeconds: _t, ...timeless } = stateOf('Unpair');
    expect(broken({ Unpair: timeless })).toContain('timeout Unpair');
    expect(broken({ Unpair: { ...stateOf('Unpair'), TimeoutSeconds: 20 } })).toContain('timeout Unpair');
    expect(
      broken({ Unpair: { ...stateOf('Unpair'), Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }] } }),
    ).toContain('retry Unpair');
    const lock = stateOf('Lock');
    expect(broken({ Lock: { ...lock, Catch: (lock.Catch as Json[]).slice(1) } })).toContain('catch Lock');
    expect(
      broken({
        Unpair: { ...stateOf('Unpair'), Arguments: { FunctionName: 'arn:aws:lambda:r:1:function:mq-dr-unheard-of' } },
      }),
    ).toContain('classified Unpair');
  });

  it('find an answer "not yet" after which nothing asks again', () => {
    const look = task('observe-unpairing', 'GiveBack');
    expect(broken({ Unpaired: { ...stateOf('Unpaired'), Default: 'Look' }, Look: look })).toContain('poll-again Look');
  });
});
