import { type ExecutionVector, GUIDE, machine, SPEC, single, task } from './vector.ts';

const VARIABLES = `${GUIDE}/workflow-variables.html`;
const RECORDED =
  'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json';

const branch = (name: string, state: Readonly<Record<string, unknown>>) => ({
  StartAt: name,
  States: { [name]: state },
});
const parallel = (Branches: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'Parallel',
  Branches,
  End: true,
  ...more,
});
const map = (item: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'Map',
  Items: '{% $states.input %}',
  ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...branch('Item', item) },
  End: true,
  ...more,
});

/** Parallel and Map. */
export const BRANCH_VECTORS: readonly ExecutionVector[] = [
  {
    feature: 'Parallel runs its branches side by side and keeps their order',
    spec: `${SPEC}#parallel-state`,
    definition: single(
      parallel([
        branch('Slow', { Type: 'Wait', Seconds: 9, Output: 'slow', End: true }),
        branch('Fast', { Type: 'Wait', Seconds: 1, Output: 'fast', End: true }),
      ]),
    ),
    expect: {
      status: 'SUCCEEDED',
      output: ['slow', 'fast'],
      durationSeconds: 9,
      transitions: 3,
      history: [
        'ExecutionStarted',
        'ParallelStateEntered',
        'ParallelStateStarted',
        'WaitStateEntered',
        'WaitStateEntered',
        'WaitStateExited',
        'WaitStateExited',
        'ParallelStateSucceeded',
        'ParallelStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'Arguments of Parallel are the input of each branch',
    spec: `${SPEC}#parallel-state`,
    definition: single(
      parallel([branch('A', { Type: 'Pass', End: true }), branch('B', { Type: 'Succeed' })], {
        Arguments: { n: '{% $states.input.a %}' },
        Output: '{% $states.result.n ~> $sum() %}',
      }),
    ),
    input: { a: 4 },
    expect: { status: 'SUCCEEDED', output: 8 },
  },
  {
    feature: 'A failing branch aborts the others and fails Parallel with its error',
    spec: `${SPEC}#parallel-state`,
    definition: single(
      parallel([
        branch('Slow', { Type: 'Wait', Seconds: 9, End: true }),
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 2, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'E' } } },
      ]),
    ),
    expect: {
      status: 'FAILED',
      error: 'E',
      durationSeconds: 2,
      history: [
        'ExecutionStarted',
        'ParallelStateEntered',
        'ParallelStateStarted',
        'WaitStateEntered',
        'WaitStateEntered',
        'WaitStateExited',
        'FailStateEntered',
        'WaitStateAborted',
        'ParallelStateFailed',
        'ExecutionFailed',
      ],
    },
  },
  {
    feature: 'Retry of Parallel runs all branches again',
    spec: RECORDED,
    definition: single(
      parallel([branch('Bad', { Type: 'Fail', Error: 'FailureType', Cause: 'Cause description' })], {
        Retry: [{ ErrorEquals: ['FailureType'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1 }],
      }),
    ),
    expect: {
      status: 'FAILED',
      error: 'FailureType',
      cause: 'Cause description',
      durationSeconds: 6,
      history: [
        'ExecutionStarted',
        'ParallelStateEntered',
        ...['ParallelStateStarted', 'FailStateEntered'],
        ...['ParallelStateStarted', 'FailStateEntered'],
        ...['ParallelStateStarted', 'FailStateEntered'],
        'ParallelStateFailed',
        'ExecutionFailed',
      ],
    },
  },
  {
    feature: 'Catch of Parallel',
    spec: `${SPEC}#parallel-state`,
    definition: machine('P', {
      P: {
        ...parallel([branch('Bad', { Type: 'Fail', Error: 'E', Cause: 'C' })], {
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          Next: 'Never',
        }),
        End: undefined,
      },
      Never: { Type: 'Fail' },
      Caught: { Type: 'Pass', End: true },
    }),
    expect: { status: 'SUCCEEDED', output: { Error: 'E', Cause: 'C' } },
  },
  {
    feature: 'A branch reads variables of the outside, its own stay inside',
    spec: VARIABLES,
    definition: machine('A', {
      A: { Type: 'Pass', Assign: { outer: 5 }, Next: 'P' },
      P: parallel([
        {
          StartAt: 'B',
          States: {
            B: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'C' },
            C: { Type: 'Pass', Output: '{% $inner %}', End: true },
          },
        },
        branch('D', { Type: 'Pass', Output: '{% $outer %}', End: true }),
      ]),
    }),
    expect: { status: 'SUCCEEDED', output: [6, 5] },
  },
  {
    feature: 'Map runs its processor for each item',
    spec: `${SPEC}#map-state`,
    definition: single(map({ Type: 'Pass', Output: '{% $states.input * 2 %}', End: true }, { MaxConcurrency: 1 })),
    input: [1, 2, 3],
    expect: {
      status: 'SUCCEEDED',
      output: [2, 4, 6],
      history: [
        'ExecutionStarted',
        'MapStateEntered',
        'MapStateStarted',
        ...['MapIterationStarted', 'PassStateEntered', 'PassStateExited', 'MapIterationSucceeded'],
        ...['MapIterationStarted', 'PassStateEntered', 'PassStateExited', 'MapIterationSucceeded'],
        ...['MapIterationStarted', 'PassStateEntered', 'PassStateExited', 'MapIterationSucceeded'],
        'MapStateSucceeded',
        'MapStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'MaxConcurrency limits the iterations at a time',
    spec: `${SPEC}#map-state`,
    definition: single(map({ Type: 'Wait', Seconds: 10, End: true }, { MaxConcurrency: '{% 2 %}' })),
    input: [1, 2, 3, 4, 5],
    expect: { status: 'SUCCEEDED', output: [1, 2, 3, 4, 5], durationSeconds: 30 },
  },
  {
    feature: 'An inline Map runs 40 iterations at a time at most',
    spec: `${GUIDE}/state-map-inline.html`,
    definition: single(
      map({ Type: 'Wait', Seconds: 10, End: true }, { Items: '{% [1..81] %}', Output: '{% $count($states.result) %}' }),
    ),
    expect: { status: 'SUCCEEDED', output: 81, durationSeconds: 30 },
  },
  {
    feature: 'MaxConcurrency above 40 is 40 in an inline Map',
    spec: `${GUIDE}/state-map-inline.html`,
    definition: single(
      map(
        { Type: 'Wait', Seconds: 10, End: true },
        { Items: '{% [1..80] %}', MaxConcurrency: 80, Output: '{% $count($states.result) %}' },
      ),
    ),
    expect: { status: 'SUCCEEDED', output: 80, durationSeconds: 20 },
  },
  {
    feature: 'ItemSelector sees the item and its index',
    spec: `${SPEC}#map-state`,
    definition: single(
      map(
        { Type: 'Pass', Output: '{% $merge([$states.input, {"again": $states.context.Map.Item.Index}]) %}', End: true },
        {
          Items: '{% $states.input.list %}',
          ItemSelector: {
            value: '{% $states.context.Map.Item.Value %}',
            index: '{% $states.context.Map.Item.Index %}',
            all: '{% $count($states.input.list) %}',
          },
        },
      ),
    ),
    input: { list: ['a', 'b'] },
    expect: {
      status: 'SUCCEEDED',
      output: [
        { value: 'a', index: 0, all: 2, again: 0 },
        { value: 'b', index: 1, all: 2, again: 1 },
      ],
    },
  },
  {
    feature: 'Map over no items succeeds with none',
    spec: `${SPEC}#map-state`,
    definition: single(map({ Type: 'Fail' }, { Items: [] })),
    expect: {
      status: 'SUCCEEDED',
      output: [],
      history: [
        'ExecutionStarted',
        'MapStateEntered',
        'MapStateStarted',
        'MapStateSucceeded',
        'MapStateExited',
        'ExecutionSucceeded',
      ],
    },
  },
  {
    feature: 'Items that are no array fail the Map state',
    spec: RECORDED,
    definition: single(map({ Type: 'Pass', End: true }, { Items: '{% 1 %}' })),
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
      history: ['ExecutionStarted', 'MapStateEntered', 'EvaluationFailed', 'MapStateFailed', 'ExecutionFailed'],
    },
  },
  {
    feature: 'Without Items the input must be an array',
    spec: RECORDED,
    definition: single(map({ Type: 'Pass', End: true }, { Items: undefined })),
    input: 1,
    expect: {
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: /Map state input must be an array but was: 1$/,
    },
  },
  {
    feature: 'A failing iteration aborts the others',
    spec: `${SPEC}#map-state`,
    definition: single(map(task({ TimeoutSeconds: 5 }))),
    input: [1, 2],
    answers: { Item: [{ error: 'E', afterSeconds: 1 }, { afterSeconds: 60 }] },
    expect: {
      status: 'FAILED',
      error: 'E',
      durationSeconds: 1,
      history: [
        'ExecutionStarted',
        'MapStateEntered',
        'MapStateStarted',
        'MapIterationStarted',
        'MapIterationStarted',
        ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted'],
        ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted'],
        'TaskFailed',
        'MapIterationFailed',
        'TaskStateAborted',
        'MapIterationAborted',
        'MapStateFailed',
        'ExecutionFailed',
      ],
    },
  },
  {
    feature: 'Map inside Map',
    spec: RECORDED,
    definition: single(
      map(
        {},
        {
          ItemProcessor: branch('Inner', {
            Type: 'Map',
            ItemProcessor: branch('Deep', { Type: 'Pass', Output: '{% $states.input + 1 %}', End: true }),
            End: true,
          }),
        },
      ),
    ),
    input: [[1, 2], [3]],
    expect: { status: 'SUCCEEDED', output: [[2, 3], [4]] },
  },
];
