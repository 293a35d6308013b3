import type { JsonObject } from '../expression/json.ts';
import type { Frame } from './frame.ts';
import type { ExecutionRun } from './run.ts';

/** A fraction of zero is left out, as the service does. */
const isoTime = (atMs: number): string => new Date(atMs).toISOString().replace('.000Z', 'Z');

/**
 * The context object, https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html.
 * What it holds about a Map state's item is there for ItemSelector alone.
 *
 * @param retryCount for Task, Parallel and Map states
 */
export const contextObject = (run: ExecutionRun, frame: Frame, retryCount: number | undefined): JsonObject => {
  const { execution } = run;
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.inputValue,
      Name: execution.name,
      RoleArn: execution.machine.roleArn,
      StartTime: isoTime(execution.startedAtMs),
      RedriveCount: execution.redriveCount,
      ...(execution.redrivenAtMs === undefined ? {} : { RedriveTime: isoTime(execution.redrivenAtMs) }),
    },
    State: {
      Name: frame.stateName,
      EnteredTime: isoTime(frame.enteredAtMs),
      ...(retryCount === undefined ? {} : { RetryCount: retryCount }),
    },
    StateMachine: { Id: execution.machine.arn, Name: execution.machine.name },
  };
};
