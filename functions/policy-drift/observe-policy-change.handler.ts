import * as z from 'zod/mini';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { driftInputSchema } from './drift-input.ts';
import { findCluster } from './find-cluster.ts';
import { observeChange } from './observe-change.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';

/** Reads a written policy back and sees whether the queues have their copies. */
export const handler = composeHandler({
  name: 'observe-policy-change',
  input: z.strictObject({ input: driftInputSchema, lastLook: z.boolean(), run: runSchema }),
  environment: clusterEnvironmentSchema,
  handle: async ({ input, lastLook, run }, { runtime, environment, logDecision }) => {
    const config = findCluster(environment.CLUSTERS, input.cluster);
    const ports = clusterPorts(runtime, environment, config);
    const observed = await observeChange(
      { input, config, executionArn: run.executionArn, isFinalPoll: lastLook },
      ports,
    );
    logDecision('policy change observed', { cluster: config.name, ...observed });
    return { ...observed, held: 0 };
  },
});
