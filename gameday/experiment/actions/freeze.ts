import * as z from 'zod';
import { globalScope, pairScope } from '../../../functions/control/control-scopes.ts';
import { operatorName } from '../context.ts';
import { missingPair } from '../scenario/missing-names.ts';
import type { ScenarioOutline } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({
  /** Left out, everything is meant. */
  pair: z.string().min(1).optional(),
  reason: z.string().min(1).default('game day'),
});

const knownPair = ({ pair }: { readonly pair?: string | undefined }, scenario: ScenarioOutline) =>
  pair === undefined ? [] : missingPair({ pair }, scenario);

const scopeOf = (pair: string | undefined): string => (pair === undefined ? globalScope : pairScope(pair));

/** Stops all writes of a pair, or of everything, as `mq-dr freeze` does. */
export const freeze = defineAction({
  kind: 'freeze',
  schema,
  describe: (step) => `freeze ${step.pair ?? 'everything'}`,
  check: knownPair,
  run: async ({ clock, operator }, { pair, reason }) => {
    await operator.guards(scopeOf(pair)).freeze({ reason, by: operatorName, atMs: clock.nowMs() });
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
    const guards = operator.guards(scopeOf(pair));
    const standing = await guards.readFreeze();
    if (standing === undefined) throw new StepFailedError(`${pair ?? 'everything'} is not frozen`);
    await guards.unfreeze(standing, { reason, by: operatorName, atMs: clock.nowMs() });
    return { unfrozen: pair ?? 'everything' };
  },
});
