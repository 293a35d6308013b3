/*
 * Which messages a queue throws away when its settings become others. Written from RabbitMQ's source
 * (rabbit_amqqueue_process, process_args_policy; rabbit_fifo, update_config) as the steps that a queue takes, apart from
 * the table in functions/policy-drift: a mistake in one shows against the other.
 */

type Settings = Readonly<Record<string, unknown>>;

interface Held {
  readonly type: 'classic' | 'quorum' | 'stream';
  /** `x-…` arguments without the `x-`. */
  readonly arguments: Settings;
  readonly messages: number;
  readonly messageBytes: number;
}

const smallest = (...values: readonly unknown[]): number | undefined => {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.min(...numbers);
};

const overflowOf = (queue: Held, policy: Settings): unknown => {
  const own = queue.arguments.overflow;
  if (queue.type === 'classic') return own ?? policy.overflow ?? 'drop-head';
  const value = policy.overflow ?? own ?? 'drop-head';
  return value === 'reject-publish' ? value : 'drop-head';
};

interface Limits {
  readonly messages: number;
  readonly bytes: number;
}

const limitsOf = (queue: Held, policy: Settings): Limits => ({
  messages: smallest(policy['max-length'], queue.arguments['max-length']) ?? Number.POSITIVE_INFINITY,
  bytes: smallest(policy['max-length-bytes'], queue.arguments['max-length-bytes']) ?? Number.POSITIVE_INFINITY,
});

/** Messages that stay when a queue enforces two limits at once. */
const within = (queue: Held, limits: Limits, messages: number): number => {
  const each = queue.messages === 0 ? 0 : queue.messageBytes / queue.messages;
  return Math.min(messages, limits.messages, each === 0 ? messages : Math.floor(limits.bytes / each));
};

/** How many messages are left of a queue after its policies' settings changed. */
export const messagesKept = (queue: Held, before: Settings, after: Settings): number => {
  let kept = queue.messages;
  if (queue.type === 'stream') return kept;
  const [was, is] = [limitsOf(queue, before), limitsOf(queue, after)];
  const dropped = overflowOf(queue, before) === 'drop-head';
  // Scenarios may fill a queue beyond a limit that drops: what that limit let stay, no wider one takes.
  const isTighter = !dropped || is.messages < was.messages || is.bytes < was.bytes;
  // A classic queue puts limits into force first, with the overflow that it still has, and then the overflow.
  const drops = overflowOf(queue, after) === 'drop-head' || (queue.type === 'classic' && dropped);
  if (drops && isTighter) kept = within(queue, is, kept);
  const [then, now] = [before, after].map((each) => smallest(each['message-ttl'], queue.arguments['message-ttl']));
  // What waits is taken to be older than any time to live: the worst case.
  if (now !== undefined && now < (then ?? Number.POSITIVE_INFINITY)) kept = 0;
  return kept;
};
