/** Why a link is refused, in AMQP's terms; the broker detaches the link with it. */
export class LinkRefusedError extends Error {
  override readonly name = 'LinkRefusedError';
  /** AMQP 1.0 error condition, e.g. `amqp:not-implemented`. */
  readonly condition: string;

  constructor(condition: string, message: string) {
    super(message);
    this.condition = condition;
  }
}

/** Where undeliverable messages go (ActiveMQ's shared dead-letter strategy). */
export const deadLetterQueue = 'ActiveMQ.DLQ';

/** Prefix of the destinations that replication keeps its events and its role in. docs/amazon-mq.md section 12. */
const replicationPrefix = 'ActiveMQ.Plugin.Replication.';

const notImplemented = (message: string): LinkRefusedError => new LinkRefusedError('amqp:not-implemented', message);

/** What a consumer asks for in addition to its queue. */
export interface ConsumerAddress {
  readonly queue: string;
  /** Whether the queue comes into being with its consumer; one that is named as a list of one does not. */
  readonly creates: boolean;
  /** Whether it wants to be the only one that is given messages. */
  readonly exclusive: boolean;
  /** −128 to 127; consumers with a higher one are given messages first. */
  readonly priority: number;
}

const optionPattern = /^consumer\.(exclusive|priority)=(.*)$/;

/**
 * The queue that a consumer's address names, with the options behind a question mark, as in
 * `orders?consumer.exclusive=true&consumer.priority=127`. docs/amazon-mq.md section 14.
 *
 * @throws LinkRefusedError as `queueOfAddress`, and for options that are not modelled
 */
export const consumerOfAddress = (address: string | null | undefined): ConsumerAddress => {
  const [name, query] = (address ?? '').split('?', 2);
  let exclusive = false;
  let priority = 0;
  for (const option of query === undefined ? [] : query.split('&')) {
    const [, key, value = ''] = optionPattern.exec(option) ?? [];
    if (key === 'exclusive' && /^(true|false)$/.test(value)) exclusive = value === 'true';
    else if (key === 'priority' && /^-?\d{1,3}$/.test(value) && isByte(Number(value))) priority = Number(value);
    else {
      throw notImplemented(
        `address "${address}": option "${option}" is not modelled, only consumer.exclusive and consumer.priority are`,
      );
    }
  }
  return { ...listOfOne(name), exclusive, priority };
};

/** A list of queues with one entry, `queue://queue://orders,`, or one queue; ActiveMQDestination.setPhysicalName. */
const listOfOne = (name: string | undefined): Pick<ConsumerAddress, 'queue' | 'creates'> => {
  const entry = /^queue:\/\/([^,]+),$/.exec(name ?? '')?.[1];
  return entry === undefined
    ? { queue: queueOfAddress(name), creates: true }
    : { queue: queueOfAddress(entry), creates: false };
};

const isByte = (value: number): boolean => value >= -128 && value <= 127;

/**
 * The queue that an address names: `orders` and `queue://orders` are the same one.
 *
 * @throws LinkRefusedError for topics, temporary, composite and wildcard destinations, which are not modelled, and for
 * the destinations of replication, which the broker keeps from its clients
 */
export const queueOfAddress = (address: string | null | undefined): string => {
  if (address === undefined || address === null || address === '') {
    throw notImplemented('a link without an address is not modelled: name a queue');
  }
  const scheme = /^([a-z-]+):\/\//.exec(address)?.[1];
  if (scheme !== undefined && scheme !== 'queue') {
    throw notImplemented(`address "${address}": ${scheme}:// is not modelled, only queues are`);
  }
  const queue = scheme === undefined ? address : address.slice('queue://'.length);
  if (queue === '') throw notImplemented(`address "${address}" names no queue`);
  if (queue.startsWith(replicationPrefix)) {
    throw new LinkRefusedError('amqp:unauthorized-access', `Not authorized to access destination: queue://${queue}`);
  }
  const unsupported = /[,*>?]/.exec(queue)?.[0];
  if (unsupported !== undefined) {
    throw notImplemented(
      `address "${address}": "${unsupported}" asks for a composite, wildcard or optioned destination, which is not modelled`,
    );
  }
  return queue;
};
