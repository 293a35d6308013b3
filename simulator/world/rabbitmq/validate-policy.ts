import type { Members } from '../../api/service.ts';
import { compiledPattern, versionNumbers } from './policy.ts';

/*
 * What the management API refuses, as RabbitMQ's validators do: docs/rabbitmq.md 2.4. The texts are paraphrased.
 */

type Check = (value: unknown) => boolean;

const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const positive: Check = (value) => Number.isInteger(value) && Number(value) > 0;
const text: Check = (value) => typeof value === 'string';
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);

const always: Readonly<Record<string, Check>> = {
  'alternate-exchange': text,
  'dead-letter-exchange': text,
  'dead-letter-routing-key': text,
  'message-ttl': count,
  expires: positive,
  'max-length': count,
  'max-length-bytes': count,
  overflow: oneOf('drop-head', 'reject-publish', 'reject-publish-dlx'),
  'delivery-limit': count,
  'max-age': text,
  'queue-leader-locator': oneOf('client-local', 'balanced', 'random', 'least-leaders'),
  'initial-cluster-size': positive,
  'queue-version': count,
  'dead-letter-strategy': oneOf('at-most-once', 'at-least-once'),
};

const until3: Readonly<Record<string, Check>> = {
  'queue-mode': oneOf('default', 'lazy'),
  'max-in-memory-length': count,
  'max-in-memory-bytes': count,
  'queue-master-locator': text,
  'ha-mode': oneOf('all', 'exactly', 'nodes'),
  'ha-params': (value) => positive(value) || Array.isArray(value),
  'ha-sync-mode': oneOf('automatic', 'manual'),
  'ha-sync-batch-size': positive,
  'ha-promote-on-shutdown': oneOf('always', 'when-synced'),
  'ha-promote-on-failure': oneOf('always', 'when-synced'),
};

/** Why the broker refuses a policy; undefined when it takes it. */
export const refusalOf = (
  policy: {
    readonly pattern: string;
    readonly 'apply-to': string;
    readonly definition: Members;
    readonly priority: unknown;
  },
  version: string,
): string | undefined => {
  const { major, minor } = versionNumbers(version);
  const known = major >= 4 ? always : { ...always, ...until3 };
  const keys = Object.keys(policy.definition);
  if (keys.length === 0) return 'no policy provided';
  if (!Number.isInteger(policy.priority)) return 'priority must be a number';
  try {
    compiledPattern(policy.pattern);
  } catch {
    return 'pattern is not a valid regular expression';
  }
  const scopes = ['all', 'queues', 'exchanges'];
  if (major >= 4 || minor >= 12) scopes.push('classic_queues', 'quorum_queues', 'streams');
  if (!scopes.includes(policy['apply-to'])) return `apply-to unrecognised; should be one of ${scopes.join(', ')}`;
  const unknown = keys.filter((key) => known[key] === undefined);
  if (unknown.length > 0) return `${unknown.join(', ')} are not recognised policy settings`;
  const wrong = keys.filter((key) => known[key]?.(policy.definition[key]) === false);
  if (wrong.length > 0) return `${wrong.join(', ')}: not a valid value`;
  if (keys.some((key) => key.startsWith('ha-')) && policy.definition['ha-mode'] === undefined) {
    return 'ha-mode must be specified to specify other ha settings';
  }
  return undefined;
};
