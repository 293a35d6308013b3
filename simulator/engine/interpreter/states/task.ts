import type { TaskState } from '../../definition/definition.ts';
import { taskArgumentProblems } from '../../definition/lint-task-arguments.ts';
import type { TaskResource } from '../../definition/schema.ts';
import { copyJson, isJsonObject, type Json, type JsonObject } from '../../expression/json.ts';
import { maxSeconds } from '../../limits.ts';
import { TaskFailure } from '../../ports.ts';
import { payloadDetails, record } from '../run.ts';
import { StateFailure } from '../state-failure.ts';
import { type StateResult, type StateScope, transitionToNext } from '../state-scope.ts';
import type { TaskAttempt, TaskOutcome } from '../task-actor.ts';
import { invokeLambda } from '../tasks/lambda-invoke.ts';
import { startExecution, startExecutionSync } from '../tasks/start-execution.ts';
import { withHandlers } from '../with-handlers.ts';

type TaskIntegration = (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
) => Promise<TaskOutcome>;

const integrations: Readonly<Record<TaskResource, TaskIntegration>> = {
  'arn:aws:states:::lambda:invoke': invokeLambda,
  'arn:aws:states:::states:startExecution': startExecution,
  'arn:aws:states:::states:startExecution.sync:2': startExecutionSync,
};

/** `{ resourceType: 'lambda', resource: 'invoke' }`, as the history names a resource. */
const resourceDetails = (resource: TaskResource): { readonly resourceType: string; readonly resource: string } => {
  const [resourceType = '', ...rest] = resource.replace('arn:aws:states:::', '').split(':');
  return { resourceType, resource: rest.join(':') };
};

const argumentsOf = async (scope: StateScope<TaskState>): Promise<JsonObject> => {
  const { Arguments, Resource } = scope.state;
  const parameters = await scope.evaluate(Arguments, 'Arguments');
  if (!isJsonObject(parameters)) throw scope.wrongType(Arguments, 'Arguments', 'object', parameters);
  const [problem] = taskArgumentProblems(Resource, Object.keys(parameters));
  if (problem !== undefined) {
    throw new StateFailure('States.Runtime', `The argument ${problem.member} of ${Resource} ${problem.message}.`);
  }
  scope.requireSize(parameters);
  return parameters;
};

/** The failure of the state that the reason of a failed task amounts to. */
const failureOf = (reason: unknown): StateFailure => {
  if (reason instanceof TaskFailure) return new StateFailure(reason.error, reason.failureCause);
  if (reason instanceof StateFailure) return reason;
  const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  return new StateFailure(
    'States.Runtime',
    `The task invoker failed with something else than a TaskFailure: ${detail}`,
  );
};

const outcomeOf = async (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): Promise<TaskOutcome> => {
  try {
    return await integrations[scope.state.Resource](scope, attempt, parameters);
  } catch (reason) {
    if (!(reason instanceof TaskFailure)) throw reason;
    return { kind: 'failed', reason };
  }
};

const resultOf = (scope: StateScope<TaskState>, outcome: TaskOutcome): Json => {
  const { run, frame } = scope;
  const resource = resourceDetails(scope.state.Resource);
  const fail = (failure: StateFailure): StateFailure => {
    record(run, frame, 'TaskFailed', {
      ...resource,
      ...(failure.error === undefined ? {} : { error: failure.error }),
      ...(failure.failureCause === undefined ? {} : { cause: failure.failureCause }),
    });
    return failure;
  };
  if (outcome.kind === 'timed out') {
    record(run, frame, 'TaskTimedOut', { ...resource, error: 'States.Timeout' });
    throw new StateFailure('States.Timeout', undefined);
  }
  if (outcome.kind === 'failed') throw fail(failureOf(outcome.reason));
  const result = copyJson(outcome.value);
  try {
    scope.requireSize(result, resource.resourceType);
  } catch (error) {
    throw error instanceof StateFailure ? fail(error) : error;
  }
  record(run, frame, 'TaskSucceeded', { ...resource, ...payloadDetails('output', result) });
  return result;
};

/** https://states-language.net/spec.html#task-state. The timeout counts for each try. */
export const runTask = (scope: StateScope<TaskState>): Promise<StateResult> => {
  const { run, frame, state } = scope;
  return withHandlers(scope, async (number) => {
    const parameters = await argumentsOf(scope);
    const timeoutSeconds =
      state.TimeoutSeconds === undefined
        ? undefined
        : await scope.evaluateInteger(state.TimeoutSeconds, 'TimeoutSeconds', 1, maxSeconds);
    record(run, frame, 'TaskScheduled', {
      ...resourceDetails(state.Resource),
      region: run.execution.machine.region,
      parameters: JSON.stringify(parameters),
      ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
    });
    record(run, frame, 'TaskStarted', resourceDetails(state.Resource));
    const result = resultOf(scope, await outcomeOf(scope, { number, timeoutSeconds }, parameters));
    return { ...(await scope.complete(state, result, { result })), transition: transitionToNext(state) };
  });
};
