import * as z from 'zod';

/** Input of the policy-drift workflow, as people and rules give it. */
export const driftInputSchema = z.strictObject({
  /** Name of a configured cluster. */
  cluster: z.string().min(1),
  /** `report` looks only · `remediate` writes what the findings ask for · `rollback` writes the before-images back. */
  mode: z.enum(['report', 'remediate', 'rollback']).default('report'),
  reason: z.string().min(1),
  /** Takes the same path and lists the writes instead of making them. */
  dryRun: z.boolean().default(false),
  /** Run whose changes are rolled back: the last part of its execution ARN; the newest one that changed something. */
  rollbackRun: z.string().min(1).optional(),
});

export type DriftInput = z.output<typeof driftInputSchema>;
