import * as z from 'zod';

const policy = z.strictObject({
  vhost: z.string().default('/'),
  name: z.string(),
  pattern: z.string(),
  applyTo: z.string().default('all'),
  definition: z.record(z.string(), z.json()),
  priority: z.int().default(0),
});

const queue = z.strictObject({
  vhost: z.string().default('/'),
  name: z.string(),
  type: z.enum(['classic', 'quorum', 'stream']).default('classic'),
  durable: z.boolean().default(true),
  exclusive: z.boolean().default(false),
  messages: z.int().min(0).default(0),
  messageBytes: z.int().min(0).optional(),
  autoDelete: z.boolean().default(false),
  /** Arguments of its declaration, with their `x-`. */
  arguments: z.record(z.string(), z.json()).default({}),
  /** Members of a quorum queue; all nodes by default. */
  members: z.int().min(1).optional(),
});

/** A RabbitMQ cluster as scenarios and tests put it into the simulator. */
export const clusterSeedSchema = z.strictObject({
  version: z.string().default('3.13.7'),
  nodes: z.int().min(1).max(7).default(3),
  vhosts: z.array(z.string()).default([]),
  policies: z.array(policy).default([]),
  operatorPolicies: z.array(policy).default([]),
  queues: z.array(queue).default([]),
  /** Many queues alike, their names numbered from 1 behind the given one. */
  queueSeries: z.array(z.strictObject({ ...queue.shape, count: z.int().min(1).max(50_000) })).default([]),
  /** Whether the policies that Amazon MQ gives such a cluster exist at first; docs/rabbitmq.md 4. */
  awsPolicies: z.boolean().default(true),
  /** Limits of virtual hosts in addition to those that Amazon MQ gives `/`, or in their place; docs/rabbitmq.md 4.4. */
  vhostLimits: z
    .record(z.string(), z.strictObject({ 'max-queues': z.int().optional(), 'max-connections': z.int().optional() }))
    .default({}),
  /** What the service repairs by itself; docs/rabbitmq.md 4.1, 4.2. Its pace is not documented, so it is a setting. */
  repairs: z
    .strictObject({
      recreatesSystemPolicy: z.boolean().default(true),
      addsMirroring: z.boolean().default(false),
      delaySeconds: z.number().positive().default(120),
    })
    .prefault({}),
  /** Messages that a synchronisation copies each second. */
  syncPerSecond: z.number().positive().default(5_000),
  /** Whether nodes sample figures: `management_agent.disable_metrics_collector` switches that off; docs/rabbitmq.md 1.3. */
  metrics: z.boolean().default(true),
  /** Clients that make a queue for each answer. */
  replyQueues: z
    .strictObject({
      vhost: z.string().default('/'),
      perSecond: z.number().positive(),
      livesSeconds: z.number().positive(),
    })
    .optional(),
  /** Another controller that writes policies back to what they were, this long after each change. */
  rival: z.strictObject({ policies: z.array(z.string()).min(1), delaySeconds: z.number().positive() }).optional(),
});

export type ClusterSeedInput = z.input<typeof clusterSeedSchema>;
export type ClusterSeed = z.output<typeof clusterSeedSchema>;
