import type { SocketAddress } from '../../functions/shared/runtime.ts';
import { AmqpReceiver } from './amqp-client.ts';
import { openWherePossible, RetryPause, reasonOf } from './follow-broker.ts';
import { type ClientSurroundings, clientLimits, type TrafficObserver } from './traffic-ports.ts';

/** One consumer: pulls from one queue, lets each message take effect, then acknowledges it. */
export interface ConsumerOptions {
  readonly name: string;
  readonly queue: string;
  /** Virtual milliseconds between two pulls of an empty queue. */
  readonly pollMs: number;
  /** Virtual milliseconds before the first pull. */
  readonly offsetMs: number;
  /** Messages asked for at once. */
  readonly batch: number;
  readonly stopping: () => boolean;
  /** Told after each pull how many messages it brought. */
  readonly onPulled: (messages: number) => void;
}

/** The endpoints that a consumer may use now, and the one that it uses. */
const followConsumable = (surroundings: ClientSurroundings) => {
  let used: SocketAddress | undefined;
  const consumable = (): readonly SocketAddress[] =>
    surroundings.endpoints().filter((endpoint) => surroundings.consumes?.(endpoint) ?? true);
  const followed: ClientSurroundings = {
    ...surroundings,
    endpoints: consumable,
    connect: (address, timeoutMs) => {
      used = address;
      return surroundings.connect(address, timeoutMs);
    },
  };
  return {
    followed,
    /** Whether all of them are held. */
    isHeld: () => surroundings.endpoints().length > 0 && consumable().length === 0,
    /** Whether the one in use has been held since. */
    mustLeave: () => used !== undefined && surroundings.consumes?.(used) === false,
  };
};

/** Body of an actor. The effect comes before the acknowledgement, so a lost acknowledgement means a second delivery. */
export const runConsumer = async (
  options: ConsumerOptions,
  surroundings: ClientSurroundings,
  observer: TrafficObserver,
): Promise<void> => {
  const { clock } = surroundings;
  const { followed, isHeld, mustLeave } = followConsumable(surroundings);
  const pause = new RetryPause(() => surroundings.random());
  let receiver: AmqpReceiver | undefined;
  await clock.sleepMs(options.offsetMs);
  while (!options.stopping()) {
    try {
      if (receiver !== undefined && mustLeave()) {
        receiver.close();
        receiver = undefined;
      }
      // Standing still by order is no failure to receive.
      if (isHeld()) {
        await clock.sleepMs(options.pollMs);
        continue;
      }
      if (receiver === undefined || receiver.isLost) {
        if (receiver !== undefined) observer.receiveFailed(options.name, 'disconnected', clock.nowMs());
        receiver = undefined;
        receiver = await openWherePossible(followed, (stream) =>
          AmqpReceiver.open(stream, {
            clock,
            credentials: surroundings.credentials,
            queue: options.queue,
            name: options.name,
            timeoutMs: clientLimits.answerTimeoutMs,
          }),
        );
        pause.reset();
      }
      const messages = await receiver.pull(options.batch);
      for (const message of messages) observer.processed(message.id, clock.nowMs());
      for (const message of messages) await message.accept();
      options.onPulled(messages.length);
      if (messages.length < options.batch) await clock.sleepMs(options.pollMs);
    } catch (error) {
      receiver?.close();
      receiver = undefined;
      observer.receiveFailed(options.name, reasonOf(error), clock.nowMs());
      await clock.sleepMs(pause.next());
    }
  }
  receiver?.close();
};
