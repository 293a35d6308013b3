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
