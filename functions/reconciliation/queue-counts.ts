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

/** What a broker says about its destinations, read with exact counts. */
export interface DestinationCounts {
  readonly queues: ReadonlyMap<string, QueueCounts>;
  readonly durableSubscriptions: readonly DurableSubscription[];
}
