import * as z from 'zod/mini';
import { composeHandler, runSchema } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { applyNextChange } from './apply-change.ts';
import { driftInputSchema } from './drift-input.ts';
import { findCluster } from './find-cluster.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';

/** Write state of policy-drift: at most one policy, after looking and judging anew. */
export const handler = composeHandler({
  name: 'apply-policy-change',
  input: z.strictObject({ input: driftInputSchema, run: runSchema }),
  environment: clusterEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, logDecision }) => {
    const config = findCluster(environment.CLUSTERS, input.cluster);
    const ports = clusterPorts(runtime, environment, config);
    const applied = await applyNextChange({ input, config, executionArn: run.executionArn }, ports);
    logDecision('policy change', { cluster: config.name, ...applied });
    return { blockers: [], ...applied };
  },
});
