import * as z from 'zod';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';

const schema = z.strictObject({ pair: z.string().min(1), region: z.enum(knownRegions) });

/** Stops a pair's broker in a Region, as a failing host does: connections drop, stored messages stay. */
export const stopBroker = defineAction({
  kind: 'stop-broker',
  schema,
  describe: (step) => `stop the broker of ${step.pair} in ${step.region}`,
  check: missingPair,
  run: async ({ faults }, { pair, region }) => {
    faults.setBroker(pair, region, false);
    return { pair, region };
  },
});

/** Starts the broker again. */
export const startBroker = defineAction({
  kind: 'start-broker',
  schema,
  describe: (step) => `start the broker of ${step.pair} in ${step.region}`,
  check: missingPair,
  run: async ({ faults }, { pair, region }) => {
    faults.setBroker(pair, region, true);
    return { pair, region };
  },
});
