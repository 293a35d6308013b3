import type { Members } from '../../api/service.ts';
import { compiledPattern, latin1, type StoredPolicy, type StoredQueueType, versionNumbers } from './policy.ts';

/*
 * What RabbitMQ applies to a queue, written from its documented rules (docs/rabbitmq.md 2) on purpose apart from the
 * simulation in functions/policy-drift: an error in one shows against the other.
 */

interface QueueName {
  readonly vhost: string;
  readonly name: string;
  readonly type: StoredQueueType;
}

const unsupported: Readonly<Record<StoredQueueType, RegExp>> = {
  classic:
    /^(max-age|stream-max-segment-size-bytes|initial-cluster-size|delivery-limit|dead-letter-strategy|target-group-size)$/,
  quorum:
    /^(max-priority|queue-mode|ha-(mode|params|sync-mode|promote-on-shutdown|promote-on-failure)|queue-master-locator|max-age|stream-max-segment-size-bytes|initial-cluster-size)$/,
  stream:
    /^(expires|message-ttl|dead-letter-(exchange|routing-key|strategy)|max-length|max-in-memory-(length|bytes)|max-priority|overflow|queue-mode|delivery-limit|ha-(mode|params|sync-mode|promote-on-shutdown|promote-on-failure)|queue-master-locator|target-group-size)$/,
};

const covers = (policy: StoredPolicy, queue: QueueName): boolean => {
  if (policy.vhost !== queue.vhost) return false;
  const scope = policy['apply-to'];
  const typed = { classic: 'classic_queues', quorum: 'quorum_queues', stream: 'streams' }[queue.type];
  if (scope !== 'all' && scope !== 'queues' && scope !== typed) return false;
  if (Object.keys(policy.definition).some((key) => unsupported[queue.type].test(key))) return false;
  return compiledPattern(policy.pattern).test(latin1(queue.name));
};

/** The policy of highest priority that covers the queue; of several, the one stored first. */
export const appliedPolicy = (policies: Iterable<StoredPolicy>, queue: QueueName): StoredPolicy | undefined => {
  let best: StoredPolicy | undefined;
  for (const policy of policies) {
    if (best !== undefined && policy.priority <= best.priority) continue;
    if (covers(policy, queue)) best = policy;
  }
  return best;
};

const smaller = /^(message-ttl|expires|max-length|max-length-bytes|max-in-memory-(length|bytes)|delivery-limit)$/;
const widest = ['nodes', 'exactly', 'all'];

const merged = (key: string, user: unknown, operator: unknown): unknown => {
  if (smaller.test(key)) return Math.min(Number(user), Number(operator));
  if (key === 'ha-mode') return widest.indexOf(String(user)) > widest.indexOf(String(operator)) ? user : operator;
  if (key === 'ha-params' && typeof user === 'number' && typeof operator === 'number') return Math.max(user, operator);
  return operator;
};

/** User policy and operator policy as one definition; docs/rabbitmq.md 2.6. */
export const mergedDefinition = (user: StoredPolicy | undefined, operator: StoredPolicy | undefined): Members => {
  const result: Record<string, unknown> = { ...user?.definition };
  for (const [key, value] of Object.entries(operator?.definition ?? {})) {
    result[key] = key in result ? merged(key, result[key], value) : value;
  }
  return result;
};

/** Nodes that hold a classic queue besides its leader, by its settings; docs/rabbitmq.md 3.1. */
export const mirrorNodes = (
  definition: Members,
  leader: string,
  running: readonly string[],
  version: string,
): readonly string[] => {
  if (versionNumbers(version).major >= 4) return [];
  const others = running.filter((node) => node !== leader);
  const params = definition['ha-params'];
  switch (definition['ha-mode']) {
    case 'all':
      return others;
    case 'exactly':
      return others.slice(0, Math.max(0, Number(params) - 1));
    case 'nodes':
      return others.filter((node) => Array.isArray(params) && params.includes(node));
    default:
      return [];
  }
};
