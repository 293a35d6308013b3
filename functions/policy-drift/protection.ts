import { withoutMirroring } from './desired-policies.ts';
import type { PolicyDefinition, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import type { QueueEffect } from './simulate-change.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Settings that bound a queue or keep its dead letters: without them it fills a broker, or loses what it gives up. */
const protectingKeys = [
  'max-length',
  'max-length-bytes',
  'max-age',
  'message-ttl',
  'delivery-limit',
  'dead-letter-exchange',
] as const;

const refusesWhenFull = (definition: PolicyDefinition): boolean =>
  typeof definition.overflow === 'string' && definition.overflow.startsWith('reject-publish');

/** Which protecting settings of one definition another one lacks, whatever their numbers. */
export const lackingSettings = (had: PolicyDefinition, has: PolicyDefinition): readonly string[] => [
  ...protectingKeys.filter((key) => had[key] !== undefined && has[key] === undefined),
  ...(refusesWhenFull(had) && !refusesWhenFull(has) ? ['overflow'] : []),
];

/** Whether a policy sets anything that this version still knows. */
const saysSomething = (policy: RabbitPolicy | undefined, profile: VersionProfile): boolean => {
  const definition = policy?.definition ?? {};
  return Object.keys(profile.mirroring ? definition : withoutMirroring(definition)).length > 0;
};

/**
 * What a step takes from a queue in addition to messages and copies: limits, its dead-letter exchange, or every policy.
 *
 * @param policies the user policies of the virtual host before the step
 */
export const protectionLost = (
  { before, after }: QueueEffect,
  policies: readonly RabbitPolicy[],
  profile: VersionProfile,
): readonly string[] => {
  const settings = lackingSettings(before.definition, after.definition);
  if (before.policy === undefined || after.policy !== undefined) return settings;
  const policy = policies.find(({ name }) => name === before.policy);
  return saysSomething(policy, profile) ? [...settings, 'policy'] : settings;
};
