import type { DriftFinding } from './drift-finding.ts';
import { type InstanceLimits, limitsOf } from './instance-limits.ts';
import type { RabbitCluster, RabbitPolicy, VhostLimits } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Numbers that the instance type is not made for, and limits of virtual hosts that block clients now. */
export const limitDrift = (
  cluster: RabbitCluster,
  profile: VersionProfile,
  instanceType: string,
): readonly DriftFinding[] => {
  const fitting = limitsOf(instanceType);
  const vhosts = cluster.vhostLimits.flatMap((limits) => [
    // Of RabbitMQ 4 the service limits the cluster as a whole, by its configuration; docs/rabbitmq.md 4.4.
    ...(fitting !== undefined && profile.mirroring ? vhostBeyond(limits, fitting, instanceType) : []),
    ...blockedBy(limits, cluster),
  ]);
  return fitting === undefined ? vhosts : [...policiesBeyond(cluster.policies, fitting, instanceType), ...vhosts];
};

const policiesBeyond = (
  policies: readonly RabbitPolicy[],
  { maxLength }: InstanceLimits,
  instanceType: string,
): readonly DriftFinding[] => {
  const findings: DriftFinding[] = [];
  for (const { vhost, name, definition } of policies) {
    const value = definition['max-length'];
    if (typeof value !== 'number' || value <= maxLength) continue;
    findings.push({
      code: 'LIMIT_EXCEEDED',
      severity: 'low',
      vhost,
      policy: name,
      queues: 0,
      message: `policy "${name}" in ${vhost} allows ${value} messages, more than ${instanceType} is made for (${maxLength}); lowering it by itself could drop messages`,
      evidence: { value, limit: maxLength, instanceType },
      remedy: undefined,
    });
  }
  return findings;
};

/** What the limits of a virtual host count, in their own words and in people's. */
const counted = [
  { key: 'maxQueues', limit: 'max-queues', what: 'queues' },
  { key: 'maxConnections', limit: 'max-connections', what: 'connections' },
] as const;

const vhostBeyond = (limits: VhostLimits, fitting: InstanceLimits, instanceType: string): readonly DriftFinding[] =>
  counted.flatMap(({ key, limit, what }): readonly DriftFinding[] => {
    const value = limits[key];
    if (value === undefined || value <= fitting[key]) return [];
    return [
      {
        code: 'LIMIT_EXCEEDED',
        severity: 'low',
        vhost: limits.vhost,
        policy: undefined,
        queues: 0,
        message: `virtual host ${limits.vhost} allows ${value} ${what} (${limit}), more than ${instanceType} is made for (${fitting[key]}); set it lower, or take a larger instance`,
        evidence: { limit, value, fitting: fitting[key], instanceType },
        remedy: undefined,
      },
    ];
  });

/**
 * Limits that keep clients from going on. How many connections a virtual host has now is not read: the management API
 * would list every one of them.
 */
const blockedBy = (
  { vhost, maxQueues, maxConnections }: VhostLimits,
  cluster: RabbitCluster,
): readonly DriftFinding[] => {
  const queues = cluster.queues.filter((queue) => queue.vhost === vhost).length;
  const finding = (limit: string, message: string, evidence: DriftFinding['evidence']): DriftFinding => ({
    code: 'VHOST_LIMIT_REACHED',
    severity: 'high',
    vhost,
    policy: undefined,
    queues,
    message,
    evidence: { limit, ...evidence },
    remedy: undefined,
  });
  return [
    ...(maxQueues !== undefined && queues >= maxQueues
      ? [
          finding(
            'max-queues',
            `virtual host ${vhost} has ${queues} queues and may have ${maxQueues} (max-queues): clients can declare no more; delete idle ones or raise the limit`,
            { queues, maxQueues },
          ),
        ]
      : []),
    ...(maxConnections === 0
      ? [
          finding(
            'max-connections',
            `virtual host ${vhost} allows no connection (max-connections 0): no client gets in`,
            {
              maxConnections,
            },
          ),
        ]
      : []),
  ];
};
