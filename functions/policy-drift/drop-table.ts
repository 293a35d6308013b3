import type { JsonValue } from '../config/json-value.ts';
import { parseMaxAgeSeconds } from './max-age.ts';
import { canonicalText } from './merge-definitions.ts';
import { settingsOf } from './queue-settings.ts';
import type { Figure, PolicyDefinition, QueueType, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** What a change of one queue's settings can cost. */
export interface Loss {
  /** Which messages, and how; undefined while only `missing` stands in the way of an answer. */
  readonly text: string | undefined;
  /** Figures that the broker does not show and without which nobody can say that nothing is lost. */
  readonly missing: readonly string[];
}

interface Change {
  readonly queue: RabbitQueue;
  readonly profile: VersionProfile;
  /** Settings that hold, arguments of the queue included. */
  readonly before: PolicyDefinition;
  readonly after: PolicyDefinition;
  /** What the policies alone say. */
  readonly given: { readonly before: PolicyDefinition; readonly after: PolicyDefinition };
}

type Judge = (change: Change) => Loss | undefined;

const loses = (text: string): Loss => ({ text, missing: [] });
const needs = (figure: string): Loss => ({ text: undefined, missing: [figure] });

/** Nothing is lost whatever the values are. */
const harmless: Judge = () => undefined;

const isSame = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && canonicalText(one) === canonicalText(other));

/** A loss for a queue that holds messages. */
const ifItHolds = (messages: Figure<number>, text: string): Loss | undefined => {
  if (messages === 'absent') return needs('messages');
  return messages > 0 ? loses(text) : undefined;
};

/** Whether a number falls, none being above all numbers. */
const falls = (before: JsonValue | undefined, after: JsonValue | undefined): boolean =>
  after !== undefined && (typeof after !== 'number' || typeof before !== 'number' || after < before);

/** What a queue does when it is full; a quorum queue takes `reject-publish-dlx` for the default. */
const overflowOf = (settings: PolicyDefinition, type: QueueType): JsonValue => {
  const value = settings.overflow ?? 'drop-head';
  return type === 'quorum' && value === 'reject-publish-dlx' ? 'drop-head' : value;
};

/**
 * A queue that drops its oldest messages when it is full drops what is above a limit at once. A classic queue puts its
 * limits into force before its `overflow` (process_args_policy/1), so one that drops now drops at a new limit although
 * the same change tells it to refuse; a quorum queue takes both at once (rabbit_fifo, update_config/2).
 */
const limit =
  (key: 'max-length' | 'max-length-bytes', figure: 'messages' | 'messageBytes'): Judge =>
  ({ queue, before, after }) => {
    const value = after[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'number') return loses(`${key} is no number`);
    const droppedBefore = overflowOf(before, queue.type) === 'drop-head';
    const dropsAfter = overflowOf(after, queue.type) === 'drop-head';
    const held = before[key];
    // A limit that drops already has dropped what it can.
    if (droppedBefore && typeof held === 'number' && held <= value) return undefined;
    if (!dropsAfter && !(queue.type === 'classic' && droppedBefore)) return undefined;
    const now = queue[figure];
    if (now === 'absent') return needs(figure);
    const what = figure === 'messages' ? `its ${now} messages` : `the ${now} bytes that it holds`;
    return now > value ? loses(`${key} ${value} is below ${what}, and the oldest ones go`) : undefined;
  };

const messageTtl: Judge = ({ queue, before, after }) =>
  falls(before['message-ttl'], after['message-ttl'])
    ? ifItHolds(queue.messages, 'a shorter message-ttl expires messages')
    : undefined;

/** Up to 3.10 the policy of a quorum queue beat its argument here, later the smaller one holds: both ways are asked. */
const expires: Judge = ({ queue, before, after, given }) => {
  const declared = queue.arguments.expires;
  const shorter =
    falls(before.expires, after.expires) ||
    (queue.type === 'quorum' && falls(given.before.expires ?? declared, given.after.expires ?? declared));
  return shorter ? loses('a shorter expires deletes the queue when nobody uses it') : undefined;
};

/** A negative limit is none; from 4.0 a quorum queue without one has the default of 20. */
const deliveryLimit: Judge = ({ queue, profile, before, after }) => {
  const effective = (settings: PolicyDefinition): JsonValue | undefined => {
    const value = settings['delivery-limit'] ?? profile.defaultDeliveryLimit;
    return typeof value === 'number' && value < 0 ? undefined : value;
  };
  return falls(effective(before), effective(after))
    ? ifItHolds(queue.messages, 'a smaller delivery-limit gives up messages that were returned more often')
    : undefined;
};

/** Dead letters that no exchange takes, or that go where nothing says that somebody takes them, are gone. */
const deadLetterExchange: Judge = ({ before, after }) => {
  const [then, now] = [before['dead-letter-exchange'], after['dead-letter-exchange']];
  if (then === undefined || isSame(then, now)) return undefined;
  if (now === undefined) return loses(`without dead-letter-exchange ${JSON.stringify(then)} its dead letters are gone`);
  return loses(
    `its dead letters go to exchange ${JSON.stringify(now)} instead of ${JSON.stringify(then)}, and it was not seen that this exchange takes them`,
  );
};

const deadLetterRoutingKey: Judge = ({ before, after }) =>
  before['dead-letter-exchange'] === undefined || after['dead-letter-exchange'] === undefined
    ? undefined
    : loses('another dead-letter-routing-key sends dead letters where no queue was seen to take them');

