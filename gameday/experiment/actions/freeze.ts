import * as z from 'zod';
import { operatorName } from '../operator.ts';
import { missingPair } from '../scenario/missing-pair.ts';
import type { ScenarioOutline } from '../scenario/schema.ts';
import { defineAction, StepFailedError } from '../step.ts';

const schema = z.strictObject({
  /** Left out, everything is meant. */
  pair: z.string().min(1).optional(),
  reason: z.string().min(1).default('game day'),
});

const knownPair = ({ pair }: { readonly pair?: string | undefined }, scenario: ScenarioOutline) =>
  pair === undefined ? [] : missingPair({ pair }, scenario);

/** Stops all writes of a pair, or of everything, as `mq-dr freeze` does. */
export const freeze = defineAction({
  kind: 'freeze',
  schema,
  describe: (step) => `freeze ${step.pair ?? 'everything'}`,
  check: knownPair,
  run: async ({ clock, operator }, { pair, reason }) => {
    await operator.guards(pair).freeze({ reason, by: operatorName, atMs: clock.nowMs() });
    return { frozen: pair ?? 'everything' };
  },
});

/** Ends the freeze of a pair, or of everything, as `mq-dr unfreeze` does. */
export const unfreeze = defineAction({
  kind: 'unfreeze',
  schema,
  describe: (step) => `unfreeze ${step.pair ?? 'everything'}`,
  check: knownPair,
  run: async ({ clock, operator }, { pair, reason }) => {
    const guards = operator.guards(pair);
    const standing = await guards.readFreeze();
    if (standing === undefined) throw new StepFailedError(`${pair ?? 'everything'} is not frozen`);
    await guards.unfreeze(standing, { reason, by: operatorName, atMs: clock.nowMs() });
    return { unfrozen: pair ?? 'everything' };
  },
});
