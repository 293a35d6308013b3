import * as z from 'zod';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({});

/** Stops the run that has gone on for longest, as somebody in the Step Functions console would. */
export const stopRun = defineAction({
  kind: 'stop-run',
  schema,
  describe: () => 'stop the oldest run',
  run: async ({ testbed }) => {
    const [running] = testbed.running();
    if (running === undefined) throw new StepFailedError('no run is under way');
    await testbed.stop(running.executionArn);
    return { executionArn: running.executionArn };
  },
});
