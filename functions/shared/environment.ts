import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { clusterConfigsSchema } from './cluster-config.ts';
import { pairConfigsSchema } from './pair-config.ts';

/** A file's content where a URL names one, or the text itself. */
const readText = (text: string): string => (text.startsWith('file:') ? readFileSync(new URL(text), 'utf8') : text);

/**
 * JSON text, or the URL of a file that holds it: Lambda allows 4 KiB for all variables of a function together
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and a few pairs fill that.
 */
const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(readText(text));
  } catch (error) {
    const unread = error instanceof Error && 'code' in error;
    context.addIssue({ code: 'custom', message: unread ? `cannot be read: ${error.message}` : 'is not JSON' });
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

/** Environment of functions that read the ledger of processed messages and write reports. */
export const reconciliationEnvironmentSchema = pairEnvironmentSchema.extend({
  /** Name of the ledger's table; each Region has a replica under this name. */
  LEDGER_TABLE: z.string().min(3),
  /** Bucket of this Region for manifests and reports. */
  REPORT_BUCKET: z.string().min(3),
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

export type ReconciliationEnvironment = z.output<typeof reconciliationEnvironmentSchema>;
export type PairEnvironment = z.output<typeof pairEnvironmentSchema>;

/** Environment of functions that start state machines of their own Region. */
export const machinesEnvironmentSchema = z.object({
  /** JSON object: ARN of each state machine by its name. */
  MACHINES: jsonText.pipe(z.record(z.string(), z.string().startsWith('arn:'))),
});
export type ClusterEnvironment = z.output<typeof clusterEnvironmentSchema>;
