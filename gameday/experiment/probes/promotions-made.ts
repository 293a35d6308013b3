import * as z from 'zod';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({
  count: z.int().min(0),
  mode: z.enum(['SWITCHOVER', 'FAILOVER']).optional(),
  pair: z.string().min(1).optional(),
});

/** Amazon MQ took exactly so many Promote calls, whoever made them. */
export const promotionsMade = defineProbe({
  kind: 'promotions-made',
  schema,
  describe: ({ count, mode, pair }) =>
    `${count} ${mode === undefined ? 'promotion' : mode.toLowerCase()}${count === 1 ? '' : 's'}${pair === undefined ? '' : ` of ${pair}`}`,
  run: async ({ promotions }, { count, mode, pair }) => {
    const made = promotions().filter(
      (promotion) => (mode === undefined || promotion.mode === mode) && (pair === undefined || promotion.pair === pair),
    );
    const seen = made.map((promotion) => `${promotion.mode.toLowerCase()} of ${promotion.pair} to ${promotion.region}`);
    return {
      met: made.length === count,
      finding: made.length === 0 ? 'nothing was promoted' : seen.join('; '),
      evidence: made.map((promotion) => ({
        pair: promotion.pair,
        mode: promotion.mode,
        region: promotion.region,
        requestedAtMs: promotion.requestedAtMs,
      })),
    };
  },
});
