import * as z from 'zod/mini';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { applyNextChange } from './apply-change.ts';
import { fitting } from './bounded-list.ts';
import { driftInputSchema } from './drift-input.ts';
import { findCluster } from './find-cluster.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';

/** Planned writes that a dry run lists: all that a run may make, as far as a state's payload of 256 KiB takes them. */
const mostPlanned = 100;
const plannedBytes = 160_000;

/** Write state of policy-drift: at most one policy, after reading and judging anew. */
export const handler = composeHandler({
  name: 'apply-policy-change',
  input: z.strictObject({ input: driftInputSchema, run: runSchema }),
  environment: clusterEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, logDecision }) => {
    const config = findCluster(environment.CLUSTERS, input.cluster);
    const ports = clusterPorts(runtime, environment, config);
    const applied = await applyNextChange({ input, config, executionArn: run.executionArn }, ports);
    logDecision('policy change', { cluster: config.name, ...applied });
    const result = { blockers: [], ...applied };
    if (result.outcome !== 'dry-run') return result;
    return { ...result, plannedWrites: fitting(result.plannedWrites, mostPlanned, plannedBytes) };
  },
});
