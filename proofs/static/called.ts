import type { State, TaskState } from '../../simulator/engine/definition/definition.ts';

const argumentOf = (state: TaskState, name: string): string | undefined => {
  const { Arguments } = state;
  if (typeof Arguments === 'string') return undefined;
  const value = Arguments[name];
  return typeof value === 'string' ? value : undefined;
};

/** Name of the deployed function that a state calls; undefined for a state that calls none. */
export const functionOf = (state: State): string | undefined => {
  if (state.Type !== 'Task' || state.Resource !== 'arn:aws:states:::lambda:invoke') return undefined;
  return argumentOf(state, 'FunctionName')
    ?.split(':')
    .at(-1)
    ?.replace(/^mq-dr-/, '');
};

/** Name of the machine that a state starts; undefined for a state that starts none. */
export const childOf = (state: State): string | undefined => {
  if (state.Type !== 'Task' || state.Resource === 'arn:aws:states:::lambda:invoke') return undefined;
  return argumentOf(state, 'StateMachineArn')?.split(':').at(-1);
};

/** Whether a state waits for the machine that it starts. */
export const awaitsChild = (state: State): boolean =>
  state.Type === 'Task' && state.Resource === 'arn:aws:states:::states:startExecution.sync:2';
