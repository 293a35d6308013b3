import type { JsonValue } from '../config/json-value.ts';
import type { PolicyDefinition } from './rabbitmq/rabbit-cluster.ts';

/** A user policy's and an operator policy's settings as one, or the keys for which that is not known. */
export type Merged =
  | { readonly known: true; readonly definition: PolicyDefinition }
  | { readonly known: false; readonly keys: readonly string[] };

/** docs/rabbitmq.md 2.6: the smaller one of both limits holds. */
const smallerWins = [
  'message-ttl',
  'expires',
  'max-length',
  'max-length-bytes',
  'max-in-memory-length',
  'max-in-memory-bytes',
];

/** docs/rabbitmq.md 2.6: the operator's value holds. */
const operatorWins = ['ha-sync-mode', 'queue-version', 'overflow'];

/** docs/rabbitmq.md 2.6: the mode that copies to more nodes holds. */
const modeRank: Readonly<Record<string, number>> = { all: 2, exactly: 1, nodes: 0 };

const mergeMode = (user: JsonValue, operator: JsonValue): JsonValue | undefined => {
  const [mine, theirs] = [modeRank[String(user)], modeRank[String(operator)]];
  if (mine === undefined || theirs === undefined) return undefined;
  return mine >= theirs ? user : operator;
};

const mergeParams = (user: JsonValue, operator: JsonValue): JsonValue | undefined => {
  if (typeof user === 'number') return typeof operator === 'number' ? Math.max(user, operator) : user;
  if (typeof operator === 'number') return operator;
  if (!Array.isArray(user) || !Array.isArray(operator)) return undefined;
  return user.length > operator.length ? user : operator;
};

/** A negative limit is none, and then the other one holds; docs/rabbitmq.md 2.6. Before 4.0 none is negative. */
const mergeDeliveryLimit = (user: JsonValue, operator: JsonValue): JsonValue | undefined => {
  if (typeof user !== 'number' || typeof operator !== 'number') return undefined;
  return user < 0 || operator < 0 ? Math.max(user, operator) : Math.min(user, operator);
};

const mergeValue = (key: string, user: JsonValue, operator: JsonValue): JsonValue | undefined => {
  if (sameValue(user, operator)) return user;
  if (operatorWins.includes(key)) return operator;
  if (smallerWins.includes(key)) {
    return typeof user === 'number' && typeof operator === 'number' ? Math.min(user, operator) : undefined;
  }
  if (key === 'delivery-limit') return mergeDeliveryLimit(user, operator);
  if (key === 'ha-mode') return mergeMode(user, operator);
  return key === 'ha-params' ? mergeParams(user, operator) : undefined;
};

/**
 * Merges what RabbitMQ merges: one user policy and one operator policy of a queue. Keys that both have and whose rule
 * is not documented are named.
 */
export const mergeDefinitions = (
  user: PolicyDefinition | undefined,
  operator: PolicyDefinition | undefined,
): Merged => {
  if (user === undefined || operator === undefined) return { known: true, definition: user ?? operator ?? {} };
  // Where the operator adds nothing, as on Amazon MQ, thousands of queues share their policies' own definitions.
  let merged: Record<string, JsonValue> | undefined;
  let unknown: string[] | undefined;
  for (const key in operator) {
    const theirs = operator[key];
    if (theirs === undefined) continue;
    const mine = user[key];
    const value = mine === undefined ? theirs : mergeValue(key, mine, theirs);
    if (value === mine) continue;
    if (value === undefined) {
      unknown ??= [];
      unknown.push(key);
    } else {
      merged ??= { ...operator, ...user };
      merged[key] = value;
    }
  }
  return unknown === undefined ? { known: true, definition: merged ?? user } : { known: false, keys: unknown };
};

/** Whether two definitions say the same, whatever the order of their keys. */
export const sameDefinition = (one: PolicyDefinition, other: PolicyDefinition): boolean => {
  let keys = 0;
  for (const key in one) {
    if (!sameValue(one[key], other[key])) return false;
    keys += 1;
  }
  return keys === Object.keys(other).length;
};

const sameValue = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  one === other || (typeof one === 'object' && canonicalText(one) === canonicalText(other));

/** JSON with sorted keys: equal for equal values. */
export const canonicalText = (value: JsonValue | undefined): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  ) ?? 'null';
