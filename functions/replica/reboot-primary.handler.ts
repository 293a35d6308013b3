import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { rebootPrimary } from './reboot-primary.ts';

/** Write state of create-replica and unpair: RebootBroker on the primary alone, at most once for one change. */
export const handler = composeHandler({
  name: 'reboot-primary',
  input: z.strictObject({
    pair: z.string(),
    purpose: z._default(z.enum(['pair', 'unpair']), 'pair'),
    brokers: pairAddressesSchema,
    run: runSchema,
    dryRun: z.boolean(),
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, purpose, brokers, run, dryRun }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const { finalCheck } = runGuards(runtime, environment, pair, run);
    const { protectedWindows } = pair;
    const step = await rebootPrimary(
      { pair: pairName, purpose, ...brokers, protectedWindows, executionArn: run.executionArn, dryRun },
      { ...pairPorts(runtime, environment), finalCheck },
    );
    logDecision('primary reboot', { pair: pairName, purpose, ...step });
    return step;
  },
});
