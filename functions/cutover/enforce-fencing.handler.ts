import * as z from 'zod/mini';
import type { PairConfig } from '../config/pair-config.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { DrError } from '../runtime/errors.ts';
import { enforcePairFence } from './adapters/enforce-pair-fence.ts';
import { settleHeldConsumers } from './adapters/settle-held.ts';

/** What one check of one pair says. */
interface Checked {
  readonly outcome: string;
  readonly detail: string;
}

const failed = (error: unknown): Checked => {
  if (!(error instanceof DrError)) throw error;
  return { outcome: 'failed', detail: `${error.name}: ${error.message}` };
};

/** Outcomes of a check that had nothing to do. */
const quiet: readonly string[] = ['not-wanted', 'not-held'];

/**
 * Each minute in each Region: carries out the fences that belong in front of brokers of this Region, lifts those that do
 * not, and releases consumers that no run needs held any more. What goes wrong with one pair is reported with the others'
 * outcomes and tried again a minute later.
 */
export const handler = composeHandler({
  name: 'enforce-fencing',
  input: z.strictObject({}),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async (_input, { runtime, environment, region, logDecision }) => {
    const check = async ({ name }: PairConfig, what: string, run: () => Promise<Checked>) => {
      const result = await run().catch(failed);
      if (!quiet.includes(result.outcome)) logDecision(`${what} checked`, { pair: name, region, ...result });
      return result.outcome;
    };
    const settle = async (pair: PairConfig): Promise<readonly (readonly [string, string])[]> => {
      const fencing = await check(pair, 'fencing', () => enforcePairFence(runtime, environment, region, pair));
      const consumers = await check(pair, 'consumers', () => settleHeldConsumers(runtime, environment, region, pair));
      const held = quiet.includes(consumers) ? [] : [[`consumers of ${pair.name}`, consumers] as const];
      return [[pair.name, fencing], ...held];
    };
    const outcomes = await runtime.clock.concurrently<(readonly (readonly [string, string])[])[]>(
      environment.PAIRS.map((pair) => () => settle(pair)),
    );
    return { outcome: 'enforced' as const, pairs: outcomes.length, evidence: Object.fromEntries(outcomes.flat()) };
  },
});
