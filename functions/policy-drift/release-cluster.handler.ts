import * as z from 'zod/mini';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';

/** Cleanup path: gives the cluster's lock back, if this run has it. A cluster that nobody configured has none. */
export const handler = composeHandler({
  name: 'release-cluster',
  // An input that was refused may name no cluster, or anything.
  input: z.strictObject({ cluster: z.catch(z.string(), ''), run: runSchema }),
  environment: clusterEnvironmentSchema,
  handle: async ({ cluster, run }, { runtime, environment }) => {
    const config = environment.CLUSTERS.find(({ name }) => name === cluster);
    if (config === undefined) return { released: false };
    await clusterPorts(runtime, environment, config).guards.release(run.executionArn);
    return { released: true };
  },
});
