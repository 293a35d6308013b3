import * as z from 'zod';
import type { Journal } from './journal.ts';

const count = z.number().default(0);

const countsSchema = z.object({
  findings: count,
  remaining: count,
  remediated: count,
  refused: count,
  postponed: count,
  untouchedAwsOwned: count,
});

const findingsSchema = z
  .array(z.object({ severity: z.string().default(''), code: z.string(), message: z.string() }))
  .default([]);

const outputSchema = z.object({
  cluster: z.string(),
  outcome: z.string(),
  drift: countsSchema,
  findings: findingsSchema,
  refused: findingsSchema,
  postponed: findingsSchema,
  effects: z
    .array(
      z.object({
        vhost: z.string(),
        queue: z.string(),
        policy: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
        definition: z.object({ before: z.string(), after: z.string() }),
        copies: z.object({ before: z.number(), after: z.number() }),
        resync: z.boolean(),
      }),
    )
    .default([]),
});

/** What a policy-drift run found and did, in counts. */
export type DriftCounts = Readonly<z.output<typeof countsSchema>>;

/** One run of policy-drift as its output describes it. */
export interface DriftRun extends Omit<z.output<typeof outputSchema>, 'drift'> {
  readonly run: string;
  readonly counts: DriftCounts;
}

/** Every ended run of policy-drift that reports what it found, in order. */
export const driftRuns = (workflows: Journal['records']['workflows']): readonly DriftRun[] =>
  workflows.flatMap(({ machine, run, output }) => {
    const parsed = machine === 'policy-drift' ? outputSchema.safeParse(output) : undefined;
    if (!parsed?.success) return [];
    const { drift, ...rest } = parsed.data;
    return [{ run, counts: drift, ...rest }];
  });

/** All runs as one: findings of the first, everything remediated, the most refused or postponed by one, what the last left. */
export const driftSummary = (runs: readonly DriftRun[]): DriftCounts | null => {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    ...last.counts,
    findings: first.counts.findings,
    remediated: runs.reduce((sum, { counts }) => sum + counts.remediated, 0),
    refused: Math.max(...runs.map(({ counts }) => counts.refused)),
    postponed: Math.max(...runs.map(({ counts }) => counts.postponed)),
  };
};
