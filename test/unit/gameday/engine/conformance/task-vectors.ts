import { type ExecutionVector, GUIDE, machine, SPEC, single, startChild, TASK_EVENTS, task } from './vector.ts';

const ERRORS = `${GUIDE}/concepts-error-handling.html`;
const RECORDED =
  'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/error_handling';

const caughtBy = (ErrorEquals: readonly string[], more: Readonly<Record<string, unknown>> = {}) =>
  machine('Work', {
    Work: task({ Catch: [{ ErrorEquals, Next: 'Caught', ...more }] }),
    Caught: { Type: 'Pass', Output: { caught: '{% $states.input %}' }, End: true },
  });

/** Task, Retry, Catch and child executions. */
export const TASK_VECTORS: readonly ExecutionVector[] = [
  {
    feature: 'Task calls its function and hands the result to Output',
    spec: `${SPEC}#task-state`,
    definition: single(task()),
    input: { a: 1 },
    answers: { Only: [{ payload: { b: 2 }, afterSeconds: 3 }] },
    expect: {
      status: 'SUCCEEDED',
      output: { b: 2 },
      durationSeconds: 3,
      history: ['ExecutionStarted', ...TASK_EVENTS, 'ExecutionSucceeded'],
      transitions: 1,
    },
  },
  {
    feature: 'A Task that fails ends the execution with its error',
    spec: `${SPEC}#errors`,
    definition: single(task()),
    answers: { Only: [{ error: 'BrokerGone', cause: '{"errorType":"BrokerGone"}' }] },
    expect: {
      status: 'FAILED',
      error: 'BrokerGone',
      cause: '{"errorType":"BrokerGone"}',
      history: [
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed',
        'ExecutionFailed',
      ],
    },
  },
  {
    feature: 'Retry waits IntervalSeconds times BackoffRate',
    spec: `${SPEC}#retrying-after-error`,
    definition: single(
      task({ Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3 }] }),
    ),
    answers: { Only: [{ error: 'Busy' }, { error: 'Busy' }, { error: 'Busy' }, { payload: 'ok' }] },
    expect: {
      status: 'SUCCEEDED',
      output: 'ok',
      durationSeconds: 2 + 6 + 18,
      transitions: 4,
      history: [
        'ExecutionStarted',
        'TaskStateEntered',
        ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
        ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
        ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
        ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'Retry defaults: 1 s, doubled, three times',
    spec: `${SPEC}#retrying-after-error`,
    definition: single(task({ Retry: [{ ErrorEquals: ['Busy'] }] })),
    answers: { Only: [{ error: 'Busy', cause: 'still' }] },
    expect: { status: 'FAILED', error: 'Busy', cause: 'still', durationSeconds: 1 + 2 + 4, transitions: 4 },
  },
  {
    feature: 'MaxDelaySeconds caps the delay',
    spec: `${ERRORS}#error-handling-retrying-after-an-error`,
    definition: single(
      task({
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 10, MaxAttempts: 3, MaxDelaySeconds: 5 }],
      }),
    ),
    answers: { Only: [{ error: 'Busy' }] },
    expect: { status: 'FAILED', error: 'Busy', durationSeconds: 3 + 5 + 5 },
  },
  {
    feature: 'JitterStrategy FULL takes a seeded share of the delay',
    spec: `${ERRORS}#error-handling-retrying-after-an-error`,
    definition: single(
      task({ Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 4, MaxAttempts: 1, JitterStrategy: 'FULL' }] }),
    ),
    answers: { Only: [{ error: 'Busy' }, { payload: 1 }] },
    expect: { status: 'SUCCEEDED', output: 1, durationSeconds: 2 },
  },
  {
    feature: 'MaxAttempts 0 never retries and shields from later retriers',
    spec: `${SPEC}#retrying-after-error`,
    definition: single(
      task({
        Retry: [
          { ErrorEquals: ['Fatal'], MaxAttempts: 0 },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
        ],
      }),
    ),
    answers: { Only: [{ error: 'Fatal' }] },
    expect: { status: 'FAILED', error: 'Fatal', durationSeconds: 0 },
  },
  {
    feature: 'Retriers are counted separately',
    spec: `${SPEC}#retrying-after-error`,
    definition: single(
      task({
        Retry: [
          { ErrorEquals: ['A'], IntervalSeconds: 1, MaxAttempts: 1 },
          { ErrorEquals: ['B'], IntervalSeconds: 10, MaxAttempts: 2, BackoffRate: 1 },
        ],
      }),
    ),
    answers: { Only: [{ error: 'A' }, { error: 'B' }, { error: 'B' }, { error: 'A' }] },
    expect: { status: 'FAILED', error: 'A', durationSeconds: 21, transitions: 4 },
  },
  {
    feature: 'RetryCount of the context object',
    spec: `${GUIDE}/input-output-contextobject.html`,
    definition: single(
      task({
        Retry: [{ ErrorEquals: ['Busy'] }],
        Output: '{% $states.context.State.RetryCount %}',
      }),
    ),
    answers: { Only: [{ error: 'Busy' }, { error: 'Busy' }, {}] },
    expect: { status: 'SUCCEEDED', output: 2 },
  },
  {
    feature: 'Catch hands on Error and Cause',
    spec: `${SPEC}#fallback-states`,
    definition: caughtBy(['Other', 'BrokerGone']),
    answers: { Work: [{ error: 'BrokerGone', cause: 'why' }] },
    expect: {
      status: 'SUCCEEDED',
      output: { caught: { Error: 'BrokerGone', Cause: 'why' } },
      history: [
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed',
        'TaskStateExited',
        'PassStateEntered',
        'PassStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'Catch has its own Assign and Output over $states.errorOutput',
    spec: `${GUIDE}/transforming-data.html`,
    definition: machine('Work', {
      Work: task({
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: { why: '{% $states.errorOutput.Error %}' },
            Output: { was: '{% $states.input %}', cause: '{% $states.errorOutput.Cause %}' },
            Next: 'Caught',
          },
        ],
      }),
      Caught: { Type: 'Pass', Output: '{% $merge([$states.input, {"why": $why}]) %}', End: true },
    }),
    input: 'in',
    answers: { Work: [{ error: 'E', cause: 'C' }] },
    expect: { status: 'SUCCEEDED', output: { was: 'in', cause: 'C', why: 'E' } },
  },
  {
    feature: 'Retry comes before Catch',
    spec: `${SPEC}#fallback-states`,
    definition: machine('Work', {
      Work: task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }] }),
      Caught: { Type: 'Succeed', Output: 'caught' },
    }),
    answers: { Work: [{ error: 'E' }] },
    expect: { status: 'SUCCEEDED', output: 'caught', durationSeconds: 1 },
  },
  {
    feature: 'An error that no catcher names ends the execution',
    spec: `${SPEC}#fallback-states`,
    definition: caughtBy(['Other']),
    answers: { Work: [{ error: 'BrokerGone' }] },
    expect: { status: 'FAILED', error: 'BrokerGone' },
  },
  {
    feature: 'A failing Output of Catch fails the execution',
    spec: `${GUIDE}/transforming-data.html`,
    definition: caughtBy(['States.ALL'], { Output: '{% $states.errorOutput.Nothing %}' }),
    answers: { Work: [{ error: 'E' }] },
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: /field 'Catch\[0\]\/Output' returned nothing/,
    },
  },
  {
    feature: 'States.TaskFailed matches any error of a function',
    spec: ERRORS,
    definition: caughtBy(['States.TaskFailed']),
    answers: { Work: [{ error: 'BrokerGone' }] },
    expect: { status: 'SUCCEEDED', output: { caught: { Error: 'BrokerGone', Cause: '' } } },
  },
  {
    feature: 'TimeoutSeconds of a Task raises States.Timeout',
    spec: `${SPEC}#task-state`,
    definition: single(task({ TimeoutSeconds: 5 })),
    answers: { Only: [{ afterSeconds: 60 }] },
    expect: {
      status: 'FAILED',
      error: 'States.Timeout',
      durationSeconds: 5,
      history: [
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskTimedOut',
        'ExecutionFailed',
      ],
    },
  },
  {
    feature: 'TimeoutSeconds from JSONata, for each try',
    spec: `${SPEC}#task-state`,
    definition: single(
      task({ TimeoutSeconds: '{% $states.input.t %}', Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }] }),
    ),
    input: { t: 7 },
    answers: { Only: [{ afterSeconds: 60 }, { afterSeconds: 6, payload: 'late' }] },
    expect: { status: 'SUCCEEDED', output: 'late', durationSeconds: 7 + 1 + 6 },
  },
  {
    feature: 'A caught timeout has an empty Cause',
    spec: `${RECORDED}/test_task_service_lambda.snapshot.json`,
    definition: machine('Work', {
      Work: task({ TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Caught' }] }),
      Caught: { Type: 'Pass', End: true },
    }),
    answers: { Work: [{ afterSeconds: 60 }] },
    expect: { status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } },
  },
  {
    feature: 'States.TaskFailed does not match a timeout',
    spec: ERRORS,
    definition: machine('Work', {
      Work: task({ TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }] }),
      Caught: { Type: 'Pass', End: true },
    }),
    answers: { Work: [{ afterSeconds: 60 }] },
    expect: { status: 'FAILED', error: 'States.Timeout' },
  },
  {
    feature: 'A failed evaluation can be retried and caught',
    spec: `${GUIDE}/transforming-data.html`,
    definition: machine('Work', {
      Work: task({
        Output: '{% $states.result.Payload.missing %}',
        Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }],
      }),
      Caught: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    }),
    answers: { Work: [{ payload: {} }] },
    expect: { status: 'SUCCEEDED', output: 'States.QueryEvaluationError', durationSeconds: 1 },
  },
  {
    feature: 'States.Runtime is not caught by States.ALL',
    spec: ERRORS,
    definition: machine('Work', {
      Work: task({
        Arguments: '{% {"Payload": 1} %}',
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      }),
      Caught: { Type: 'Pass', End: true },
    }),
    expect: { status: 'FAILED', error: 'States.Runtime', cause: /argument FunctionName/, durationSeconds: 0 },
  },
  {
    feature: 'A result of more than 262,144 bytes is not caught by States.ALL',
    spec: ERRORS,
    definition: caughtBy(['States.ALL']),
    answers: { Work: [{ payload: 'x'.repeat(262_144) }] },
    expect: {
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    },
  },
  {
    feature: 'States.DataLimitExceeded is caught by its own name',
    spec: `${RECORDED}/test_task_service_lambda.snapshot.json`,
    definition: machine('Work', {
      Work: task({ Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Caught' }] }),
      Caught: { Type: 'Pass', Output: 'too large', End: true },
    }),
    answers: { Work: [{ payload: 'x'.repeat(262_144) }] },
    expect: { status: 'SUCCEEDED', output: 'too large' },
  },
  {
    feature: 'startExecution.sync:2 waits for the child and parses its output',
    spec: `${GUIDE}/connect-stepfunctions.html`,
    definition: single(startChild('.sync:2', { Output: '{% $states.result.[Name, Status, Input.a, Output.b] %}' })),
    input: { a: 1 },
    children: {
      child: machine('W', {
        W: { Type: 'Wait', Seconds: 9, Output: { b: '{% $states.input.a + 1 %}' }, End: true },
      }),
    },
    expect: {
      status: 'SUCCEEDED',
      output: ['inner', 'SUCCEEDED', 1, 2],
      durationSeconds: 9,
      history: [
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskSubmitted',
        'TaskSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'A failed child fails its Task with States.TaskFailed',
    spec: `${GUIDE}/connect-stepfunctions.html`,
    definition: machine('Work', {
      Work: startChild('.sync:2', {
        Catch: [
          {
            ErrorEquals: ['States.TaskFailed'],
            Output: '{% $parse($states.errorOutput.Cause).[Status, Error, Cause, Name] %}',
            Next: 'Caught',
          },
        ],
      }),
      Caught: { Type: 'Pass', End: true },
    }),
    children: { child: single({ Type: 'Fail', Error: 'Stalled', Cause: 'no progress' }) },
    expect: { status: 'SUCCEEDED', output: ['FAILED', 'Stalled', 'no progress', 'inner'] },
  },
  {
    feature: 'startExecution does not wait',
    spec: `${GUIDE}/connect-stepfunctions.html`,
    definition: single(startChild('', { Output: '{% $states.result.ExecutionArn %}' })),
    children: { child: single({ Type: 'Wait', Seconds: 60, End: true }) },
    expect: {
      status: 'SUCCEEDED',
      output: 'arn:aws:states:us-east-1:111122223333:execution:child:inner',
      durationSeconds: 0,
    },
  },
  {
    feature: 'Starting a machine that does not exist fails the Task by name',
    spec: 'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/services/test_sfn_task_service.snapshot.json',
    definition: single(startChild('')),
    expect: {
      status: 'FAILED',
      error: 'StepFunctions.StateMachineDoesNotExistException',
      cause: /^State Machine Does Not Exist: 'arn:aws:states:us-east-1:111122223333:stateMachine:child'/,
    },
  },
];
