import type middy from '@middy/core';
import * as z from 'zod/mini';
import { InvalidConfiguration } from './errors.ts';
import { currentRuntime, type Runtime } from './runtime.ts';
import { schemaProblems } from './schema-problems.ts';

/** One call of a function: its parsed environment and what it takes from its host. */
export interface Invocation<E> {
  readonly runtime: Runtime;
  readonly environment: E;
  /** The Region this function runs in. */
  readonly region: string;
  readonly nowMs: number;
}

/** Lambda sets the Region of every function. */
const hostVariables = { AWS_REGION: z.string().check(z.minLength(1)) };

/**
 * Middleware: adds the invocation to the context.
 *
 * @throws InvalidConfiguration for environment variables that the schema refuses
 */
export const withInvocation = (name: string, schema: z.ZodMiniObject): middy.MiddlewareObj => {
  const variables = z.extend(schema, hostVariables);
  return {
    before: ({ context }) => {
      const runtime = currentRuntime();
      const { data: environment, error } = variables.safeParse(runtime.environment);
      if (error !== undefined) {
        const problems = schemaProblems(error, 'environment');
        throw new InvalidConfiguration(`function ${name} has an invalid environment: ${problems.join('; ')}`, {
          problems,
        });
      }
      const region = String(environment.AWS_REGION);
      const added: Invocation<unknown> = { runtime, environment, region, nowMs: runtime.clock.nowMs() };
      Object.assign(context, added);
    },
  };
};
