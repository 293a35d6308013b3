import * as z from 'zod';
import { unknownName } from '../scenario/problems.ts';
import type { ScenarioOutline } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';

const schema = z.strictObject({ fault: z.string().min(1) });

const namesFault = (step: { readonly fault: string }, scenario: ScenarioOutline) => {
  const names = Object.keys(scenario.faults);
  return names.includes(step.fault) ? [] : [{ path: ['fault'], message: unknownName('fault', step.fault, names) }];
};

/** Raises a fault of the scenario's `faults`. */
export const raiseFault = defineAction({
  kind: 'raise-fault',
  schema,
  describe: (step) => `raise fault ${step.fault}`,
  check: namesFault,
  run: async ({ faults, scenario }, step) => {
    faults.raise(step.fault, scenario.faults[step.fault] ?? {});
    return { fault: step.fault };
  },
});

/** Ends a fault that an earlier step raised. */
export const clearFault = defineAction({
  kind: 'clear-fault',
  schema,
  describe: (step) => `clear fault ${step.fault}`,
  check: namesFault,
  run: async ({ faults }, step) => {
    faults.clear(step.fault);
    return { fault: step.fault };
  },
});
