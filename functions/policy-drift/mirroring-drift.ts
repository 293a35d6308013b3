import { isAwsOwned } from './aws-owned.ts';
import { isMirrored, withMirroring, withoutMirroring } from './desired-policies.ts';
import { type DriftFinding, policyKey, someNames } from './drift-finding.ts';
import type { SimulatedQueue } from './effective-policy.ts';
import { appliesToType } from './policy-index.ts';
import type { RabbitCluster, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import { mirroringKeys, type VersionProfile } from './version-profiles.ts';

/** User policies whose classic queues are not mirrored as the service wants, where mirroring exists. */
export const mirroringDrift = (
  cluster: RabbitCluster,
  simulated: readonly SimulatedQueue[],
  desired: ReadonlyMap<string, RabbitPolicy>,
  profile: VersionProfile,
): readonly DriftFinding[] => {
  if (!profile.mirroring) return leftoverMirroring(cluster, desired);
  const lacking = cluster.policies.filter(
    (policy) =>
      !isMirrored(policy.definition) && !isAwsOwned(policy.name) && appliesToType(policy, 'classic', profile) === 'yes',
  );
  if (lacking.length === 0) return [];
  const using = Map.groupBy(simulated, ({ effective }) => (effective.decided ? effective.policy : undefined));
  const operators = new Set(
    cluster.operatorPolicies
      .filter((policy) => policy.pattern === '.*' && policy.applyTo !== 'exchanges' && isMirrored(policy.definition))
      .map(({ vhost }) => vhost),
  );
  return lacking.flatMap((policy): readonly DriftFinding[] => {
    const queues = using.get(policy) ?? [];
    const classic = queues.filter(({ queue }) => queue.type === 'classic' && !queue.exclusive);
    const bare = classic.filter(({ effective }) => effective.decided && !isMirrored(effective.definition));
    // An operator policy that mirrors everything makes up for it: docs/rabbitmq.md 4.3.
    if (bare.length === 0 && operators.has(policy.vhost)) return [];
    const others = queues.filter(({ queue }) => queue.type !== 'classic');
    const code = 'ha-mode' in policy.definition ? 'HA_DIFFERENT' : 'HA_MISSING';
    const base = desired.get(policyKey(policy.vhost, policy.name)) ?? policy;
    const after = { ...base, definition: withMirroring(base.definition) };
    return [
      {
        code: others.length > 0 ? 'MIXED_QUEUE_KINDS' : code,
        severity: bare.length > 0 ? 'critical' : 'high',
        vhost: policy.vhost,
        policy: policy.name,
        queues: bare.length,
        message:
          others.length > 0
            ? `policy "${policy.name}" in ${policy.vhost} serves classic and other queues: with ha-mode it would be void for the others, without it classic queues have no mirrors; split it by apply-to`
            : `policy "${policy.name}" in ${policy.vhost} must have ha-mode all and ha-sync-mode automatic; ${bare.length} queue(s) are not mirrored because of it`,
        evidence: { definition: policy.definition, names: someNames(bare.map(({ queue }) => queue.name)) },
        remedy: others.length > 0 ? undefined : { vhost: policy.vhost, name: policy.name, after, because: code },
      },
    ];
  });
};

/** Mirroring keys left over from before an upgrade to a version that has no mirroring; docs/rabbitmq.md 3.3. */
const leftoverMirroring = (
  cluster: RabbitCluster,
  desired: ReadonlyMap<string, RabbitPolicy>,
): readonly DriftFinding[] => {
  const leftover = (policy: RabbitPolicy): readonly string[] =>
    Object.keys(policy.definition).filter((key) => mirroringKeys.includes(key));
  const code = 'HA_KEYS_REMOVED_IN_4';
  const finding = (policy: RabbitPolicy, operator: boolean): readonly DriftFinding[] => {
    const keys = leftover(policy);
    if (keys.length === 0) return [];
    const definition = withoutMirroring(policy.definition);
    const rest = Object.keys(definition).length > 0 ? { ...policy, definition } : undefined;
    const writable = !operator && !isAwsOwned(policy.name);
    const after = desired.get(policyKey(policy.vhost, policy.name)) ?? rest;
    return [
      {
        code,
        severity: 'high',
        vhost: policy.vhost,
        policy: policy.name,
        queues: 0,
        message: `${operator ? 'operator policy' : 'policy'} "${policy.name}" in ${policy.vhost} still has ${keys.join(', ')}: RabbitMQ 4 has no mirroring, and the keys make it void for quorum queues`,
        evidence: { keys },
        remedy: writable ? { vhost: policy.vhost, name: policy.name, after, because: code } : undefined,
      },
    ];
  };
  return [
    ...cluster.policies.flatMap((policy) => finding(policy, false)),
    ...cluster.operatorPolicies.flatMap((policy) => finding(policy, true)),
  ];
};
