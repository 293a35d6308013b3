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
