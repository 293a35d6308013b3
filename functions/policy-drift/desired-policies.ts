import type { DeclaredPolicy } from '../shared/cluster-config.ts';
import type { JsonValue, PolicyDefinition, RabbitPolicy } from '../shared/rabbit-cluster.ts';
import { policyKey } from './drift-finding.ts';
import { sameDefinition } from './merge-definitions.ts';
import { appliesToType } from './policy-index.ts';
import { mirroringKeys, requiredMirroring, type VersionProfile } from './version-profiles.ts';

/** The definition with what the service requires of classic queues' policies; docs/rabbitmq.md 4.1. */
export const withMirroring = (definition: PolicyDefinition): PolicyDefinition => {
  const { 'ha-params': _params, ...rest } = definition;
  return { ...rest, ...requiredMirroring };
};

/** The definition without any key of classic mirroring. */
export const withoutMirroring = (definition: PolicyDefinition): PolicyDefinition =>
  Object.fromEntries(Object.entries(definition).filter(([key]) => !mirroringKeys.includes(key)));

/** Whether a definition mirrors to all nodes and synchronises by itself. */
export const isMirrored = (definition: PolicyDefinition): boolean =>
  Object.entries(requiredMirroring).every(([key, value]: [string, JsonValue]) => definition[key] === value);

/**
 * The declared policies as they should stand in each virtual host, by `policyKey`. Where only classic queues are
 * supported they carry the mirroring that the service adds anyway. A declaration for one virtual host beats `*`.
 */
export const desiredPolicies = (
  declared: readonly DeclaredPolicy[],
  vhosts: readonly string[],
  profile: VersionProfile,
): ReadonlyMap<string, RabbitPolicy> => {
  const desired = new Map<string, RabbitPolicy>();
  const general = declared.filter(({ vhost }) => vhost === '*');
  const particular = declared.filter(({ vhost }) => vhost !== '*');
  for (const policy of [...general, ...particular]) {
    for (const vhost of policy.vhost === '*' ? vhosts : [policy.vhost]) {
      desired.set(policyKey(vhost, policy.name), asServed({ ...policy, vhost }, profile));
    }
  }
  return desired;
};

const asServed = (policy: RabbitPolicy, profile: VersionProfile): RabbitPolicy => {
  const { vhost, name, pattern, applyTo, definition, priority } = policy;
  const mirrored = profile.quorumQueues === 'data-loss' && appliesToType(policy, 'classic', profile) === 'yes';
  return { vhost, name, pattern, applyTo, priority, definition: mirrored ? withMirroring(definition) : definition };
};

/** In which members a policy differs from what is wanted; mirroring that the service has added is no difference. */
export const differencesOf = (live: RabbitPolicy, wanted: RabbitPolicy, profile: VersionProfile): readonly string[] => {
  const differences: string[] = [];
  if (live.pattern !== wanted.pattern) differences.push('pattern');
  if (live.applyTo !== wanted.applyTo) differences.push('apply-to');
  if (live.priority !== wanted.priority) differences.push('priority');
  const accepted =
    sameDefinition(live.definition, wanted.definition) ||
    (profile.mirroring && sameDefinition(live.definition, withMirroring(wanted.definition)));
  if (!accepted) differences.push('definition');
  return differences;
};
