import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import { type DecisionLog, withDecisionLog } from './decision-log.ts';
import { type Invocation, withInvocation } from './invocation.ts';
import { withParsedInput } from './parse-input.ts';

/** One call of a function, as the middlewares make it. */
type Call<E> = Invocation<E> & DecisionLog;

interface HandlerDefinition<I extends z.ZodMiniType, E extends z.ZodMiniObject, O> {
  /** The function's name, as the deployment spells it. */
  readonly name: string;
  readonly input: I;
  readonly environment: E;
  readonly handle: (input: z.output<I>, call: Call<z.output<E>>) => Promise<O>;
}

/**
 * Composes a Lambda handler of middlewares: they parse environment and input, refuse what is unknown by name, log errors
 * once, and hand a plain function what it needs. The returned function is the one to export.
 */
export const composeHandler = <I extends z.ZodMiniType, E extends z.ZodMiniObject, O>({
  name,
  input,
  environment,
  handle,
}: HandlerDefinition<I, E, O>) =>
  // No early timeout: middy's would abandon a write half-way; the task's timeout is longer than the function's.
  middy<unknown, O>({ timeoutEarlyInMillis: 0 })
    .use(withInvocation(name, environment))
    .use(withParsedInput(name, input))
    .use(withDecisionLog(name))
    // The middlewares have made of event and context what the handler takes.
    .handler((event, context) => handle(event as z.output<I>, context as Context & Call<z.output<E>>));
