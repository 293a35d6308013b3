/** A queue's counters at one moment, as the broker shows them. The two counts only rise while the broker runs. */
export interface QueueCounts {
  readonly size: number;
  readonly enqueued: number;
  readonly dequeued: number;
  readonly consumers: number;
}

/** A durable subscription of a topic: it holds messages that no queue shows. */
export interface DurableSubscription {
  readonly clientId: string;
  readonly name: string;
  readonly topic: string;
  readonly pending: number;
}

/** A queue of which the counters say nothing. */
export interface OddQueue {
  readonly queue: string;
  /** What is wrong with them, such as `size is "-1"`. */
  readonly problem: string;
}

/** What a broker says about its destinations, read with exact counts. */
export interface DestinationCounts {
  readonly queues: ReadonlyMap<string, QueueCounts>;
  /** Queues that the broker has and whose counters are missing or impossible. */
  readonly oddQueues?: readonly OddQueue[];
  /** Undefined where they cannot be read. */
  readonly durableSubscriptions: readonly DurableSubscription[] | undefined;
  /** Why they cannot be read. */
  readonly subscriptionsProblem?: string;
}

/** Whether the broker has a queue. */
export const hasQueue = ({ queues, oddQueues = [] }: DestinationCounts, queue: string): boolean =>
  queues.has(queue) || oddQueues.some((odd) => odd.queue === queue);

/** Whether the broker gives consumers of a queue what is in one with this name: `*` is one part of it, `>` all the rest. */
const includes = (wildcard: string, queue: string): boolean => {
  const names = queue.split('.');
  const parts = wildcard.split('.');
  const rest = parts.indexOf('>');
  const fixed = rest === -1 ? parts : parts.slice(0, rest);
  const hasLength = rest === -1 ? names.length === parts.length : names.length >= fixed.length;
  return hasLength && fixed.every((part, index) => part === '*' || part === names[index]);
};

/**
 * Messages that consumers of a queue get from queues whose names are wildcards that fit it: who sends to `orders.*` makes a
 * queue of that name (docs/amazon-mq.md 14.16).
 */
export const wildcardMessages = (counts: DestinationCounts, queue: string): number =>
  [...counts.queues]
    .filter(([name]) => name !== queue && /[*>]/.test(name) && includes(name, queue))
    .reduce((sum, [, { size }]) => sum + size, 0);

/** A queue's counters as its consumers see it, with what they get from wildcards' queues. */
export const countsOf = (counts: DestinationCounts | undefined, queue: string): QueueCounts | undefined => {
  const own = counts?.queues.get(queue);
  return counts === undefined || own === undefined
    ? undefined
    : { ...own, size: own.size + wildcardMessages(counts, queue) };
};
