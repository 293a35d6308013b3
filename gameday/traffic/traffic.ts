import { type Actor, ActorKilledError } from '../../simulator/clock/actor.ts';
import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { Accounting, type MessageTotals, type StoreContents } from '../../testbed/accounting.ts';
import { runConsumer } from './consumer.ts';
import { OutageWatch, type Unavailability } from './outages.ts';
import { runProducer } from './producer.ts';
import { type RateBucket, RateSeries } from './rate-series.ts';
import {
  type ReconciliationSnapshot,
  type ReconciliationTotals,
  reconciliationTotals,
} from './reconciliation-accounting.ts';
import type { ClientEnvironment, ConsumerEvent, TrafficObserver } from './traffic-ports.ts';

/** How much traffic, and how. */
export interface TrafficPlan {
  /** Pair that the clients are configured for; their names begin with it. */
  readonly pair: string;
  readonly queues: readonly string[];
  readonly producers: number;
  readonly consumers: number;
  /** Messages per virtual second, over all producers. */
  readonly ratePerSecond: number;
  readonly bodyBytes: number;
}

/** A change that the live display and the journal want to hear of. */
export interface TrafficNotice {
  readonly atMs: number;
  readonly client: string;
  /** `lost` on the first failure after success and when the reason changes, `served` on the next success. */
  readonly kind: 'lost' | 'served';
  readonly reason: string;
}

/** Everything that the traffic of one pair has to say about a run. */
export interface TrafficResult {
  readonly pair: string;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
  /** Whether the consumers found their queues empty before the drain's bound. */
  readonly drained: boolean;
  readonly messages: MessageTotals;
  readonly sends: Unavailability;
  readonly deliveries: Unavailability;
  readonly bucketMs: number;
  readonly buckets: readonly RateBucket[];
  /** What the runs of reconcile said and did, by the delivery accounting; null where none went through a queue. */
  readonly reconciliation: ReconciliationTotals | null;
  /** What happened inside the consumers; events that did not happen are left out. */
  readonly consumers: Readonly<Partial<Record<ConsumerEvent, number>>>;
}

const limits = {
  /** Virtual milliseconds between two pulls of an idle consumer; below the longest retry, so it adds nothing to it. */
  pollMs: 1_000,
  batch: 50,
  /** Resolution of the traffic plot: short against a switchover's gap of two batch periods (10 s), and no shorter than the consumers' poll. */
  bucketMs: 1_000,
  /** Empty pulls of every consumer in a row that mean "nothing more comes": more than one replication batch period. */
  quietPulls: 8,
  /** Longest drain: a consumer that cannot connect must not keep the run going. */
  drainMs: 120_000,
} as const;

/** Producers and consumers of one pair, and their delivery accounting. */
export class Traffic {
  readonly plan: TrafficPlan;
  readonly #clock: VirtualClock;
  readonly #environment: ClientEnvironment;
  readonly #notify: (notice: TrafficNotice) => void;
  readonly #accounting = new Accounting();
  readonly #series = new RateSeries(limits.bucketMs);
  readonly #startedAtMs: number;
  readonly #sends: OutageWatch;
  readonly #deliveries: OutageWatch;
  readonly #failing = new Map<string, string>();
  readonly #consumerEvents: Partial<Record<ConsumerEvent, number>> = {};
  readonly #producers: Actor<void>[] = [];
  readonly #consumers: Actor<void>[] = [];
  /** Processes of consumers that run now. */
  readonly #processes = new Set<Actor<void>>();
  readonly #emptyPulls: number[];
  #producersStop = false;
  #consumersStop = false;
  #stoppedAtMs: number | undefined;
  #drained = false;

  /** Starts every client now; must be called inside an actor. */
  constructor(
    plan: TrafficPlan,
    clock: VirtualClock,
    environment: ClientEnvironment,
    notify: (notice: TrafficNotice) => void,
  ) {
    this.plan = plan;
    this.#clock = clock;
    this.#environment = environment;
    this.#notify = notify;
    this.#startedAtMs = clock.nowMs();
    this.#sends = new OutageWatch(this.#startedAtMs);
    this.#deliveries = new OutageWatch(this.#startedAtMs);
    this.#emptyPulls = Array.from({ length: plan.consumers }, () => 0);
    this.#startConsumers();
    this.#startProducers();
  }

  get running(): boolean {
    return this.#stoppedAtMs === undefined;
  }

  get counters(): { readonly sent: number; readonly confirmed: number; readonly processed: number } {
    return this.#accounting.counters;
  }

