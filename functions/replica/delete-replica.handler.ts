import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { deleteReplica } from './delete-replica.ts';

/** Write state of unpair: DeleteBroker on the former replica, at most once; later calls observe how far it is. */
export const handler = composeHandler({
  name: 'delete-replica',
  input: z.strictObject({
    pair: z.string(),
    brokers: pairAddressesSchema,
    replicaBrokerId: z.string().check(z.startsWith('b-')),
    dryRun: z._default(z.boolean(), false),
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, brokers, replicaBrokerId, dryRun, run }, { runtime, environment, logDecision }) => {
    const guards = runGuards(runtime, environment, findPair(environment.PAIRS, pairName), run);
    await guards.renew();
    const step = await deleteReplica(
      { pair: pairName, ...brokers, replicaBrokerId, executionArn: run.executionArn, dryRun },
      { ...pairPorts(runtime, environment), finalCheck: guards.finalCheck },
    );
    logDecision('replica deletion', { pair: pairName, replicaBrokerId, ...step });
    return step;
  },
});
