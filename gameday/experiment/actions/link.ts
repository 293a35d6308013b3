import * as z from 'zod';
import { missingPair } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';

const schema = z.strictObject({ pair: z.string().min(1) });

/** Cuts the replication link between the two brokers of a pair. */
export const cutLink = defineAction({
  kind: 'cut-link',
  schema,
  describe: (step) => `cut the replication link of ${step.pair}`,
  check: missingPair,
  run: async ({ faults }, step) => {
    faults.setLink(step.pair, false);
    return { pair: step.pair };
  },
});

/** Lets the replication link carry data again. */
export const restoreLink = defineAction({
  kind: 'restore-link',
  schema,
  describe: (step) => `restore the replication link of ${step.pair}`,
  check: missingPair,
  run: async ({ faults }, step) => {
    faults.setLink(step.pair, true);
    return { pair: step.pair };
  },
});
