import * as z from 'zod/mini';
import { controlPorts } from '../control/control-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/**
 * Releases the pair's lock at the end of a run; a lock that the run does not hold any more is left alone, and so is
 * the lock of the run whose step this one is.
 */
export const handler = composeHandler({
  name: 'release-lock',
  // An input that was refused may name no pair; then there is no lock either.
  input: z.strictObject({ pair: z.unknown(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, run }, { runtime, environment, logDecision }) => {
    if (typeof pair !== 'string' || run.fence === null || run.child) return { released: false };
    await controlPorts(runtime, environment).guardsOf(pair).release(run.executionArn);
    logDecision('lock released', { pair, fence: run.fence });
    return { released: true };
  },
});
