import type { TaskState } from '../definition/definition.ts';
import type { JsonObject } from '../expression/json.ts';
import type { TaskCall } from '../ports.ts';
import type { StateScope } from './state-scope.ts';
import type { TaskAttempt } from './task-actor.ts';

/** One try of a Task state in the words of the engine's ports. */
export const taskCallOf = (
  { run: { execution }, state, frame }: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): TaskCall => ({
  resource: state.Resource,
  arguments: parameters,
  region: execution.machine.region,
  machineName: execution.machine.name,
  executionArn: execution.arn,
  rootExecutionArn: execution.rootArn,
  stateName: frame.stateName,
  attempt: attempt.number,
  timeoutSeconds: attempt.timeoutSeconds,
});
