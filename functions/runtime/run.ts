import * as z from 'zod/mini';

/** What every state machine tells every function about the run that calls it. */
export const runSchema = z.strictObject({
  /** ARN of the root execution. */
  executionArn: z.string().check(z.minLength(1)),
  /** Start of the execution, ISO 8601. */
  startTime: z.iso.datetime(),
  /** Fencing token of the run's lock; null before it has one, in a dry run, and when the table was overridden. */
  fence: z._default(z.nullable(z.int()), null),
  /** Whether an event started the run, not a person. */
  automatic: z._default(z.boolean(), false),
  /** A person's reason to act although the Control table cannot be reached. */
  overrideControl: z._default(z.nullable(z.string()), null),
  /** Whether the run is a step of another one, whose lock it uses and leaves alone. */
  child: z._default(z.boolean(), false),
});

/** The run whose step another run is, as a workflow passes it on. It must hold the lock. */
export const parentRunSchema = z.extend(runSchema, { fence: z.int() });

export type Run = z.output<typeof runSchema>;

/** The run that an execution acts for: the one whose step it is, or its own. */
export const runOf = (own: Run, parent: Run | undefined): Run =>
  parent === undefined ? own : { ...parent, child: true };
