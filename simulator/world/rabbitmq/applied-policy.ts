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

/*
 * What each minor release refuses a type, as its source spells it (`unsupported_policies`; 3.8 from 3.8.13). Recorded
 * from the last release of each minor, so 3.12 is 3.12.14.
 */
const common = 'ha-mode|ha-params|ha-sync-mode|ha-promote-on-shutdown|ha-promote-on-failure|queue-master-locator';
const streamOnly = 'max-age|stream-max-segment-size-bytes|initial-cluster-size';
const noStream =
  'expires|message-ttl|dead-letter-exchange|dead-letter-routing-key|max-length|max-in-memory-length|max-in-memory-bytes|max-priority|overflow|queue-mode|delivery-limit';
const selector = 'selector-fields|selector-field-max-bytes';

const unsupported = (version: string): Readonly<Record<StoredQueueType, RegExp>> => {
  const { major, minor } = versionNumbers(version);
  const at = major * 100 + minor;
  const keys = (...parts: readonly (string | false)[]): RegExp => {
    const known = parts.filter((part) => part !== false);
    return known.length === 0 ? /(?!)/ : new RegExp(`^(${known.join('|')})$`);
  };
  const jms = at >= 403 && selector;
  return {
    classic: keys(
      at >= 309 && streamOnly,
      at >= 309 && at < 400 && 'queue-leader-locator',
      at >= 310 && 'delivery-limit|dead-letter-strategy',
      at >= 312 && 'max-in-memory-length|max-in-memory-bytes|target-group-size',
      jms,
    ),
    quorum: keys(
      `max-priority|queue-mode|${common}`,
      at < 310 && 'message-ttl',
      at >= 309 && streamOnly,
      at === 309 && 'queue-leader-locator',
      jms,
    ),
    stream: keys(`${noStream}|${common}`, at >= 310 && 'dead-letter-strategy', at >= 312 && 'target-group-size', jms),
  };
};

const covers = (
  policy: StoredPolicy,
  queue: QueueName,
  refused: Readonly<Record<StoredQueueType, RegExp>>,
): boolean => {
  if (policy.vhost !== queue.vhost) return false;
  const scope = policy['apply-to'];
  const typed = { classic: 'classic_queues', quorum: 'quorum_queues', stream: 'streams' }[queue.type];
  if (scope !== 'all' && scope !== 'queues' && scope !== typed) return false;
  if (Object.keys(policy.definition).some((key) => refused[queue.type].test(key))) return false;
  return compiledPattern(policy.pattern).test(latin1(queue.name));
};

const tables = new Map<string, Readonly<Record<StoredQueueType, RegExp>>>();
const refusedBy = (version: string): Readonly<Record<StoredQueueType, RegExp>> => {
  const table = tables.get(version) ?? unsupported(version);
  tables.set(version, table);
  return table;
};

/** The policy of highest priority that covers the queue; of several, the one stored first. */
export const appliedPolicy = (
  policies: Iterable<StoredPolicy>,
  queue: QueueName,
  version: string,
): StoredPolicy | undefined => {
  const refused = refusedBy(version);
  let best: StoredPolicy | undefined;
  for (const policy of policies) {
    if (best !== undefined && policy.priority <= best.priority) continue;
    if (covers(policy, queue, refused)) best = policy;
  }
  return best;
};

const smaller = /^(message-ttl|expires|max-length|max-length-bytes|max-in-memory-(length|bytes))$/;
const widest = ['nodes', 'exactly', 'all'];

const merged = (key: string, user: unknown, operator: unknown): unknown => {
  if (smaller.test(key)) return Math.min(Number(user), Number(operator));
  if (key === 'delivery-limit') {
    const limits = [Number(user), Number(operator)].filter((limit) => limit >= 0);
    return limits.length === 0 ? -1 : Math.min(...limits);
  }
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
