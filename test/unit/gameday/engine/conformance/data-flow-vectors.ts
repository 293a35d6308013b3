import { type ExecutionVector, GUIDE, machine, passes, SPEC, single, task } from './vector.ts';

const JSONATA = `${GUIDE}/transforming-data.html`;
const VARIABLES = `${GUIDE}/workflow-variables.html`;

/** Pass, Succeed, Assign, Output, JSONata and the context object. */
export const DATA_FLOW_VECTORS: readonly ExecutionVector[] = [
  {
    feature: 'Pass hands its input on',
    spec: `${SPEC}#pass-state`,
    definition: single({ Type: 'Pass', End: true }),
    input: { a: [1, { b: null }] },
    expect: {
      status: 'SUCCEEDED',
      output: { a: [1, { b: null }] },
      history: ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
      transitions: 1,
      durationSeconds: 0,
    },
  },
  {
    feature: 'Output replaces the output, literals included',
    spec: JSONATA,
    definition: passes({ text: 'plain', number: 7, deep: [{ sum: '{% $states.input.a + 1 %}' }], none: null }),
    input: { a: 41 },
    expect: { status: 'SUCCEEDED', output: { text: 'plain', number: 7, deep: [{ sum: 42 }], none: null } },
  },
  {
    feature: 'Succeed ends with its Output',
    spec: `${SPEC}#succeed-state`,
    definition: single({ Type: 'Succeed', Output: '{% $states.input.a %}' }),
    input: { a: 'done' },
    expect: {
      status: 'SUCCEEDED',
      output: 'done',
      history: ['ExecutionStarted', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
    },
  },
  {
    feature: 'Fail ends with Error and Cause',
    spec: `${SPEC}#fail-state`,
    definition: single({ Type: 'Fail', Error: 'Refused', Cause: 'two reasons' }),
    expect: {
      status: 'FAILED',
      error: 'Refused',
      cause: 'two reasons',
      history: ['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed'],
    },
  },
  {
    feature: 'Fail takes JSONata in Error and Cause',
    spec: `${SPEC}#fail-state`,
    definition: single({ Type: 'Fail', Error: '{% $states.input.e %}', Cause: '{% "because " & $states.input.c %}' }),
    input: { e: 'Late', c: 'slow' },
    expect: { status: 'FAILED', error: 'Late', cause: 'because slow' },
  },
  {
    feature: 'Fail without Error and Cause',
    spec: `${SPEC}#fail-state`,
    definition: single({ Type: 'Fail' }),
    expect: { status: 'FAILED', history: ['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed'] },
  },
  {
    feature: 'Assign sets variables for later states',
    spec: VARIABLES,
    definition: machine('A', {
      A: { Type: 'Pass', Assign: { x: '{% $states.input.n %}', y: { z: [1] } }, Next: 'B' },
      B: { Type: 'Pass', Output: '{% $x + $y.z[0] %}', End: true },
    }),
    input: { n: 2 },
    expect: { status: 'SUCCEEDED', output: 3 },
  },
  {
    feature: 'Assign and Output see one snapshot',
    spec: VARIABLES,
    definition: machine('A', {
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: {
        Type: 'Pass',
        Assign: { x: '{% $x + 1 %}', y: '{% $x * 10 %}' },
        Output: '{% $x %}',
        Next: 'C',
      },
      C: { Type: 'Pass', Output: { before: '{% $states.input %}', x: '{% $x %}', y: '{% $y %}' }, End: true },
    }),
    expect: { status: 'SUCCEEDED', output: { before: 1, x: 2, y: 10 } },
  },
  {
    feature: 'A value handed on is a copy',
    spec: JSONATA,
    definition: machine('A', {
      A: { Type: 'Pass', Assign: { x: '{% $states.input %}' }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $merge([$x, {"n": 2}]) %}' }, Output: '{% $states.input.n %}', End: true },
    }),
    input: { n: 1 },
    expect: { status: 'SUCCEEDED', output: 1 },
  },
  {
    feature: 'An expression that yields nothing fails the state',
    spec: JSONATA,
    definition: passes({ result: '{% $states.input.missing %}' }),
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression " +
        "'$states.input.missing' specified for the field 'Output/result' returned nothing (undefined).",
      history: ['ExecutionStarted', 'PassStateEntered', 'EvaluationFailed', 'ExecutionFailed'],
    },
  },
  {
    feature: 'An expression that throws fails the state',
    spec: JSONATA,
    definition: passes('{% $number($states.input.a) %}'),
    input: { a: 'seven' },
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: /field 'Output' threw an error during evaluation\. D3030: /,
    },
  },
  {
    feature: 'An expression that yields a function fails the state',
    spec: 'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json',
    definition: passes('{% function($x){ $x } %}'),
    expect: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: /returned an unsupported result type\.$/ },
  },
  {
    feature: 'Nothing inside an object or array of JSONata vanishes',
    spec: 'https://docs.jsonata.org/processing',
    definition: passes('{% {"gone": $states.input.missing, "list": [1, $states.input.missing, 2]} %}'),
    expect: { status: 'SUCCEEDED', output: { list: [1, 2] } },
  },
  {
    feature: 'A sequence of one collapses, brackets keep it',
    spec: 'https://docs.jsonata.org/processing#sequences',
    definition: passes('{% {"one": $states.input.a[b > 1].b, "kept": [$states.input.a[b > 1].b]} %}'),
    input: { a: [{ b: 1 }, { b: 2 }] },
    expect: { status: 'SUCCEEDED', output: { one: 2, kept: [2] } },
  },
  {
    feature: '$partition, $range, $hash and $parse',
    spec: `${JSONATA}#jsonata-functions-provided-by-sfn`,
    definition: passes({
      partition: '{% $partition([1, 2, 3], 2) %}',
      range: '{% $range(0, 10, 5) %}',
      hash: '{% $hash("a", "SHA-256") %}',
      parse: '{% $parse("{\\"a\\": [1]}").a %}',
    }),
    expect: {
      status: 'SUCCEEDED',
      output: {
        partition: [[1, 2], [3]],
        range: [0, 5, 10],
        hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
        parse: [1],
      },
    },
  },
  {
    feature: '$hash with an unknown algorithm fails the state',
    spec: `${JSONATA}#jsonata-functions-provided-by-sfn`,
    definition: passes('{% $hash("a", "CRC") %}'),
    expect: { status: 'FAILED', error: 'States.QueryEvaluationError', cause: /\$hash knows MD5, .* not CRC/ },
  },
  {
    feature: '$random and $uuid come from the seed',
    spec: `${JSONATA}#jsonata-functions-provided-by-sfn`,
    definition: passes({
      number: '{% $random() %}',
      same: '{% $random(7) = $random(7) %}',
      uuid: '{% $uuid() %}',
      shuffled: '{% $shuffle([1, 2, 3]) %}',
    }),
    expect: {
      status: 'SUCCEEDED',
      output: { number: 0.5, same: true, uuid: '80808080-8080-4080-8080-808080808080', shuffled: [1, 3, 2] },
    },
  },
  {
    feature: '$now and $millis follow virtual time',
    spec: 'https://docs.jsonata.org/date-time-functions',
    definition: machine('A', {
      A: { Type: 'Wait', Seconds: 90, Next: 'B' },
      B: {
        Type: 'Pass',
        Output: { now: '{% $now() %}', picture: '{% $now("[H01]:[m01]") %}', millis: '{% $millis() %}' },
        End: true,
      },
    }),
    expect: {
      status: 'SUCCEEDED',
      output: { now: '2026-01-01T00:01:30.000Z', picture: '00:01', millis: 1_767_225_690_000 },
    },
  },
  {
    feature: 'The context object of an execution and a state',
    spec: `${GUIDE}/input-output-contextobject.html`,
    definition: passes('{% $states.context %}'),
    input: { a: 1 },
    expect: {
      status: 'SUCCEEDED',
      output: {
        Execution: {
          Id: 'arn:aws:states:us-east-1:111122223333:execution:machine:run',
          Input: { a: 1 },
          Name: 'run',
          RoleArn: 'arn:aws:iam::111122223333:role/machine',
          StartTime: '2026-01-01T00:00:00.000Z',
          RedriveCount: 0,
        },
        State: { Name: 'Only', EnteredTime: '2026-01-01T00:00:00.000Z' },
        StateMachine: { Id: 'arn:aws:states:us-east-1:111122223333:stateMachine:machine', Name: 'machine' },
      },
    },
  },
  {
    feature: 'An output of more than 262,144 bytes fails the state',
    spec: `${GUIDE}/service-quotas.html`,
    definition: passes('{% $pad("", 262143) %}'),
    expect: { status: 'FAILED', error: 'States.DataLimitExceeded', cause: /^The state\/task 'Only' returned a result/ },
  },
  {
    feature: 'An output of exactly 262,144 bytes passes',
    spec: `${GUIDE}/service-quotas.html`,
    definition: passes('{% $length($states.input) = 0 ? $pad("", 262142) : "" %}'),
    input: '',
    expect: { status: 'SUCCEEDED', output: ' '.repeat(262_142) },
  },
  {
    feature: 'Variables assigned at once share 262,144 bytes',
    spec: VARIABLES,
    definition: single({
      Type: 'Pass',
      Assign: { a: '{% $pad("", 200000) %}', b: '{% $pad("", 100000) %}' },
      End: true,
    }),
    expect: { status: 'FAILED', error: 'States.DataLimitExceeded', cause: /assigns 300015 bytes/ },
  },
  {
    feature: 'A Lambda result carries the integration members',
    spec: `${GUIDE}/connect-lambda.html`,
    definition: single(task({ Output: '{% $states.result %}' })),
    answers: { Only: [{ payload: { ok: true } }] },
    expect: {
      status: 'SUCCEEDED',
      output: {
        ExecutedVersion: '$LATEST',
        Payload: { ok: true },
        SdkHttpMetadata: { HttpStatusCode: 200 },
        SdkResponseMetadata: { RequestId: '80808080-8080-4080-8080-808080808080' },
        StatusCode: 200,
      },
    },
  },
];
