import type { AmqpConsumer } from './amqp-consumer.ts';

/** Hands the messages of each queue to its consumers in turn, as far as their credit goes. */
export class QueueDispatcher {
  readonly #consumers = new Map<string, AmqpConsumer[]>();
  readonly #pumping = new Set<string>();

  add(consumer: AmqpConsumer): void {
    const others = this.#consumers.get(consumer.queue);
    if (others === undefined) this.#consumers.set(consumer.queue, [consumer]);
    else others.push(consumer);
  }

  remove(consumer: AmqpConsumer): void {
    const others = (this.#consumers.get(consumer.queue) ?? []).filter((other) => other !== consumer);
    if (others.length > 0) this.#consumers.set(consumer.queue, others);
    else this.#consumers.delete(consumer.queue);
  }

  /** Sends what can be sent from a queue, then ends the drains that wait for it. */
  pump(queue: string): void {
    const consumers = this.#consumers.get(queue);
    // A message that expires or is dead-lettered while it is looked at reports its queue again.
    if (consumers === undefined || this.#pumping.has(queue)) return;
    this.#pumping.add(queue);
    let misses = 0;
    while (misses < consumers.length) {
      const next = consumers.shift();
      if (next === undefined) break;
      consumers.push(next);
      misses = next.takeOne() ? 0 : misses + 1;
    }
    this.#pumping.delete(queue);
    for (const consumer of consumers) consumer.credit.endDrain();
  }
}