  /** Producers stop; consumers go on until their queues stay empty, at most for the drain's bound; then they stop. */
  async stop(): Promise<void> {
    if (this.#stoppedAtMs !== undefined) return;
    this.#producersStop = true;
    for (const producer of this.#producers) await this.#clock.join(producer);
    // From here on nothing is offered, so the outage watches stop here too.
    this.#stoppedAtMs = this.#clock.nowMs();
    this.#emptyPulls.fill(0);
    const deadlineMs = this.#clock.nowMs() + limits.drainMs;
    while (!this.#quiet() && this.#clock.nowMs() < deadlineMs) await this.#clock.sleepMs(limits.pollMs);
    this.#drained = this.#quiet();
    this.#consumersStop = true;
    for (const consumer of this.#consumers) await this.#clock.join(consumer);
  }

  /** Kills the clients where they stand, without a drain: for a run that is interrupted. */
  abandon(): void {
    this.#stoppedAtMs ??= this.#clock.nowMs();
    for (const actor of [...this.#producers, ...this.#consumers, ...this.#processes]) this.#clock.kill(actor);
  }

  /** The delivery accounting so far, with what the brokers hold now and what reconciliation said. */
  result(stores: readonly StoreContents[], reconciliations: readonly ReconciliationSnapshot[] = []): TrafficResult {
    const untilMs = this.#stoppedAtMs ?? this.#clock.nowMs();
    return {
      pair: this.plan.pair,
      startedAtMs: this.#startedAtMs,
      stoppedAtMs: untilMs,
      drained: this.#drained,
      messages: this.#accounting.totals(stores),
      sends: this.#sends.summary(untilMs),
      deliveries: this.#deliveries.summary(untilMs),
      bucketMs: this.#series.bucketMs,
      buckets: this.#series.buckets(),
      consumers: { ...this.#consumerEvents },
      reconciliation:
        reconciliations.length === 0 ? null : reconciliationTotals(reconciliations, (id) => this.#accounting.entry(id)),
    };
  }

  #quiet(): boolean {
    return this.#emptyPulls.every((pulls) => pulls >= limits.quietPulls);
  }

  #startProducers(): void {
    const { pair, producers, queues, ratePerSecond, bodyBytes } = this.plan;
    const intervalMs = (producers * 1_000) / ratePerSecond;
    for (let index = 0; index < producers; index++) {
      const name = `${pair}-p${index + 1}`;
      const options = {
        name,
        queue: queueFor(queues, index),
        intervalMs,
        offsetMs: Math.round((index * intervalMs) / producers),
        bodyBytes,
        stopping: () => this.#producersStop,
      };
      this.#producers.push(
        this.#clock.spawn(`producer ${name}`, () => runProducer(options, this.#environment, this.#observer)),
      );
    }
  }

  #startConsumers(): void {
    const { pair, consumers, queues } = this.plan;
    for (let index = 0; index < consumers; index++) {
      const name = `${pair}-c${index + 1}`;
      const options = {
        name,
        queue: queueFor(queues, index),
        pollMs: limits.pollMs,
        offsetMs: Math.round((index * limits.pollMs) / consumers),
        batch: limits.batch,
        stopping: () => this.#consumersStop,
        runProcess: (body: () => Promise<void>) => this.#runProcess(name, body),
        die: () => this.#clock.killCurrent(),
        onPulled: (messages: number) => {
          this.#emptyPulls[index] = messages === 0 ? (this.#emptyPulls[index] ?? 0) + 1 : 0;
        },
      };
      this.#consumers.push(
        this.#clock.spawn(`consumer ${name}`, () => runConsumer(options, this.#environment, this.#observer)),
      );
    }
  }

  async #runProcess(name: string, body: () => Promise<void>): Promise<'ended' | 'died'> {
    const process = this.#clock.spawn(`process of ${name}`, body);
    this.#processes.add(process);
    try {
      await this.#clock.join(process);
      return 'ended';
    } catch (error) {
      if (error instanceof ActorKilledError) return 'died';
      throw error;
    } finally {
      this.#processes.delete(process);
    }
  }

  readonly #observer: TrafficObserver = {
    sent: (id, queue, atMs) => this.#accounting.sent(id, queue, atMs),
    confirmed: (id, atMs) => {
      this.#accounting.confirmed(id);
      this.#series.count('confirmed', atMs);
      this.#sends.succeeded(atMs);
      this.#clientServed(id.slice(0, id.lastIndexOf('-')), atMs);
    },
    rejected: (id, atMs) => {
      this.#accounting.rejected(id);
      this.#series.count('sendFailures', atMs);
      this.#sends.failed(atMs);
    },
    sendFailed: (client, reason, atMs) => {
      this.#series.count('sendFailures', atMs);
      this.#sends.failed(atMs);
      this.#clientLost(client, reason, atMs);
    },
    processed: (id, atMs) => {
      this.#accounting.processed(id, atMs);
      this.#series.count('processed', atMs);
      if (this.#stoppedAtMs === undefined) this.#deliveries.succeeded(atMs);
    },
    receiveFailed: (_client, _reason, atMs) => {
      this.#series.count('receiveFailures', atMs);
      if (this.#stoppedAtMs === undefined) this.#deliveries.failed(atMs);
    },
    uncertain: (id) => this.#accounting.uncertain(id),
    counted: (event) => {
      this.#consumerEvents[event] = (this.#consumerEvents[event] ?? 0) + 1;
    },
  };

  #clientLost(client: string, reason: string, atMs: number): void {
    if (this.#failing.get(client) === reason) return;
    this.#failing.set(client, reason);
    this.#notify({ atMs, client, kind: 'lost', reason });
  }

  #clientServed(client: string, atMs: number): void {
    if (!this.#failing.delete(client)) return;
    this.#notify({ atMs, client, kind: 'served', reason: '' });
  }
}

const queueFor = (queues: readonly string[], index: number): string => {
  const queue = queues[index % queues.length];
  if (queue === undefined) throw new RangeError('traffic needs at least one queue');
  return queue;
};
