import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { unpairInputSchema } from './unpair-input.ts';
import { unpairPrimary } from './unpair-primary.ts';

/** Write state of unpair: UpdateBroker NONE on the primary, at most once; the guard is repeated inside. */
export const handler = composeHandler({
  name: 'unpair-primary',
  input: z.strictObject({ input: unpairInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const { finalCheck } = runGuards(runtime, environment, pair, run);
    const ports = { ...pairPorts(runtime, environment), finalCheck };
    const step = await unpairPrimary(input, pair, run.executionArn, ports);
    logDecision('end of replication', { pair: pair.name, ...step });
    return step;
  },
});
