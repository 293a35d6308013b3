import { ApiFault } from '../../../api/service.ts';
import type { TaskState } from '../../definition/definition.ts';
import type { Execution } from '../../execution/execution.ts';
import { redriveEligibility } from '../../execution/redrive-eligibility.ts';
import type { JsonObject } from '../../expression/json.ts';
import { TaskFailure } from '../../ports.ts';
import { uuidFrom } from '../../uuid.ts';
import { payloadDetails, record } from '../run.ts';
import type { StateScope } from '../state-scope.ts';
import { awaitOutcome, type TaskAttempt, type TaskOutcome } from '../task-actor.ts';
import { taskCallOf } from '../task-call.ts';

const resourceType = 'states';

/** The child as DescribeExecution shows it, in the integration's spelling; dates in milliseconds since the Unix epoch. */
const describeChild = (child: Execution, nowMs: number): JsonObject => {
  const eligibility = redriveEligibility(child, nowMs);
  return {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.arn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output === undefined ? {} : { Output: child.output, OutputDetails: { Included: true } }),
    RedriveCount: child.redriveCount,
    RedriveStatus: eligibility.redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(eligibility.redrivable ? {} : { RedriveStatusReason: eligibility.reason }),
    StartDate: child.startedAtMs,
    StateMachineArn: child.machine.arn,
    Status: child.status,
    ...(child.stoppedAtMs === undefined ? {} : { StopDate: child.stoppedAtMs }),
  };
};

const start = (scope: StateScope<TaskState>, parameters: JsonObject, synchronous: boolean): Execution => {
  const { Input, Name, StateMachineArn } = parameters;
  try {
    return scope.run.services.startChild(scope.run.execution, {
      stateMachineArn: String(StateMachineArn),
      name: Name === undefined ? undefined : String(Name),
      input: typeof Input === 'string' ? Input : JSON.stringify(Input ?? {}),
      synchronous,
    });
  } catch (fault) {
    if (!(fault instanceof ApiFault)) throw fault;
    const suffix = fault.code.endsWith('Exception') ? '' : 'Exception';
    throw new TaskFailure(
      `StepFunctions.${fault.code}${suffix}`,
      `${fault.message} (Service: AWSStepFunctions; Status Code: ${fault.statusCode}; Error Code: ${fault.code})`,
    );
  }
};

/** What a test puts in the place of a child; undefined for a child that is started. */
const replacement = (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): TaskOutcome | undefined => {
  const replaced = scope.run.services.replaceChild(taskCallOf(scope, attempt, parameters));
  if (replaced instanceof TaskFailure) throw replaced;
  return replaced && { kind: 'succeeded', value: { Output: replaced.result, Status: 'SUCCEEDED' } };
};

const submission = (scope: StateScope<TaskState>, child: Execution): JsonObject => ({
  ExecutionArn: child.arn,
  SdkHttpMetadata: { HttpStatusCode: 200 },
  SdkResponseMetadata: { RequestId: uuidFrom(() => scope.run.services.random()) },
  StartDate: child.startedAtMs,
});

/** `arn:aws:states:::states:startExecution`: starts an execution and does not wait for it. */
export const startExecution = async (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): Promise<TaskOutcome> =>
  replacement(scope, attempt, parameters) ?? {
    kind: 'succeeded',
    value: submission(scope, start(scope, parameters, false)),
  };

/**
 * `arn:aws:states:::states:startExecution.sync:2`: waits for the child and parses its output,
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html. A stopped parent stops its child; a
 * parent that timed out waiting does not. The service learns of a child's end within seconds, here it is at once.
 */
export const startExecutionSync = async (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): Promise<TaskOutcome> => {
  const { run, frame } = scope;
  const replaced = replacement(scope, attempt, parameters);
  if (replaced !== undefined) return replaced;
  const child = start(scope, parameters, true);
  record(run, frame, 'TaskSubmitted', {
    ...payloadDetails('output', submission(scope, child)),
    resource: 'startExecution.sync:2',
    resourceType: resourceType,
  });
  return await awaitOutcome(scope, attempt, (settle) => {
    child.onEnd(() => {
      const description = describeChild(child, run.services.clock.nowMs());
      if (child.status === 'SUCCEEDED') {
        const parsed = { Input: child.inputValue, Output: JSON.parse(child.output ?? 'null') };
        settle({ kind: 'succeeded', value: { ...description, ...parsed } });
      } else settle({ kind: 'failed', reason: new TaskFailure('States.TaskFailed', JSON.stringify(description)) });
    });
    return () => run.services.stop(child);
  });
};
