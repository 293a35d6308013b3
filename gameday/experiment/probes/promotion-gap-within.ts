import * as z from 'zod';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ seconds: z.number().positive() });

/** No promotion kept clients away for longer than the limit; reboots and other outages do not count. */
export const promotionGapWithin = defineProbe({
  kind: 'promotion-gap-within',
  schema,
  describe: (step) => `no promotion keeps clients away for more than ${step.seconds} s`,
  run: async ({ promotions }, step) => {
    const gaps = promotions().map(({ pair, mode, unavailableMs }) => ({ pair, mode, unavailableMs }));
    const longestMs = Math.max(0, ...gaps.map((gap) => gap.unavailableMs));
    return {
      met: longestMs <= step.seconds * 1_000,
      finding: gaps.length === 0 ? 'nothing was promoted' : `the longest gap was ${(longestMs / 1_000).toFixed(1)} s`,
      evidence: gaps,
    };
  },
});
