import { isAwsOwned } from './aws-owned.ts';
import { differencesOf, withoutMirroring } from './desired-policies.ts';
import { type DriftFinding, groupBy, policyKey, someNames } from './drift-finding.ts';
import { byVhost, type SimulatedQueue } from './effective-policy.ts';
import { matchedName, PolicyIndex } from './policy-index.ts';
import type { RabbitCluster, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Declared policies that this version cannot hold, that are missing, or that differ. */
export const declaredDrift = (
  cluster: RabbitCluster,
  desired: ReadonlyMap<string, RabbitPolicy>,
  profile: VersionProfile,
): readonly DriftFinding[] => {
  if (desired.size === 0) return [];
  const live = new Map(cluster.policies.map((policy) => [policyKey(policy.vhost, policy.name), policy]));
  return [...desired].flatMap(([key, wanted]): readonly DriftFinding[] => {
    const at = { vhost: wanted.vhost, policy: wanted.name, queues: 0, severity: 'high' as const };
    const why = unsupported(cluster, wanted, profile);
    if (why !== undefined) {
      const message = `declared policy "${wanted.name}" cannot exist in ${wanted.vhost}: ${why}; correct the declaration`;
      return [{ ...at, code: 'DECLARED_UNSUPPORTED', message, evidence: { why }, remedy: undefined }];
    }
    const found = live.get(key);
    const remedy = (because: string) => ({ vhost: wanted.vhost, name: wanted.name, after: wanted, because });
    if (found === undefined) {
      const message = `declared policy "${wanted.name}" is missing in ${wanted.vhost}`;
      const code = 'DECLARED_MISSING';
      return [{ ...at, code, message, evidence: { wanted: wanted.definition }, remedy: remedy(code) }];
    }
    const differences = differencesOf(found, wanted);
    if (differences.length === 0) return [];
    const message = `policy "${wanted.name}" in ${wanted.vhost} differs from its declaration in ${differences.join(', ')}`;
    const code = 'DECLARED_DIFFERENT';
    return [{ ...at, code, message, evidence: { differences, found: { ...found } }, remedy: remedy(code) }];
  });
};

const unsupported = (cluster: RabbitCluster, wanted: RabbitPolicy, profile: VersionProfile): string | undefined => {
  if (isAwsOwned(wanted.name)) return 'Amazon MQ owns this name';
  if (!cluster.vhosts.includes(wanted.vhost)) return 'the virtual host does not exist';
  if (!profile.applyToTypes && !['all', 'queues', 'exchanges'].includes(wanted.applyTo)) {
    return `apply-to ${wanted.applyTo} needs RabbitMQ 3.12`;
  }
  const kept = Object.keys(withoutMirroring(wanted.definition)).length;
  if (!profile.mirroring && kept < Object.keys(wanted.definition).length) {
    return `classic mirroring (ha-…) does not exist in RabbitMQ ${profile.family}`;
  }
  return undefined;
};

/**
 * Undeclared user policies that win over a declared one for some queues. One of lower priority hides nothing: it serves
 * those queues only as long as the declared policy is not there, and is all that they have.
 *
 * @param remove whether the remedy is to delete them; else they are only reported
 */
export const shadowedDeclarations = (
  simulated: readonly SimulatedQueue[],
  desired: ReadonlyMap<string, RabbitPolicy>,
  profile: VersionProfile,
  remove: boolean,
): readonly DriftFinding[] => {
  if (desired.size === 0) return [];
  const indexes = new Map(
    [...byVhost([...desired.values()])].map(([vhost, policies]) => [vhost, new PolicyIndex(policies, profile)]),
  );
  const shadowed = simulated.flatMap(({ queue, effective }) => {
    if (!effective.decided || effective.policy === undefined) return [];
    const { policy } = effective;
    if (desired.has(policyKey(queue.vhost, policy.name)) || isAwsOwned(policy.name)) return [];
    const wanted = indexes.get(queue.vhost)?.choose({ name: matchedName(queue.name), type: queue.type });
    if (!wanted?.decided || wanted.policy === undefined || policy.priority < wanted.policy.priority) return [];
    return [{ queue, policy, wanted: wanted.policy }];
  });
  const replacements = new Map<RabbitPolicy, Set<string>>();
  for (const { policy, wanted } of shadowed) {
    const names = replacements.get(policy) ?? new Set();
    replacements.set(policy, names.add(wanted.name));
  }
  const groups = groupBy(shadowed, ({ policy, wanted }) => JSON.stringify([policy.vhost, policy.name, wanted.name]));
  return [...groups.values()].flatMap((group): readonly DriftFinding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { policy, wanted } = first;
    const code = 'UNDECLARED_SHADOWS';
    return [
      {
        code,
        severity: 'high',
        vhost: policy.vhost,
        policy: policy.name,
        queues: group.length,
        message: `undeclared policy "${policy.name}" in ${policy.vhost} takes ${group.length} queue(s) from declared policy "${wanted.name}"`,
        evidence: {
          priority: policy.priority,
          declaredPriority: wanted.priority,
          names: someNames(group.map(({ queue }) => queue.name)),
        },
        remedy: remove
          ? {
              vhost: policy.vhost,
              name: policy.name,
              after: undefined,
              because: code,
              replacedBy: [...(replacements.get(policy) ?? [])],
            }
          : undefined,
      },
    ];
  });
};
