import * as z from 'zod';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';

const schema = z.strictObject({ region: z.enum(knownRegions) });

/** Makes a whole Region unreachable: its APIs, its brokers, its functions. */
export const blackoutRegion = defineAction({
  kind: 'blackout-region',
  schema: schema.extend({
    /** Whether its brokers stop as well; else they run on where nobody reaches them. */
    powerOff: z.boolean().default(false),
  }),
  describe: (step) => `black out ${step.region}`,
  run: async ({ faults }, step) => {
    faults.blackout(step.region, step.powerOff);
    return { region: step.region, powerOff: step.powerOff };
  },
});

/** Ends the blackout of a Region. */
export const restoreRegion = defineAction({
  kind: 'restore-region',
  schema,
  describe: (step) => `restore ${step.region}`,
  run: async ({ faults }, step) => {
    faults.restore(step.region);
    return { region: step.region };
  },
});
