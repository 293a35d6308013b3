import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { InvalidConfiguration } from './errors.ts';
import type { LogFields } from './log.ts';
import { parseInput } from './parse-input.ts';
import { currentRuntime, type Runtime } from './runtime.ts';
import { schemaProblems } from './schema-problems.ts';

/** What every state machine tells every function about the run that calls it. */
export const runSchema = z.strictObject({
  /** ARN of the root execution. */
  executionArn: z.string().check(z.minLength(1)),
  /** Start of the execution, ISO 8601. */
  startTime: z.iso.datetime(),
  /** Fence of the lock that the run holds; null before it has one, in a dry run, and when the table was overridden. */
  fence: z._default(z.nullable(z.int()), null),
  /** Whether an event started the run, not a person. */
  automatic: z._default(z.boolean(), false),
  /** A person's reason to act although the Control table cannot be reached. */
  overrideControl: z._default(z.nullable(z.string()), null),
  /** Whether the run is a step of another one, whose lock it uses and leaves alone. */
  child: z._default(z.boolean(), false),
});

/**
 * The run whose step another run is, as a workflow passes it on. It must hold the lock: what acts without one is no
 * part of it.
 */
export const parentRunSchema = z.extend(runSchema, { fence: z.int() });

export type Run = z.output<typeof runSchema>;

/** The run that an execution acts for: the one whose step it is, or its own. */
export const runOf = (own: Run, parent: Run | undefined): Run =>
  parent === undefined ? own : { ...parent, child: true };

/** One call of a function: its parsed environment and what it takes from its surroundings. */
export interface Invocation<E> {
  readonly runtime: Runtime;
  readonly environment: E;
  /** The Region this function runs in. */
  readonly region: string;
  readonly nowMs: number;
  /** Logs a decision with the function's name; the fields must hold no secrets. */
  readonly logDecision: (message: string, fields: LogFields) => void;
}

interface HandlerDefinition<I extends z.ZodMiniType, E extends z.ZodMiniType, O> {
  /** The function's name, as the deployment spells it. */
  readonly name: string;
  readonly input: I;
  readonly environment: E;
  readonly handle: (input: z.output<I>, invocation: Invocation<z.output<E>>) => Promise<O>;
}

const regionSchema = z.object({ AWS_REGION: z.string().check(z.minLength(1)) });

const parseEnvironment = <S extends z.ZodMiniType>(schema: S, runtime: Runtime, name: string): z.output<S> => {
  const result = schema.safeParse(runtime.environment);
  if (result.success) return result.data;
  const problems = schemaProblems(result.error, 'environment');
  throw new InvalidConfiguration(`function ${name} has an unusable environment: ${problems.join('; ')}`, { problems });
};

const namedSchema = z.object({ pair: z.optional(z.string()), cluster: z.optional(z.string()) });

const subjectSchema = z.extend(namedSchema, {
  /** A workflow's own input, as its first states pass it on. */
  input: z.optional(namedSchema),
  run: z.optional(z.object({ executionArn: z.string(), fence: z.nullable(z.int()) })),
});

/** What every line of a call says: the pair or cluster it is about, the execution it belongs to, and its fence. */
const subjectOf = (input: unknown): LogFields => {
  const { data: { run, ...own } = {} } = subjectSchema.safeParse(input);
  const { pair = own.input?.pair, cluster = own.input?.cluster } = own;
  return {
    ...(pair !== undefined && { pair }),
    ...(cluster !== undefined && { cluster }),
    ...(run !== undefined && { execution: run.executionArn }),
    ...(typeof run?.fence === 'number' && { fence: run.fence }),
  };
};

/**
 * Composes a Lambda handler: parses input and environment, refuses what is unknown by name, logs errors once, and hands
 * a plain function what it needs. The returned function is the one to export.
 */
export const composeHandler = <I extends z.ZodMiniType, E extends z.ZodMiniType, O>(
  definition: HandlerDefinition<I, E, O>,
) =>
  // No early timeout: middy's would abandon a write half-way; the task's timeout is longer than the function's.
  middy<unknown, O>({ timeoutEarlyInMillis: 0 }).handler(async (event: unknown, context: Context): Promise<O> => {
    const runtime = currentRuntime();
    const { name } = definition;
    // Nothing of an input is logged that has not been parsed.
    let subject: LogFields = {};
    try {
      const environment = parseEnvironment(definition.environment, runtime, name);
      const { AWS_REGION: region } = parseEnvironment(regionSchema, runtime, name);
      const input = parseInput(definition.input, event, `input of ${name}`);
      subject = subjectOf(input);
      return await definition.handle(input, {
        runtime,
        environment,
        region,
        nowMs: runtime.clock.nowMs(),
        logDecision: (message, fields) =>
          runtime.log.info(message, { function: name, requestId: context.awsRequestId, ...subject, ...fields }),
      });
    } catch (error) {
      const { name: errorName, message: errorMessage } = error instanceof Error ? error : new Error(String(error));
      runtime.log.error(`${name} failed`, { function: name, ...subject, errorName, errorMessage });
      throw error;
    }
  });
