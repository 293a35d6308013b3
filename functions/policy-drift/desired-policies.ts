import type { DeclaredPolicy } from '../config/cluster-config.ts';
import type { JsonValue } from '../config/json-value.ts';
import { policyKey } from './drift-finding.ts';
import { byVhost } from './effective-policy.ts';
import { sameDefinition } from './merge-definitions.ts';
import { bytesOf, compilePattern } from './pattern.ts';
import { appliesToType } from './policy-index.ts';
import type { PolicyDefinition, RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
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
  required.every(([key, value]) => definition[key] === value);
const required: readonly (readonly [string, JsonValue])[] = Object.entries(requiredMirroring);

/**
 * The declared policies as they should stand in each virtual host, by `policyKey`. Where mirroring exists, those that
 * serve classic queues alone carry what the service adds anyway: without it, they would cost copies until it does. A
 * declaration for one virtual host beats `*`.
 */
export const desiredPolicies = (
  declared: readonly DeclaredPolicy[],
  cluster: Pick<RabbitCluster, 'vhosts' | 'queues'>,
  profile: VersionProfile,
): ReadonlyMap<string, RabbitPolicy> => {
  const desired = new Map<string, RabbitPolicy>();
  const others = byVhost(cluster.queues.filter(({ type }) => type !== 'classic'));
  const general = declared.filter(({ vhost }) => vhost === '*');
  const particular = declared.filter(({ vhost }) => vhost !== '*');
  for (const { applyTo, definition, name, pattern, priority, vhost: where } of [...general, ...particular]) {
    for (const vhost of where === '*' ? cluster.vhosts : [where]) {
      const policy = { vhost, name, pattern, applyTo, definition, priority };
      const served = servesClassicAlone(policy, others.get(vhost) ?? [], profile)
        ? { ...policy, definition: withMirroring(definition) }
        : policy;
      desired.set(policyKey(vhost, name), served);
    }
  }
  return desired;
};

const servesClassicAlone = (policy: RabbitPolicy, others: readonly RabbitQueue[], profile: VersionProfile): boolean => {
  if (!profile.mirroring || appliesToType(policy, 'classic', profile) !== 'yes') return false;
  if (policy.applyTo === 'classic_queues') return true;
  const { matches } = compilePattern(policy.pattern);
  return others.every(({ name }) => matches(bytesOf(name)) === 'no');
};

/** The definition without what the service adds or has added. */
const withoutRequired = (definition: PolicyDefinition): PolicyDefinition =>
  Object.fromEntries(Object.entries(definition).filter(([key, value]) => requiredMirroring[key] !== value));

/**
 * In which members a policy differs from what is wanted. Mirroring as the service requires it is no difference: whether
 * it has to be there is `mirroringDrift`'s to say.
 */
export const differencesOf = (live: RabbitPolicy, wanted: RabbitPolicy): readonly string[] => {
  const differences: string[] = [];
  if (live.pattern !== wanted.pattern) differences.push('pattern');
  if (live.applyTo !== wanted.applyTo) differences.push('apply-to');
  if (live.priority !== wanted.priority) differences.push('priority');
  if (!sameDefinition(withoutRequired(live.definition), withoutRequired(wanted.definition))) {
    differences.push('definition');
  }
  return differences;
};
