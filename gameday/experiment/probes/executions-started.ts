import * as z from 'zod';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ workflow: z.string().min(1), count: z.int().min(0) });

/** Exactly so many executions of a workflow were started, by whomever. */
export const executionsStarted = defineProbe({
  kind: 'executions-started',
  schema,
  describe: (step) => `${step.workflow} was started ${step.count} ${step.count === 1 ? 'time' : 'times'}`,
  run: async ({ recorder }, { workflow, count }) => {
    const runs = recorder.workflows().filter(({ machine }) => machine === workflow);
    return {
      met: runs.length === count,
      finding: `${workflow} was started ${runs.length} ${runs.length === 1 ? 'time' : 'times'}`,
      evidence: runs.map(({ run, region, status }) => ({ run, region, status })),
    };
  },
});
