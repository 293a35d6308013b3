import * as z from 'zod';
import { omit } from 'zod/mini';
import { clusterConfigSchema } from '../../../functions/config/cluster-config.ts';
import { pairConfigSchema } from '../../../functions/config/pair-config.ts';
import { reconciliationFields } from '../../../functions/config/reconciliation-config.ts';
import { clusterSeedSchema } from '../../../simulator/world/rabbitmq/cluster-seed.ts';

/** Regions that the simulator can hold; cross-Region data replication names four of them (docs/amazon-mq.md 1). */
export const knownRegions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'] as const;

const region = z.enum(knownRegions);

/** Amazon MQ takes 1 to 50 letters, digits, hyphens and underscores (docs/amazon-mq.md 8). */
const brokerName = z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'must be 1 to 50 letters, digits, "-" or "_"');

const broker = z.strictObject({ region, brokerName });

/** A pair's settings as they are deployed, without what the test bed fills in. */
const pairSettings = omit(pairConfigSchema, {
  name: true,
  brokers: true,
  canary: true,
  cutover: true,
  reconciliation: true,
});

/** How the pair's messages are reconciled, without what the test bed fills in. */
const ledgerSettings = omit(reconciliationFields, { secretArns: true, ledgerStart: true });

const pair = z
  .strictObject({
    primary: broker,
    replica: broker,
    /** Whether the pair replicates already when the run begins; else only the primary exists. */
    paired: z.boolean().default(false),
    /** Whether a promotion holds the pair's consumers, which are then event-source mappings. */
    consumers: z.enum(['hold', 'live']).default('live'),
    /** Settings of the ledger that the pair's consumers write to; without it they write to none. */
    ledger: z.optional(ledgerSettings),
    engineVersion: z.string().min(1).default('5.18'),
    hostInstanceType: z.string().min(1).default('mq.m5.large'),
    /** The deployed settings, such as `automaticFailover` and `escalation`; what is left out has mq-dr's default. */
    settings: z.prefault(pairSettings, {}),
  })
  .refine((value) => value.primary.region !== value.replica.region, {
    path: ['replica', 'region'],
    message: 'must differ from the Region of the primary: replication is between two Regions',
  })
  .refine((value) => value.consumers === 'live' || value.paired, {
    path: ['consumers'],
    message: '"hold" needs a pair that replicates already: a mapping names the broker that it consumes from',
  });

/** A RabbitMQ cluster as it is when the run begins, and mq-dr's settings for it. */
const cluster = z.strictObject({
  region,
  brokerName,
  hostInstanceType: z.string().min(1).default('mq.m5.large'),
  broker: clusterSeedSchema.prefault({}),
  settings: z.prefault(omit(clusterConfigSchema, { name: true, broker: true, secretArn: true }), {}),
});

/** A name that a person gives to a pair, a fault or a workflow run inside a scenario. */
export const scenarioName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must begin with a small letter and hold at most 40 of a-z, 0-9 and "-"');

const queue = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, ".", "_" or "-"')
  .refine((name) => !name.startsWith('ActiveMQ.'), 'must not begin with "ActiveMQ.", which is the broker\'s own');

/** Bounds keep a run within the budget of 20 s of wall time: some 5,000 messages pass per second of it. */
const traffic = z
  .strictObject({
    pair: z.string(),
    queues: z.array(queue).min(1).max(20),
    producers: z.int().min(1).max(20),
    consumers: z.int().min(1).max(20),
    ratePerSecond: z.number().positive().max(200),
    bodyBytes: z.int().min(1).max(262_144).default(256),
    /** Where the clients run; without it in the primary's Region, with which they are lost. */
    region: region.optional(),
    /** Queues whose consumers work in the planned primary's Region alone, as a batch job there would. */
    homeOnly: z.array(queue).default([]),
  })
  .refine((value) => value.homeOnly.every((name) => value.queues.includes(name)), {
    path: ['homeOnly'],
    message: 'must name queues of this traffic',
  })
  .refine((value) => value.consumers >= value.queues.length, {
    path: ['consumers'],
    message: 'must be at least the number of queues: a queue without a consumer would never drain',
  });

/** A step is checked by the action or probe that it names, so only its outline is known here. */
const step = z.record(z.string(), z.unknown());

const hypothesis = z.strictObject({ title: z.string().min(1), probes: z.array(step).min(1).max(50) });

/** Outline of a scenario file: an experiment as chaostoolkit would write it, with the test bed that it runs on. */
export const scenarioSchema = z.strictObject({
  title: z.string().min(1).max(120),
  description: z.string().min(1),
  /** Seed of everything random in the run; `--seed` overrides it. */
  seed: z.int().min(0).max(4_294_967_295),
  world: z.strictObject({
    pairs: z.record(scenarioName, pair).default({}),
    clusters: z.record(scenarioName, cluster).default({}),
    /**
     * Whether the deployment's rules are on: heartbeats, alarms, events, the fencing schedule. Off, a run shows nothing
     * but the workflows that it starts itself.
     */
    triggers: z.boolean().default(false),
  }),
  'steady-state-hypothesis': hypothesis,
  method: z.array(step).min(1).max(200),
  rollbacks: z.array(step).max(50).default([]),
  traffic: traffic.optional(),
  /** Faults by name, raised and cleared by steps of the method. The simulator checks what is inside. */
  faults: z.record(scenarioName, z.record(z.string(), z.unknown())).default({}),
  /** Virtual minutes after which the run is aborted: a workflow that never ends must not keep it going for ever. */
  maxVirtualMinutes: z.int().min(1).max(43_200).default(1_440),
});

/** A scenario whose outline has been checked, and not yet its steps. */
export type ScenarioOutline = z.infer<typeof scenarioSchema>;
