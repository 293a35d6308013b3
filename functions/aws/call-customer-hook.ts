import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { HookFailed } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import type { CallCustomerHook, CustomerHookAnswer, CustomerHookRequest } from './customer-hook.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache((runtime, region, purpose) => new LambdaClient(clientSettings(runtime, region, purpose)));

const answerSchema = z.discriminatedUnion('done', [
  z.pipe(
    z.object({ done: z.literal(true) }),
    z.transform((): CustomerHookAnswer => ({ done: true })),
  ),
  z.pipe(
    z.object({ done: z.literal(false), reason: z._default(z.string(), 'it gave no reason') }),
    z.transform(({ reason }): CustomerHookAnswer => ({ done: false, reason })),
  ),
]);

/** A message of a customer hook may be long, and a finding needs its beginning. */
const shownCharacters = 300;

const textOf = (payload: InvokeCommandOutput['Payload']): string => new TextDecoder().decode(payload);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const messageOf = (text: string): string => {
  const raised = z.object({ errorMessage: z.string() }).safeParse(parseJson(text));
  return (raised.success ? raised.data.errorMessage : 'it gave no message').slice(0, shownCharacters);
};

/**
 * Asks a customer hook and waits for its answer; one attempt. It must answer within the client's 8 s
 * (`clientTimeouts`): one that takes longer starts its work and says `{"done": false}` until the work is finished.
 *
 * @throws HookFailed when it raised an error or answered something else, and ServiceUnavailable, NotFound, AccessDenied
 */
export const callCustomerHook = async (
  runtime: Runtime,
  functionArn: string,
  request: CustomerHookRequest,
): Promise<CustomerHookAnswer> => {
  const region = functionArn.split(':')[3] ?? '';
  let answer: InvokeCommandOutput;
  try {
    answer = await clients(runtime, region, 'once').send(
      new InvokeCommand({ FunctionName: functionArn, Payload: new TextEncoder().encode(JSON.stringify(request)) }),
    );
  } catch (error) {
    throw translateError(error, { service: 'lambda', operation: 'Invoke', region, subject: functionArn });
  }
  const text = textOf(answer.Payload);
  const details = { functionArn, action: request.action, functionError: answer.FunctionError };
  if (answer.FunctionError !== undefined) {
    throw new HookFailed(
      `${functionArn} failed to ${request.action} (${messageOf(text)}); see its log; the next run calls it again`,
      details,
    );
  }
  const parsed = answerSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new HookFailed(
    `${functionArn} answered ${request.action} with neither {"done": true} nor {"done": false, "reason": "…"}`,
    details,
  );
};

/** `callCustomerHook` as a port. */
export const customerHookCaller =
  (runtime: Runtime): CallCustomerHook =>
  (functionArn, request) =>
    callCustomerHook(runtime, functionArn, request);
