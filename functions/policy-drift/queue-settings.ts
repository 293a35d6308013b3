import type { JsonValue } from '../config/json-value.ts';
import type { PolicyDefinition, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';

/*
 * What a queue goes by: its policies' definition together with what its own declaration says. Which of the two holds
 * differs by key and by queue type; docs/rabbitmq.md 2.7.
 */

type Resolve = (policy: JsonValue, declared: JsonValue) => JsonValue;

const smaller: Resolve = (policy, declared) =>
  typeof policy === 'number' && typeof declared === 'number' ? Math.min(policy, declared) : declared;
const theDeclared: Resolve = (_policy, declared) => declared;
const thePolicy: Resolve = (policy) => policy;

/** rabbit_quorum_queue, resolve_delivery_limit/2: of two limits the smaller, of one limit and none (negative) the limit. */
const deliveryLimit: Resolve = (policy, declared) => {
  if (typeof policy !== 'number' || typeof declared !== 'number') return declared;
  return policy < 0 || declared < 0 ? Math.max(policy, declared) : Math.min(policy, declared);
};

/** rabbit_amqqueue_process, process_args_policy/1: res_min or res_arg for each key. */
const classic: Readonly<Record<string, Resolve>> = {
  expires: smaller,
  'message-ttl': smaller,
  'max-length': smaller,
  'max-length-bytes': smaller,
};

/** rabbit_quorum_queue, gather_policy_config/2 and dead_letter_handler/2. */
const quorum: Readonly<Record<string, Resolve>> = {
  ...classic,
  'delivery-limit': deliveryLimit,
  overflow: thePolicy,
};

/** rabbit_stream_queue, update_stream_conf/2. */
const stream: Readonly<Record<string, Resolve>> = {
  'max-length-bytes': thePolicy,
  'max-age': thePolicy,
  'stream-max-segment-size-bytes': thePolicy,
  'stream-filter-size-bytes': thePolicy,
};

const rules: Readonly<Record<RabbitQueue['type'], Readonly<Record<string, Resolve>>>> = {
  classic,
  quorum,
  stream,
  other: {},
};

/** The settings that hold for a queue while `definition` is what its policies give it. */
export const settingsOf = (
  queue: Pick<RabbitQueue, 'type' | 'arguments'>,
  definition: PolicyDefinition,
): PolicyDefinition => {
  let settings: Record<string, JsonValue> | undefined;
  for (const key in queue.arguments) {
    const declared = queue.arguments[key];
    if (declared === undefined) continue;
    settings ??= { ...definition };
    const given = definition[key];
    settings[key] = given === undefined ? declared : (rules[queue.type][key] ?? theDeclared)(given, declared);
  }
  return settings ?? definition;
};
