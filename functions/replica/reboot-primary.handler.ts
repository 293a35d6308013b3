import * as z from 'zod';
import { pairPorts } from '../shared/adapters/pair-ports.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { pairEnvironmentSchema } from '../shared/environment.ts';
import { findPair } from '../shared/find-pair.ts';
import { pairAddressesSchema } from './addresses.ts';
import { rebootPrimary } from './reboot-primary.ts';

/** Write state of create-replica: RebootBroker on the primary alone, at most once for one pairing. */
export const handler = composeHandler({
  name: 'reboot-primary',
  input: z.strictObject({ pair: z.string(), brokers: pairAddressesSchema, run: runSchema, dryRun: z.boolean() }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, brokers, run, dryRun }, { runtime, environment, nowMs, logDecision }) => {
    const { protectedWindows } = findPair(environment.PAIRS, pairName);
    const step = await rebootPrimary(
      { pair: pairName, ...brokers, protectedWindows, executionArn: run.executionArn, dryRun, nowMs },
      pairPorts(runtime, environment),
    );
    logDecision('primary reboot', { pair: pairName, ...step });
    return step;
  },
});
