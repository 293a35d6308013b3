import type { Json } from '../../../../simulator/engine/expression/json.ts';

/** A JSONata machine. */
export const machine = (
  StartAt: string,
  States: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({ QueryLanguage: 'JSONata', StartAt, States, ...more });

/** A machine of one state. */
export const single = (state: Readonly<Record<string, unknown>>) => machine('Only', { Only: state });

/** A Pass state that ends with this output. */
export const passes = (Output: Json) => single({ Type: 'Pass', Output, End: true });

/** A Task state that calls a function with the state's input. */
export const task = (more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});

/** A Task state that starts the machine `child`. */
export const startChild = (
  suffix: '' | '.sync:2',
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:startExecution${suffix}`,
  Arguments: {
    StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:child',
    Input: '{% $states.input %}',
    Name: 'inner',
  },
  End: true,
  ...more,
});
