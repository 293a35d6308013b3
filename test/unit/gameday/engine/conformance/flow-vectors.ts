import { type ExecutionVector, machine, SPEC, single } from './vector.ts';

const choose = (more: Readonly<Record<string, unknown>> = {}) =>
  machine('Choose', {
    Choose: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Output: 'big', Assign: { size: 'L' }, Next: 'End' },
        { Condition: '{% $states.input.n > 5 %}', Next: 'End' },
      ],
      ...more,
    },
    End: {
      Type: 'Pass',
      Output: { in: '{% $states.input %}', size: '{% $exists($size) ? $size : "none" %}' },
      End: true,
    },
    Other: { Type: 'Pass', Output: { other: '{% $states.input %}', size: '{% $size %}' }, End: true },
  });

const withDefault = choose({ Default: 'Other', Output: 'small', Assign: { size: 'S' } });

/** Choice and Wait. */
export const FLOW_VECTORS: readonly ExecutionVector[] = [
  {
    feature: 'Choice takes the first rule that is true, with its Assign and Output',
    spec: `${SPEC}#choice-state`,
    definition: withDefault,
    input: { n: 11 },
    expect: {
      status: 'SUCCEEDED',
      output: { in: 'big', size: 'L' },
      history: [
        'ExecutionStarted',
        'ChoiceStateEntered',
        'ChoiceStateExited',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'A Choice rule without Output hands the input on',
    spec: `${SPEC}#choice-state`,
    definition: withDefault,
    input: { n: 6 },
    expect: { status: 'SUCCEEDED', output: { in: { n: 6 }, size: 'none' } },
  },
  {
    feature: 'Choice goes to Default with the Assign and Output of the state',
    spec: `${SPEC}#choice-state`,
    definition: withDefault,
    input: { n: 1 },
    expect: { status: 'SUCCEEDED', output: { other: 'small', size: 'S' } },
  },
  {
    feature: 'Choice without a rule that is true and without Default fails',
    spec: `${SPEC}#choice-state`,
    definition: machine('Choose', {
      Choose: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n > 5 %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    }),
    input: { n: 1 },
    expect: {
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
      cause: /state 'Choose' \(entered at the event id #2\)/,
    },
  },
  {
    feature: 'A Condition that is no boolean fails the state',
    spec: `${SPEC}#choice-state`,
    definition: machine('Choose', {
      Choose: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    }),
    input: { n: 1 },
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        /'Choices\[0\]\/Condition' returned an unexpected result type\. Expected 'boolean', but was 'number' for value: 1$/,
    },
  },
  {
    feature: 'A Condition may be a literal boolean',
    spec: `${SPEC}#choice-state`,
    definition: machine('Choose', {
      Choose: {
        Type: 'Choice',
        Choices: [
          { Condition: false, Next: 'No' },
          { Condition: true, Next: 'Yes' },
        ],
      },
      No: { Type: 'Fail' },
      Yes: { Type: 'Succeed', Output: 'yes' },
    }),
    expect: { status: 'SUCCEEDED', output: 'yes' },
  },
  {
    feature: 'Wait for Seconds',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Seconds: 3_600, End: true }),
    input: { kept: true },
    expect: {
      status: 'SUCCEEDED',
      output: { kept: true },
      durationSeconds: 3_600,
      history: ['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded'],
    },
  },
  {
    feature: 'Wait for Seconds from JSONata',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Seconds: '{% $states.input.s * 2 %}', Output: 'up', End: true }),
    input: { s: 4 },
    expect: { status: 'SUCCEEDED', output: 'up', durationSeconds: 8 },
  },
  {
    feature: 'Seconds that are no integer fail the state',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Seconds: '{% $states.input.s %}', End: true }),
    input: { s: -1 },
    expect: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: /'Seconds' must be an integer from 0/ },
  },
  {
    feature: 'Seconds of another type fail the state',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Seconds: '{% $states.input.s %}', End: true }),
    input: { s: '5' },
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: /Expected 'number', but was 'string' for value: "5"/,
    },
  },
  {
    feature: 'Wait until a Timestamp',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Timestamp: '2026-01-01T02:00:10+02:00', End: true }),
    expect: { status: 'SUCCEEDED', output: {}, durationSeconds: 10 },
  },
  {
    feature: 'Wait until a Timestamp from JSONata',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 5000) %}', End: true }),
    expect: { status: 'SUCCEEDED', durationSeconds: 5 },
  },
  {
    feature: 'A Timestamp in the past does not wait',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true }),
    expect: { status: 'SUCCEEDED', durationSeconds: 0 },
  },
  {
    feature: 'A Timestamp without offset fails the state',
    spec: 'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json',
    definition: single({ Type: 'Wait', Timestamp: '{% $states.input.t %}', End: true }),
    input: { t: '2016-12-05T21:29:29' },
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        /The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2016-12-05T21:29:29$/,
    },
  },
  {
    feature: 'TimeoutSeconds of the machine ends an execution as TIMED_OUT',
    spec: `${SPEC}#toplevelfields`,
    definition: machine('W', { W: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 30 }),
    expect: {
      status: 'TIMED_OUT',
      error: 'States.Timeout',
      durationSeconds: 30,
      history: ['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut'],
    },
  },
];
