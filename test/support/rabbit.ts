import { brokerArnSchema } from '../../functions/config/broker-arn.ts';
import { type ClusterConfig, clusterConfigSchema } from '../../functions/config/cluster-config.ts';
import type { RabbitCluster, RabbitPolicy, RabbitQueue } from '../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { profileFor, type VersionProfile } from '../../functions/policy-drift/version-profiles.ts';
import { noonMs } from './brokers.ts';

export const eventsArn = 'arn:aws:mq:us-east-1:123456789012:broker:events:b-11111111-1111-1111-1111-111111111111';

export const eventsBroker = brokerArnSchema.parse(eventsArn);

/** What every policy of a classic queue should say. */
export const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } as const;

export const policy = (changes: Partial<RabbitPolicy> = {}): RabbitPolicy => ({
  vhost: '/',
  name: 'orders',
  pattern: '^orders',
  applyTo: 'queues',
  definition: { 'max-length': 100 },
  priority: 5,
  ...changes,
});

export const queue = (changes: Partial<RabbitQueue> = {}): RabbitQueue => ({
  vhost: '/',
  name: 'orders.placed',
  type: 'classic',
  durable: true,
  exclusive: false,
  autoDelete: false,
  arguments: {},
  messages: 0,
  messageBytes: 0,
  leader: 'rabbit@a',
  mirrors: [],
  synchronisedMirrors: [],
  members: [],
  onlineMembers: [],
  state: 'running',
  policy: undefined,
  operatorPolicy: undefined,
  effectiveDefinition: {},
  ...changes,
});

export const systemPolicy = policy({
  name: 'ha-all-AWS-OWNED-DO-NOT-DELETE',
  pattern: '.*',
  applyTo: 'all',
  definition: mirrored,
  priority: 0,
});

/** A three-node cluster of version 3.10 in which nothing is wrong but what `changes` bring. */
export const cluster = (changes: Partial<RabbitCluster> = {}): RabbitCluster => ({
  readAtMs: noonMs,
  version: '3.10.20',
  nodes: ['a', 'b', 'c'].map((name) => ({
    name: `rabbit@${name}`,
    running: true,
    memoryAlarm: false,
    diskAlarm: false,
    partitions: [],
  })),
  vhosts: ['/'],
  queues: [],
  policies: [systemPolicy],
  operatorPolicies: [],
  vhostLimits: [],
  featureFlags: [],
  ...changes,
});

/** @throws TypeError for a version without profile */
export const profileOf = (version: string): VersionProfile => {
  const profile = profileFor(version);
  if (profile === undefined) throw new TypeError(`no profile for ${version}`);
  return profile;
};

export const config = (changes: Record<string, unknown> = {}): ClusterConfig =>
  clusterConfigSchema.parse({
    name: 'events',
    broker: eventsArn,
    secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x',
    ...changes,
  });
