import * as z from 'zod';
import { clusterConfigsSchema } from './cluster-config.ts';
import { pairConfigsSchema } from './pair-config.ts';

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

/** Environment of every function that decides about a pair. */
export const pairEnvironmentSchema = z.object({
  /** JSON array of pair settings; see `pair-config.ts`. */
  PAIRS: jsonText.pipe(pairConfigsSchema),
  /** Name of the Control table. */
  CONTROL_TABLE: z.string().min(3),
  /** A Region whose replica of the Control table this function uses; not the counterpart's. */
  CONTROL_REGION: z.string().min(1),
});

/** Environment of every function that decides about a RabbitMQ cluster. */
export const clusterEnvironmentSchema = z.object({
  /** JSON array of cluster settings; see `cluster-config.ts`. */
  CLUSTERS: jsonText.pipe(clusterConfigsSchema),
  CONTROL_TABLE: z.string().min(3),
  CONTROL_REGION: z.string().min(1),
});

/** Environment of functions that page people. */
export const notifyEnvironmentSchema = z.object({
  /** Topic in the function's own Region. */
  TOPIC_ARN: z.string().startsWith('arn:'),
});

export type PairEnvironment = z.output<typeof pairEnvironmentSchema>;

/** Environment of functions that start state machines of their own Region. */
export const machinesEnvironmentSchema = z.object({
  /** JSON object: ARN of each state machine by its name. */
  MACHINES: jsonText.pipe(z.record(z.string(), z.string().startsWith('arn:'))),
});
export type ClusterEnvironment = z.output<typeof clusterEnvironmentSchema>;
