import * as z from 'zod/mini';

/** Input of the policy-drift workflow, as people and rules give it. */
export const driftInputSchema = z.strictObject({
  /** Name of a configured cluster. */
  cluster: z.string().check(z.minLength(1)),
  /** `report` only reads · `remediate` writes what the findings ask for · `rollback` writes the before-images back. */
  mode: z._default(z.enum(['report', 'remediate', 'rollback']), 'report'),
  reason: z.string().check(z.minLength(1)),
  /** Takes the same path and lists the writes instead of making them. */
  dryRun: z._default(z.boolean(), false),
  /** Run whose changes are rolled back: the last part of its execution ARN; the newest one that changed something. */
  rollbackRun: z.optional(z.string().check(z.minLength(1))),
});

export type DriftInput = z.output<typeof driftInputSchema>;
