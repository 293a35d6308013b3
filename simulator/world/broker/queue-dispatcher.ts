import type { AmqpConsumer } from './amqp-consumer.ts';

/** The priority that takes exclusivity over from a consumer that has it too. */
const highestPriority = 127;

/** Consumers of one queue. */
interface QueueConsumers {
  /** In the order in which they are offered messages. */
  readonly all: AmqpConsumer[];
  /** The only one that is given anything, as long as there is one that asked for it. */
  exclusive: AmqpConsumer | undefined;
}

/**
 * Hands the messages of each queue to its consumers as far as their credit goes: to an exclusive one alone, else to
 * those with the highest priority first, and to equal ones in turn. docs/amazon-mq.md section 14.
 */
export class QueueDispatcher {
  readonly #queues = new Map<string, QueueConsumers>();
  readonly #pumping = new Set<string>();

  add(consumer: AmqpConsumer): void {
    const queue = this.#queues.get(consumer.queue) ?? { all: [], exclusive: undefined };
    this.#queues.set(consumer.queue, queue);
    insertByPriority(queue.all, consumer);
    const { exclusive } = queue;
    const takesOver =
      exclusive === undefined || consumer.priority === highestPriority || consumer.priority > exclusive.priority;
    if (consumer.exclusive && takesOver) queue.exclusive = consumer;
  }

  remove(consumer: AmqpConsumer): void {
    const queue = this.#queues.get(consumer.queue);
    const index = queue?.all.indexOf(consumer) ?? -1;
    if (queue === undefined || index === -1) return;
    queue.all.splice(index, 1);
    if (queue.all.length === 0) this.#queues.delete(consumer.queue);
    // The list is ordered by priority, so the first one has the highest.
    else if (queue.exclusive === consumer) queue.exclusive = queue.all.find(({ exclusive }) => exclusive);
  }

  /** Whether a consumer is offered its queue's messages: all are, unless there is an exclusive one. */
  isOffered(consumer: AmqpConsumer): boolean {
    const exclusive = this.#queues.get(consumer.queue)?.exclusive;
    return exclusive === undefined || exclusive === consumer;
  }

  /** Sends what can be sent from a queue, then ends the drains that wait for it. */
  pump(name: string): void {
    const queue = this.#queues.get(name);
    // A message that expires or is dead-lettered while it is looked at reports its queue again.
    if (queue === undefined || this.#pumping.has(name)) return;
    this.#pumping.add(name);
    const candidates = queue.exclusive === undefined ? queue.all : [queue.exclusive];
    for (;;) {
      const taker = candidates.find((consumer) => consumer.takeOne());
      if (taker === undefined) break;
      if (candidates.length === 1) continue;
      candidates.splice(candidates.indexOf(taker), 1);
      insertByPriority(candidates, taker);
    }
    // What a consumer gave back goes to itself, exclusivity or not.
    for (const consumer of queue.all) while (consumer.takeReturned());
    this.#pumping.delete(name);
    for (const consumer of queue.all) consumer.credit.endDrain();
  }
}

const insertByPriority = (consumers: AmqpConsumer[], consumer: AmqpConsumer): void => {
  const index = consumers.findIndex(({ priority }) => priority < consumer.priority);
  consumers.splice(index === -1 ? consumers.length : index, 0, consumer);
};
