import * as z from 'zod';
import { brokerArnSchema } from './broker-arn.ts';
import type { JsonValue } from './rabbit-cluster.ts';

const jsonValue: z.ZodType<JsonValue> = z.json();

/** RabbitMQ keeps names as short strings of at most 255 bytes; docs/rabbitmq.md 1.4. */
const rabbitName = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 255, 'expected at most 255 bytes of UTF-8');

/** A user policy that the team wants. */
const declaredPolicySchema = z.strictObject({
  /** A virtual host, or `*` for each one that exists. */
  vhost: rabbitName,
  name: rabbitName,
  pattern: z.string(),
  applyTo: z.enum(['all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams']).default('queues'),
  definition: z
    .record(z.string(), jsonValue)
    .refine((value) => Object.keys(value).length > 0, 'a policy needs at least one setting'),
  /** Beats the cluster's default, which has priority 1, from 2 on; docs/rabbitmq.md 4.2. */
  priority: z.int().default(2),
});

export type DeclaredPolicy = z.output<typeof declaredPolicySchema>;

/** A drift that is accepted for a while. */
const driftExceptionSchema = z.strictObject({
  vhost: rabbitName,
  /** Name of the policy; left out, every finding of the virtual host. */
  policy: rabbitName.optional(),
  /** Code of the finding; left out, every finding of the policy. */
  code: z.string().optional(),
  reason: z.string().min(1),
  expiresAt: z.iso.datetime().transform((text) => Date.parse(text)),
});

const limitsSchema = z.strictObject({
  /** Writes of one run. Ten: what a person can still follow, and undo by hand. */
  maxChanges: z.int().min(1).max(100).default(10),
  /** Share of the user policies that one run may change, in percent, but never less than one policy. */
  maxPercent: z.int().min(1).max(100).default(25),
  /**
   * Messages above which a queue is not made to resynchronise. A resync blocks the queue (docs/rabbitmq.md 5.2); ten
   * thousand messages of some kilobytes pass within seconds.
   */
  deepQueueMessages: z.int().min(0).default(10_000),
  /** Failed attempts at one policy before it is parked for a person. */
  maxAttempts: z.int().min(1).max(10).default(3),
  /** Wait after the first failed attempt, in seconds; doubled with each further one. */
  backOffSeconds: z.int().min(1).max(86_400).default(300),
  /** Same change of one policy, this often within the window, means that two controllers fight. */
  flipLimit: z.int().min(2).max(20).default(3),
  flipWindowSeconds: z.int().min(60).max(2_592_000).default(86_400),
});

export type DriftLimits = z.output<typeof limitsSchema>;

/** The settings of one RabbitMQ cluster, as the functions' `CLUSTERS` environment variable holds them. */
export const clusterConfigSchema = z.strictObject({
  /** The name that people use for the cluster. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'expected 1–50 lower-case letters, digits and hyphens'),
  broker: brokerArnSchema,
  /** Secret with the user name and password of a user with the tag administrator. */
  secretArn: z.string().startsWith('arn:'),
  policies: z.array(declaredPolicySchema).max(1_000).default([]),
  /** What happens to an undeclared user policy that shadows a declared one. */
  undeclared: z.enum(['report', 'remove']).default('report'),
  exceptions: z.array(driftExceptionSchema).default([]),
  limits: limitsSchema.prefault({}),
});

export type ClusterConfig = z.output<typeof clusterConfigSchema>;

/** All RabbitMQ clusters of the deployment. */
export const clusterConfigsSchema = z.array(clusterConfigSchema).superRefine((clusters, context) => {
  const seen = new Set<string>();
  for (const cluster of clusters) {
    if (seen.has(cluster.name)) {
      context.addIssue({ code: 'custom', message: `cluster "${cluster.name}" is configured twice` });
    }
    seen.add(cluster.name);
    const policies = new Set<string>();
    for (const { vhost, name } of cluster.policies) {
      const key = JSON.stringify([vhost, name]);
      if (policies.has(key)) {
        context.addIssue({ code: 'custom', message: `cluster "${cluster.name}" declares policy ${key} twice` });
      }
      policies.add(key);
    }
  }
});
