import type { TaskState } from '../../definition/definition.ts';
import type { Json, JsonObject } from '../../expression/json.ts';
import { uuidFrom } from '../../uuid.ts';
import type { StateScope } from '../state-scope.ts';
import { awaitFunction, type TaskAttempt, type TaskOutcome } from '../task-actor.ts';

/** What a Lambda runtime makes of a function's return value: its JSON text, `null` for nothing. */
const asPayload = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));

/**
 * `arn:aws:states:::lambda:invoke`, request and response,
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html. The result has the integration's members; of
 * the HTTP metadata only the status.
 */
export const invokeLambda = async (
  scope: StateScope<TaskState>,
  attempt: TaskAttempt,
  parameters: JsonObject,
): Promise<TaskOutcome> => {
  const { execution, services } = scope.run;
  const outcome = await awaitFunction(scope, attempt, async () => {
    const payload = await services.invokeTask({
      resource: scope.state.Resource,
      arguments: parameters,
      region: execution.machine.region,
      machineName: execution.machine.name,
      executionArn: execution.arn,
      rootExecutionArn: execution.rootArn,
      stateName: scope.frame.stateName,
      attempt: attempt.number,
      timeoutSeconds: attempt.timeoutSeconds,
    });
    return asPayload(payload);
  });
  if (outcome.kind !== 'succeeded') return outcome;
  return {
    kind: 'succeeded',
    value: {
      ExecutedVersion: '$LATEST',
      Payload: outcome.value,
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: uuidFrom(() => services.random()) },
      StatusCode: 200,
    },
  };
};