/** Leaving at-least-once deletes the dead letters that are on their way: rabbit_fifo_dlx, switch_from/3. */
const deadLetterStrategy: Judge = ({ queue, before, after }) => {
  const isKept = (settings: PolicyDefinition): boolean =>
    settings['dead-letter-strategy'] === 'at-least-once' &&
    settings['dead-letter-exchange'] !== undefined &&
    overflowOf(settings, queue.type) === 'reject-publish';
  return isKept(before) && !isKept(after)
    ? loses('leaving dead-letter-strategy at-least-once deletes dead letters that are on their way')
    : undefined;
};

/** Retention of a stream: what is older or above is cut off with its segment. */
const retention =
  (key: 'max-age' | 'max-length-bytes'): Judge =>
  ({ queue, before, after }) => {
    const measure = (value: JsonValue | undefined): JsonValue | undefined =>
      key === 'max-age' && typeof value === 'string' ? (parseMaxAgeSeconds(value) ?? value) : value;
    return falls(measure(before[key]), measure(after[key]))
      ? ifItHolds(queue.messages, `a smaller ${key} cuts off the beginning of the stream`)
      : undefined;
  };

/** `always` promotes a mirror that lacks messages, and those are gone; docs/rabbitmq.md 2.8. */
const promotion =
  (key: 'ha-promote-on-shutdown' | 'ha-promote-on-failure', unless: 'always' | 'when-synced'): Judge =>
  ({ profile, before, after }) =>
    profile.mirroring && (before[key] ?? unless) === 'when-synced' && (after[key] ?? unless) !== 'when-synced'
      ? loses(`without ${key} when-synced a mirror that lacks messages can become leader`)
      : undefined;

/** Where messages are kept, where a queue begins, how it is copied: `copiesOf` judges the copies. */
const everywhereHarmless: Readonly<Record<string, Judge>> = {
  'queue-version': harmless,
  'queue-mode': harmless,
  'queue-leader-locator': harmless,
  'queue-master-locator': harmless,
  'max-in-memory-length': harmless,
  'max-in-memory-bytes': harmless,
  'initial-cluster-size': harmless,
  'target-group-size': harmless,
  'consumer-timeout': harmless,
  'consumer-disconnected-timeout': harmless,
  'delayed-retry-type': harmless,
  'delayed-retry-min': harmless,
  'delayed-retry-max': harmless,
  'stream-max-segment-size-bytes': harmless,
  'stream-filter-size-bytes': harmless,
  // Of exchanges; `exchangeLoss` judges it.
  'alternate-exchange': harmless,
  'ha-mode': harmless,
  'ha-params': harmless,
  'ha-sync-mode': harmless,
  'ha-sync-batch-size': harmless,
};

const common: Readonly<Record<string, Judge>> = {
  ...everywhereHarmless,
  'max-length': limit('max-length', 'messages'),
  'max-length-bytes': limit('max-length-bytes', 'messageBytes'),
  'message-ttl': messageTtl,
  expires,
  'dead-letter-exchange': deadLetterExchange,
  'dead-letter-routing-key': deadLetterRoutingKey,
};

/**
 * What a change of each key can lose, by queue type; docs/rabbitmq.md 5.3 has the table with its sources. A key that is
 * not here may lose anything. `overflow` is judged with the limits that it rules over.
 */
export const dropTable: Readonly<Record<QueueType, Readonly<Record<string, Judge>>>> = {
  classic: {
    ...common,
    overflow: harmless,
    'ha-promote-on-shutdown': promotion('ha-promote-on-shutdown', 'when-synced'),
    'ha-promote-on-failure': promotion('ha-promote-on-failure', 'always'),
  },
  quorum: {
    ...common,
    overflow: harmless,
    'delivery-limit': deliveryLimit,
    'dead-letter-strategy': deadLetterStrategy,
  },
  stream: {
    ...everywhereHarmless,
    'max-age': retention('max-age'),
    'max-length-bytes': retention('max-length-bytes'),
  },
  other: {},
};

/** Keys whose rule depends on another key: they are judged whenever that one changes. */
const judgedWith: Readonly<Record<string, readonly string[]>> = {
  overflow: ['max-length', 'max-length-bytes', 'dead-letter-strategy'],
  'dead-letter-exchange': ['dead-letter-strategy'],
};

/**
 * Which messages a queue loses when its policies' definition becomes another one; undefined for none. Conservative:
 * what may be lost later because of the change counts as well.
 */
export const dropsOf = (
  queue: RabbitQueue,
  before: PolicyDefinition,
  after: PolicyDefinition,
  profile: VersionProfile,
): Loss | undefined => {
  const change: Change = {
    queue,
    profile,
    before: settingsOf(queue, before),
    after: settingsOf(queue, after),
    given: { before, after },
  };
  const keys = new Set<string>();
  for (const key of [...Object.keys(before), ...Object.keys(after)]) {
    if (isSame(before[key], after[key])) continue;
    keys.add(key);
    for (const other of judgedWith[key] ?? []) keys.add(other);
  }
  const table = dropTable[queue.type];
  const missing = new Set<string>();
  for (const key of keys) {
    const judge = table[key];
    if (judge === undefined) {
      // A key that is judged along with another one need not be one of this type.
      if (!isSame(before[key], after[key])) return loses(`what ${key} does to a ${queue.type} queue is not known`);
      continue;
    }
    const loss = judge(change);
    if (loss?.text !== undefined) return loss;
    for (const figure of loss?.missing ?? []) missing.add(figure);
  }
  return missing.size > 0 ? { text: undefined, missing: [...missing] } : undefined;
};
