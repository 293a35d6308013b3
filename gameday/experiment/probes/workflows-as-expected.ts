import * as z from 'zod';
import { defineProbe } from '../step.ts';

/** No workflow failed that the scenario did not expect to fail, and none still runs. */
export const workflowsAsExpected = defineProbe({
  kind: 'workflows-as-expected',
  schema: z.strictObject({}),
  describe: () => 'every workflow ended as expected',
  run: async ({ recorder, workflows }) => {
    const runs = recorder.workflows().map(({ executionArn, run, status }) => ({
      run,
      status,
      expected: workflows.expectedStatus(executionArn),
    }));
    const odd = runs.filter((run) => run.status !== run.expected);
    const finding =
      odd.length === 0
        ? `${runs.length} workflow ${runs.length === 1 ? 'run' : 'runs'}, none unexpected`
        : odd.map((run) => `${run.run} is ${run.status}, expected ${run.expected}`).join('; ');
    return { met: odd.length === 0, finding, evidence: runs };
  },
});
