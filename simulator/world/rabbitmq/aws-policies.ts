import { type StoredPolicy, versionNumbers } from './policy.ts';

const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } as const;

/** The policy that the service recreates; docs/rabbitmq.md 4.1. */
export const systemPolicy: StoredPolicy = {
  vhost: '/',
  name: 'ha-all-AWS-OWNED-DO-NOT-DELETE',
  pattern: '.*',
  'apply-to': 'all',
  definition: mirrored,
  priority: 0,
};

/** User policies that Amazon MQ gives a new cluster, on `/` alone; docs/rabbitmq.md 4.2. */
export const defaultPolicies = (version: string): readonly StoredPolicy[] => {
  const { major, minor } = versionNumbers(version);
  const limits = { 'max-length': 8_000_000, overflow: 'reject-publish' };
  const quorum: StoredPolicy = {
    vhost: '/',
    name: 'AWS-DEFAULT-QUORUM-QUEUES-POLICY-CLUSTER-MULTI-AZ',
    pattern: '.*',
    'apply-to': 'quorum_queues',
    definition: limits,
    priority: 1,
  };
  if (major >= 4) {
    const classic = { name: 'AWS-DEFAULT-POLICY-CLUSTER', 'apply-to': 'classic_queues', definition: limits };
    return [quorum, { ...quorum, ...classic }];
  }
  const classic: StoredPolicy = {
    vhost: '/',
    name: 'AWS-DEFAULT-POLICY-CLUSTER-MULTI-AZ',
    pattern: '.*',
    'apply-to': minor >= 12 ? 'classic_queues' : 'queues',
    definition: { ...limits, ...mirrored, 'queue-mode': 'lazy' },
    priority: 1,
  };
  return minor >= 13 ? [systemPolicy, classic, quorum] : [systemPolicy, classic];
};

/** The operator policy of every virtual host from 3.11 to 3.13; docs/rabbitmq.md 4.3. */
export const managedOperatorPolicy = (vhost: string): StoredPolicy => ({
  vhost,
  name: 'default_operator_policy_AWS_managed',
  pattern: '.*',
  'apply-to': 'all',
  definition: mirrored,
  priority: 0,
});

/** Limits that Amazon MQ gives the virtual host `/` of a cluster of RabbitMQ 3 on m5.large; docs/rabbitmq.md 4.4. */
export const defaultVhostLimits = { 'max-queues': 4_000, 'max-connections': 15_000 } as const;

/** Whether the service keeps an operator policy on this version. */
export const hasOperatorPolicy = (version: string): boolean => {
  const { major, minor } = versionNumbers(version);
  return major === 3 && minor >= 11;
};
