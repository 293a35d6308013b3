import type { Ledger } from '../../functions/ledger/ledger.ts';
import type { SocketAddress } from '../../functions/runtime/runtime.ts';
import { AmqpReceiver } from './amqp-receiver.ts';
import { type BatchEnvironment, consumeBatch, consumeBatchOnce } from './consume-batch.ts';
import { openWherePossible, RetryPause, reasonOf } from './follow-broker.ts';
import { type ClientEnvironment, clientLimits, type TrafficObserver } from './traffic-ports.ts';

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
  /** Runs a process as an actor of its own until it ends, and tells how. */
  readonly runProcess: (body: () => Promise<void>) => Promise<'ended' | 'died'>;
  /** Ends the process that calls it. */
  readonly die: () => Promise<never>;
}

/** The endpoints that a consumer may use now, and the one that it uses. */
const followConsumable = (environment: ClientEnvironment, queue: string) => {
  let used: SocketAddress | undefined;
  const consumable = (): readonly SocketAddress[] =>
    environment.endpoints().filter((endpoint) => environment.consumes?.(endpoint, queue) ?? true);
  const followed: ClientEnvironment = {
    ...environment,
    endpoints: consumable,
    connect: (address, timeoutMs) => {
      used = address;
      return environment.connect(address, timeoutMs);
    },
  };
  return {
    followed,
    used: () => used,
    /** Whether all of them are held. */
    isHeld: () => environment.endpoints().length > 0 && consumable().length === 0,
    /** Whether the one in use has been held since. */
    mustLeave: () => used !== undefined && environment.consumes?.(used, queue) === false,
  };
};

/** One life of a consumer's process. */
class ConsumerProcess {
  readonly #options: ConsumerOptions;
  readonly #environment: ClientEnvironment;
  readonly #observer: TrafficObserver;
  readonly #following: ReturnType<typeof followConsumable>;
  readonly #batch: BatchEnvironment;
  readonly #owner: string;
  /** By host: a process keeps what it has claimed, also over a lost connection. */
  readonly #ledgers = new Map<string, Ledger>();
  #receiver: AmqpReceiver | undefined;

  constructor(options: ConsumerOptions, environment: ClientEnvironment, observer: TrafficObserver, owner: string) {
    const { name: consumer, queue, die } = options;
    const { clock, faults = { diesAfter: () => false, isPoison: () => false } } = environment;
    this.#options = options;
    this.#environment = environment;
    this.#observer = observer;
    this.#owner = owner;
    this.#following = followConsumable(environment, queue);
    this.#batch = { clock, consumer, queue, faults, observer, die };
  }

  /** Breaks the connection off, as the end of a process does. */
  abort(): void {
    this.#receiver?.abort();
  }

  /** Body of an actor. */
  async run(): Promise<void> {
    const { clock, random } = this.#environment;
    const { name, pollMs, batch, stopping, onPulled } = this.#options;
    const pause = new RetryPause(() => random());
    while (!stopping()) {
      try {
        if (this.#following.mustLeave()) this.#leave();
        // Standing still by order is no failure to receive.
        if (this.#following.isHeld()) {
          await clock.sleepMs(pollMs);
          continue;
        }
        const receiver = await this.#connected(pause);
        const messages = await receiver.pull(batch);
        const ledger = this.#ledger();
        let waitMs = messages.length < batch ? pollMs : 0;
        if (ledger === undefined) await consumeBatch(messages, this.#batch);
        else if (messages.length > 0) {
          waitMs = Math.max(waitMs, await consumeBatchOnce(messages, ledger, this.#batch));
        }
        onPulled(messages.length);
        if (waitMs > 0) await clock.sleepMs(waitMs);
      } catch (error) {
        this.#leave();
        this.#observer.receiveFailed(name, reasonOf(error), clock.nowMs());
        await clock.sleepMs(pause.next());
      }
    }
    this.#leave();
  }

  #leave(): void {
    this.#receiver?.close();
    this.#receiver = undefined;
  }

  async #connected(pause: RetryPause): Promise<AmqpReceiver> {
    const { clock, credentials } = this.#environment;
    const { name, queue } = this.#options;
    if (this.#receiver?.isLost === false) return this.#receiver;
    if (this.#receiver !== undefined) this.#observer.receiveFailed(name, 'disconnected', clock.nowMs());
    this.#receiver = undefined;
    this.#receiver = await openWherePossible(this.#following.followed, (stream) =>
      AmqpReceiver.open(stream, { clock, credentials, queue, name, timeoutMs: clientLimits.answerTimeoutMs }),
    );
    pause.reset();
    return this.#receiver;
  }

  #ledger(): Ledger | undefined {
    const endpoint = this.#following.used();
    if (endpoint === undefined || this.#environment.ledger === undefined) return undefined;
    const known = this.#ledgers.get(endpoint.host);
    if (known !== undefined) return known;
    const ledger = this.#environment.ledger(endpoint, {
      consumer: this.#options.name,
      owner: this.#owner,
      observer: { onTakeover: () => this.#observer.counted('taken-over') },
    });
    this.#ledgers.set(endpoint.host, ledger);
    return ledger;
  }
}

/**
 * Body of an actor: runs a consumer's process, and another one after it when it died. The effect comes before the
 * acknowledgement, so a lost acknowledgement means a second delivery.
 */
export const runConsumer = async (
  options: ConsumerOptions,
  environment: ClientEnvironment,
  observer: TrafficObserver,
): Promise<void> => {
  const { clock } = environment;
  await clock.sleepMs(options.offsetMs);
  for (let life = 1; !options.stopping(); life++) {
    const process = new ConsumerProcess(options, environment, observer, `${options.name}#${life}`);
    if ((await options.runProcess(() => process.run())) === 'ended') continue;
    process.abort();
    await clock.sleepMs(clientLimits.restartMs);
  }
};
