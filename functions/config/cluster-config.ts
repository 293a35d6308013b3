import * as z from 'zod/mini';
import { brokerArnSchema } from './broker-arn.ts';
import { brokerDomainsSchema } from './broker-domains.ts';
import type { JsonValue } from './json-value.ts';

const jsonValue: z.ZodMiniType<JsonValue> = z.json();

/** RabbitMQ keeps names as short strings of at most 255 bytes; docs/rabbitmq.md 1.4. */
const rabbitName = z.string().check(
  z.minLength(1),
  z.refine((name) => Buffer.byteLength(name) <= 255, 'expected at most 255 bytes of UTF-8'),
);

/** A user policy that the team wants. */
const declaredPolicySchema = z.strictObject({
  /** A virtual host, or `*` for each one that exists. */
  vhost: rabbitName,
  name: rabbitName,
  pattern: z.string(),
  applyTo: z._default(z.enum(['all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams']), 'queues'),
  definition: z
    .record(z.string(), jsonValue)
    .check(z.refine((value) => Object.keys(value).length > 0, 'a policy needs at least one setting')),
  /** Beats the cluster's default, which has priority 1, from 2 on; docs/rabbitmq.md 4.2. */
  priority: z._default(z.int(), 2),
});

export type DeclaredPolicy = z.output<typeof declaredPolicySchema>;

/** A drift that is accepted for a while. */
const driftExceptionSchema = z.strictObject({
  vhost: rabbitName,
  /** Name of the policy; left out, every finding of the virtual host. */
  policy: z.optional(rabbitName),
  /** Code of the finding; left out, every finding of the policy. */
  code: z.optional(z.string()),
  reason: z.string().check(z.minLength(1)),
  expiresAt: z.pipe(
    z.iso.datetime(),
    z.transform((text) => Date.parse(text)),
  ),
});

const limitsSchema = z.strictObject({
  /** Writes of one run. Ten: what a person can still follow, and undo by hand. */
  maxChanges: z._default(z.int().check(z.gte(1), z.lte(100)), 10),
  /** Share of the user policies that one run may change, in percent, but never less than one policy. */
  maxPercent: z._default(z.int().check(z.gte(1), z.lte(100)), 25),
  /**
   * Messages above which a queue is not made to resynchronise. A resync blocks the queue (docs/rabbitmq.md 5.2); ten
   * thousand messages of some kilobytes pass within seconds.
   */
  deepQueueMessages: z._default(z.int().check(z.gte(0)), 10_000),
  /** Failed attempts at one policy before it is parked for a person. */
  maxAttempts: z._default(z.int().check(z.gte(1), z.lte(10)), 3),
  /** Wait after the first failed attempt, in seconds; doubled with each further one. */
  backOffSeconds: z._default(z.int().check(z.gte(1), z.lte(86_400)), 300),
  /** Same change of one policy, this often within the window, means that two controllers fight. */
  flipLimit: z._default(z.int().check(z.gte(2), z.lte(20)), 3),
  flipWindowSeconds: z._default(z.int().check(z.gte(60), z.lte(2_592_000)), 86_400),
});

export type DriftLimits = z.output<typeof limitsSchema>;

/** The settings of one RabbitMQ cluster, as the functions' `CLUSTERS` environment variable holds them. */
export const clusterConfigSchema = z.strictObject({
  /** The name by which operators know the cluster. */
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'expected 1–50 lower-case letters, digits and hyphens')),
  broker: brokerArnSchema,
  /** Secret with the user name and password of a user with the tag administrator. */
  secretArn: z.string().check(z.startsWith('arn:')),
  brokerDomains: brokerDomainsSchema,
  policies: z._default(z.array(declaredPolicySchema).check(z.maxLength(1_000)), []),
  /** What happens to an undeclared user policy that shadows a declared one. */
  undeclared: z._default(z.enum(['report', 'remove']), 'report'),
  exceptions: z._default(z.array(driftExceptionSchema), []),
  limits: z.prefault(limitsSchema, {}),
});

export type ClusterConfig = z.output<typeof clusterConfigSchema>;

/** All RabbitMQ clusters of the deployment. */
export const clusterConfigsSchema = z.array(clusterConfigSchema).check(
  z.superRefine((clusters, context) => {
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
  }),
);
