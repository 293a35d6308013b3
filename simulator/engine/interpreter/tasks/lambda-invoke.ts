import type { TaskState } from '../../definition/definition.ts';
import type { Json, JsonObject } from '../../expression/json.ts';
import { uuidFrom } from '../../uuid.ts';
import type { StateScope } from '../state-scope.ts';
import { awaitFunction, type TaskAttempt, type TaskOutcome } from '../task-actor.ts';
import { taskCallOf } from '../task-call.ts';

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
  const { services } = scope.run;
  const call = taskCallOf(scope, attempt, parameters);
  const outcome = await awaitFunction(scope, attempt, async () => asPayload(await services.invokeTask(call)));
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
