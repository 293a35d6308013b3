import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { controlPorts } from '../control/control-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/** Last step of unpair: removes the record of the pair's brokers. Settings that name them are left to operators. */
export const handler = composeHandler({
  name: 'forget-pair',
  input: z.strictObject({ pair: z.string(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    await controlPorts(runtime, environment).control.forgetMembers(pair.name);
    const next =
      pair.brokers === undefined
        ? []
        : [
            `remove "brokers" from the settings of pair "${pair.name}": they name two brokers that are no longer a pair`,
          ];
    logDecision('pair forgotten', { pair: pair.name, next });
    return { next };
  },
});
