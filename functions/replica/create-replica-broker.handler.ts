import * as z from 'zod/mini';
import { readCredentials } from '../brokers/broker-secrets.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { createReplicaBroker } from './create-replica-broker.ts';
import { createReplicaInputSchema } from './replica-request.ts';

/** Write state of create-replica: CreateBroker, at most one effective call for one decision. */
export const handler = composeHandler({
  name: 'create-replica-broker',
  input: z.strictObject({ input: createReplicaInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, logDecision }) => {
    const { finalCheck } = runGuards(runtime, environment, findPair(environment.PAIRS, input.pair), run);
    const ports = {
      ...pairPorts(runtime, environment),
      finalCheck,
      readCredentials: (secretArn: string) => readCredentials(runtime, secretArn),
    };
    const step = await createReplicaBroker(input, run.executionArn, ports);
    logDecision('replica creation', { pair: input.pair, ...step });
    return step;
  },
});
