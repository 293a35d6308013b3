import * as z from 'zod';
import { defineAction } from '../step.ts';

const schema = z.strictObject({
  workflow: z.string().min(1),
  state: z.string().min(1),
  withinSeconds: z.number().positive().max(86_400).default(3_600),
});

/** Waits until an execution of the workflow enters a state; the next step acts before the state's function does. */
export const awaitState = defineAction({
  kind: 'await-state',
  schema,
  describe: (step) => `wait until ${step.workflow} enters ${step.state}`,
  run: async ({ workflows }, { workflow, state, withinSeconds }) => {
    await workflows.awaitState(workflow, state, withinSeconds);
    return { workflow, state };
  },
});
