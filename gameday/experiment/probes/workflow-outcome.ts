import * as z from 'zod';
import { outcomeOf } from '../../journal/refusals.ts';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({
  workflow: z.string().min(1),
  /** The outcome that a run's output names, or the error of one that failed. */
  outcome: z.string().min(1),
  count: z.int().min(0).default(1),
});

/** Exactly so many runs of a workflow ended in an outcome. */
export const workflowOutcome = defineProbe({
  kind: 'workflow-outcome',
  schema,
  describe: ({ workflow, outcome, count }) => `${count} ${workflow} ${count === 1 ? 'run' : 'runs'} ended ${outcome}`,
  run: async ({ recorder }, { workflow, outcome, count }) => {
    const runs = recorder
      .workflows()
      .filter(({ machine }) => machine === workflow)
      .map(({ run, status, output, error }) => ({ run, outcome: outcomeOf(output) ?? error ?? status }));
    return {
      met: runs.filter((run) => run.outcome === outcome).length === count,
      finding:
        runs.length === 0 ? `no ${workflow} was run` : runs.map((run) => `${run.run}: ${run.outcome}`).join('; '),
      evidence: runs,
    };
  },
});
