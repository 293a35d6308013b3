import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { CreationFailed } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';

/** Checks once whether the replica has been created. Creation takes some 25 minutes; docs/amazon-mq.md 2. */
export const handler = composeHandler({
  name: 'observe-creation',
  input: z.strictObject({ pair: z.string(), replica: brokerAddressSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, replica, run }, { runtime, environment, logDecision }) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pair), run);
    const { state } = await pairPorts(runtime, environment).brokers.describe(replica);
    if (state === 'CREATION_FAILED') {
      throw new CreationFailed(
        `the service gave up creating ${replica.brokerId} in ${replica.region}; read the reason in the console, delete the broker and start again`,
        { ...replica },
      );
    }
    const phase = state === 'CREATION_IN_PROGRESS' ? 'creating' : 'ready';
    logDecision('replica creation observed', { ...replica, phase, state });
    return { phase, state };
  },
});
