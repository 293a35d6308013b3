import * as z from 'zod/mini';
import { clusterConfigsSchema } from '../../config/cluster-config.ts';
import { controlEnvironmentSchema } from './control-environment.ts';
import { jsonText } from './json-text.ts';

/** Environment of every function that decides about a RabbitMQ cluster. */
export const clusterEnvironmentSchema = z.extend(controlEnvironmentSchema, {
  /** JSON array of cluster settings; see `cluster-config.ts`. */
  CLUSTERS: z.pipe(jsonText, clusterConfigsSchema),
});

export type ClusterEnvironment = z.output<typeof clusterEnvironmentSchema>;
