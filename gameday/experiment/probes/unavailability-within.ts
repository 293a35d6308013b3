import * as z from 'zod';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ longestSeconds: z.number().positive() });

/** No interval in which clients could not send was longer than the limit. */
export const unavailabilityWithin = defineProbe({
  kind: 'unavailability-within',
  schema,
  describe: (step) => `clients could never be kept from sending for more than ${step.longestSeconds} s`,
  run: async ({ traffic }, step) => {
    const longestMs = Math.max(0, ...traffic.results().map((result) => result.sends.longestMs));
    return {
      met: longestMs <= step.longestSeconds * 1_000,
      finding: `the longest interval without a confirmed send was ${(longestMs / 1_000).toFixed(1)} s`,
      evidence: { longestMs },
    };
  },
});
