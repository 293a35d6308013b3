import { GUIDE, machine, passes, type RefusalVector, SPEC, single, task } from './vector.ts';

const JSONATA = `${GUIDE}/transforming-data.html`;
const ENGINE = 'the embedded engine';
const path = (field: string): string => `States.Only.${field}`;

/** Everything that is refused when a state machine is created. */
export const REFUSAL_VECTORS: readonly RefusalVector[] = [
  {
    feature: 'Definitions without QueryLanguage JSONata',
    spec: ENGINE,
    definition: { StartAt: 'Only', States: { Only: { Type: 'Succeed' } } },
    problems: [{ path: 'QueryLanguage', message: 'allowed: "JSONata"' }],
  },
  {
    feature: 'A state in JSONPath',
    spec: JSONATA,
    definition: single({ Type: 'Succeed', QueryLanguage: 'JSONPath' }),
    problems: [{ path: path('QueryLanguage'), message: '"JSONPath" is not supported; allowed: "JSONata"' }],
  },
  {
    feature: 'JSONPath fields',
    spec: JSONATA,
    definition: single({ Type: 'Pass', InputPath: '$', Parameters: {}, ResultPath: '$.a', OutputPath: '$', End: true }),
    problems: [
      { path: path('InputPath'), message: 'belongs to JSONPath' },
      { path: path('Parameters'), message: 'belongs to JSONPath' },
      { path: path('ResultPath'), message: 'belongs to JSONPath' },
      { path: path('OutputPath'), message: 'belongs to JSONPath' },
    ],
  },
  {
    feature: 'JSONPath keys',
    spec: JSONATA,
    definition: passes({ 'a.$': '$.a' }),
    problems: [{ path: path('Output.a.$'), message: 'belongs to JSONPath' }],
  },
  {
    feature: 'Unknown fields',
    spec: SPEC,
    definition: single({ Type: 'Pass', Ouput: 1, End: true }),
    problems: [{ path: path('Ouput'), message: 'did you mean "Output"?' }],
  },
  {
    feature: 'Unknown fields of Retry, Catch and Choices',
    spec: SPEC,
    definition: machine('Only', {
      Only: task({
        Retry: [{ ErrorEquals: ['E'], MaxAttempt: 1 }],
        Catch: [{ ErrorEquals: ['E'], Nxt: 'C', Next: 'C' }],
        End: undefined,
        Next: 'C',
      }),
      C: { Type: 'Choice', Choices: [{ Condition: true, Next: 'C', StringEquals: 'x' }] },
    }),
    problems: [
      { path: path('Retry[0].MaxAttempt'), message: 'did you mean "MaxAttempts"?' },
      { path: path('Catch[0].Nxt'), message: 'did you mean "Next"?' },
      { path: 'States.C.Choices[0].StringEquals', message: 'unknown field "StringEquals"' },
    ],
  },
  {
    feature: 'HeartbeatSeconds and Credentials',
    spec: ENGINE,
    definition: single(task({ HeartbeatSeconds: 5, Credentials: {} })),
    problems: [
      { path: path('HeartbeatSeconds'), message: 'not implemented by this engine' },
      { path: path('Credentials'), message: 'not implemented by this engine' },
    ],
  },
  {
    feature: 'Unknown state types',
    spec: SPEC,
    definition: single({ Type: 'Sucess' }),
    problems: [{ path: path('Type'), message: 'did you mean "Succeed"?' }],
  },
  {
    feature: 'Other Task resources',
    spec: ENGINE,
    definition: single(task({ Resource: 'arn:aws:states:::sqs:sendMessage' })),
    problems: [{ path: path('Resource'), message: '"arn:aws:states:::sqs:sendMessage" is not supported' }],
  },
  {
    feature: 'Callbacks with a task token',
    spec: ENGINE,
    definition: single(
      task({
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: { FunctionName: 'f' },
      }),
    ),
    problems: [{ path: path('Resource'), message: 'lambda:invoke.waitForTaskToken" is not supported' }],
  },
  {
    feature: 'The task token of the context object',
    spec: ENGINE,
    definition: passes('{% $states.context.Task.Token %}'),
    problems: [{ path: path('Output'), message: 'needs .waitForTaskToken, which is not implemented' }],
  },
  {
    feature: 'Unknown and missing members of Arguments',
    spec: `${GUIDE}/connect-lambda.html`,
    definition: single(task({ Arguments: { FuntionName: 'f', Payload: 1 } })),
    problems: [
      { path: path('Arguments.FuntionName'), message: 'did you mean "FunctionName"?' },
      { path: path('Arguments.FunctionName'), message: 'is missing' },
    ],
  },
  {
    feature: 'Distributed Map',
    spec: ENGINE,
    definition: single({
      Type: 'Map',
      ItemReader: {},
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      End: true,
    }),
    problems: [
      {
        path: path('ItemProcessor.ProcessorConfig.Mode'),
        message: '"DISTRIBUTED" is not supported; allowed: "INLINE"',
      },
      { path: path('ItemReader'), message: 'not implemented by this engine' },
    ],
  },
  {
    feature: 'Targets that do not exist',
    spec: SPEC,
    definition: machine('Strat', {
      Start: task({ End: undefined, Next: 'Ende', Catch: [{ ErrorEquals: ['E'], Next: 'Ends' }] }),
      End: { Type: 'Succeed' },
    }),
    problems: [
      { path: 'StartAt', message: 'did you mean "Start"?' },
      { path: 'States.Start', message: 'Next leads to "Ende", which is no state here; did you mean "End"?' },
      { path: 'States.Start', message: 'Catch 0: E leads to "Ends"' },
      { path: 'States.Start', message: 'cannot be reached' },
      { path: 'States.End', message: 'cannot be reached' },
    ],
  },
  {
    feature: 'States that cannot be reached',
    spec: SPEC,
    definition: machine('A', { A: { Type: 'Succeed' }, B: { Type: 'Pass', Next: 'A' } }),
    problems: [{ path: 'States.B', message: 'cannot be reached from StartAt' }],
  },
  {
    feature: 'Machines without an end',
    spec: SPEC,
    definition: machine('A', { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    problems: [{ path: 'States', message: 'has no end' }],
  },
  {
    feature: 'Both or neither of Next and End, of Seconds and Timestamp',
    spec: SPEC,
    definition: machine('A', {
      A: { Type: 'Pass', Next: 'B', End: true },
      B: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z' },
    }),
    problems: [
      { path: 'States.A', message: 'exactly one of Next and End' },
      { path: 'States.B', message: 'exactly one of Next and End' },
      { path: 'States.B', message: 'exactly one of Seconds and Timestamp' },
    ],
  },
  {
    feature: 'One state name in two nested machines',
    spec: SPEC,
    definition: machine('P', {
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Same', States: { Same: { Type: 'Succeed' } } },
          { StartAt: 'Same', States: { Same: { Type: 'Succeed' } } },
        ],
        End: true,
      },
    }),
    problems: [
      {
        path: 'States.P.Branches[1].States.Same',
        message: 'the name "Same" is already used at States.P.Branches[0].States.Same',
      },
    ],
  },
  {
    feature: 'States.ALL that is not alone or not last',
    spec: `${SPEC}#retrying-after-error`,
    definition: single(task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }, { ErrorEquals: ['F'] }] })),
    problems: [
      { path: path('Retry[0].ErrorEquals'), message: '"States.ALL" must stand alone' },
      { path: path('Retry[0].ErrorEquals'), message: '"States.ALL" must come last' },
    ],
  },
  {
    feature: 'Unknown reserved error names',
    spec: `${GUIDE}/concepts-error-handling.html`,
    definition: single(task({ Retry: [{ ErrorEquals: ['States.Timout'] }] })),
    problems: [{ path: path('Retry[0].ErrorEquals'), message: 'did you mean "States.Timeout"?' }],
  },
  {
    feature: 'States.Runtime in ErrorEquals, which never matches',
    spec: `${GUIDE}/concepts-error-handling.html`,
    definition: single(task({ Retry: [{ ErrorEquals: ['States.Runtime'] }] })),
    problems: [{ path: path('Retry[0].ErrorEquals'), message: 'never retried or caught' }],
  },
  {
    feature: 'Retry numbers out of range',
    spec: `${GUIDE}/concepts-error-handling.html`,
    definition: single(
      task({
        Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 0, MaxAttempts: -1, BackoffRate: 0.5, JitterStrategy: 'HALF' }],
      }),
    ),
    problems: [
      { path: path('Retry[0].IntervalSeconds'), message: 'must be an integer from 1' },
      { path: path('Retry[0].MaxAttempts'), message: 'must be an integer from 0' },
      { path: path('Retry[0].BackoffRate'), message: '>=1' },
      { path: path('Retry[0].JitterStrategy'), message: '"HALF" is not supported; allowed: "FULL", "NONE"' },
    ],
  },
  {
    feature: 'MaxDelaySeconds that is not above IntervalSeconds',
    spec: `${GUIDE}/concepts-error-handling.html`,
    definition: single(task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] })),
    problems: [{ path: path('Retry[0].MaxDelaySeconds'), message: 'must be greater than IntervalSeconds (5)' }],
  },
  {
    feature: 'Timestamps that are not RFC 3339',
    spec: `${SPEC}#wait-state`,
    definition: single({ Type: 'Wait', Timestamp: '2026-01-01 00:00', End: true }),
    problems: [{ path: path('Timestamp'), message: 'RFC 3339' }],
  },
  {
    feature: 'JSONata that does not parse',
    spec: JSONATA,
    definition: passes({ a: ['{% 1 + %}'] }),
    problems: [{ path: path('Output.a[0]'), message: 'is not valid JSONata: Unexpected end of expression' }],
  },
  {
    feature: 'JSONata that does not wrap the whole string',
    spec: JSONATA,
    definition: passes('at {% $now() %}'),
    problems: [{ path: path('Output'), message: '{% %} wraps the whole string' }],
  },
  {
    feature: 'An empty expression',
    spec: JSONATA,
    definition: passes('{% %}'),
    problems: [{ path: path('Output'), message: 'is empty' }],
  },
  {
    feature: 'Unknown JSONata functions',
    spec: 'https://docs.jsonata.org',
    definition: passes('{% $map([1], function($v) { $uppercas($v) }) %}'),
    problems: [{ path: path('Output'), message: 'unknown function $uppercas; did you mean "$uppercase"?' }],
  },
  {
    feature: '$eval',
    spec: JSONATA,
    definition: passes('{% $eval("1") %}'),
    problems: [{ path: path('Output'), message: '$eval is not offered by Step Functions' }],
  },
  {
    feature: '$toMillis with a picture',
    spec: ENGINE,
    definition: passes('{% $toMillis("10:00", "[H]:[m]") %}'),
    problems: [{ path: path('Output'), message: '$toMillis with a picture is not implemented' }],
  },
  {
    feature: 'Variables that no state assigns',
    spec: ENGINE,
    definition: machine('A', {
      A: { Type: 'Pass', Assign: { deadline: 1 }, Next: 'B' },
      B: { Type: 'Succeed', Output: '{% $dedline %}' },
    }),
    problems: [
      { path: 'States.B.Output', message: 'unknown variable $dedline; no state assigns it; did you mean "$deadline"?' },
    ],
  },
  {
    feature: 'Variables of a branch used outside',
    spec: `${GUIDE}/workflow-variables.html`,
    definition: single({
      Type: 'Parallel',
      Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Assign: { inner: 1 }, End: true } } }],
      Output: '{% $inner %}',
      End: true,
    }),
    problems: [{ path: path('Output'), message: 'unknown variable $inner' }],
  },
  {
    feature: 'A branch that assigns a variable of the outside',
    spec: `${GUIDE}/workflow-variables.html`,
    definition: single({
      Type: 'Parallel',
      Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Assign: { x: 1 }, End: true } } }],
      Assign: { x: 2 },
      End: true,
    }),
    problems: [{ path: 'States.Only.Branches[0].States.A.Assign.x', message: 'already a variable of the outer scope' }],
  },
  {
    feature: 'Reserved and malformed variable names',
    spec: `${GUIDE}/workflow-variables.html`,
    definition: single({ Type: 'Pass', Assign: { states: 1, now: 2 }, End: true }),
    problems: [
      { path: path('Assign.states'), message: '"states" is a reserved name' },
      { path: path('Assign.now'), message: 'would hide the function $now' },
    ],
  },
  {
    feature: 'Variable names that are no identifiers',
    spec: `${GUIDE}/workflow-variables.html`,
    definition: single({ Type: 'Pass', Assign: { 'a-b': 1 }, End: true }),
    problems: [{ path: path('Assign.a-b'), message: 'is not a variable name' }],
  },
  {
    feature: 'Members of $states where there are none',
    spec: JSONATA,
    definition: single(
      task({ Arguments: { FunctionName: '{% $states.result %}' }, Output: '{% $states.errorOutput.Cause %}' }),
    ),
    problems: [
      { path: path('Arguments.FunctionName'), message: '$states.result is not available here' },
      { path: path('Output'), message: '$states.errorOutput is not available here' },
    ],
  },
  {
    feature: 'Unknown members of the context object',
    spec: `${GUIDE}/input-output-contextobject.html`,
    definition: passes(['{% $states.context.Execution.Nmae %}', '{% $states.context.Sate %}']),
    problems: [
      { path: path('Output[0]'), message: 'did you mean "Name"?' },
      { path: path('Output[1]'), message: 'did you mean "State"?' },
    ],
  },
  {
    feature: '$, $$ and bare names at the top level of an expression',
    spec: JSONATA,
    definition: passes(['{% $ %}', '{% $$.a %}', '{% field.b %}']),
    problems: [
      { path: path('Output[0]'), message: '"$" has no context' },
      { path: path('Output[1]'), message: '"$$" has no context' },
      { path: path('Output[2]'), message: '"field" has no context' },
    ],
  },
  {
    feature: 'Substitutions that were not replaced',
    spec: ENGINE,
    definition: single(task({ Arguments: { FunctionName: '${WorkFunctionArn}' } })),
    problems: [
      { path: path('Arguments.FunctionName'), message: 'the substitution ${WorkFunctionArn} was not replaced' },
    ],
  },
];
