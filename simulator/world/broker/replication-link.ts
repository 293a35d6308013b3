import type { CrdrSettings } from './crdr-settings.ts';
import type { ReplicationEvent } from './replication-events.ts';
import { type Batch, type LogContent, ReplicationLog } from './replication-log.ts';

export interface ReplicationLinkOptions {
  readonly settings: CrdrSettings;
  /** When the source became one, in milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** Draws a number in [0, 1) for the phase of the replica's acknowledgements. */
  random(): number;
  /** Applies an event to the replica's store. */
  apply(event: ReplicationEvent): void;
  /** The replica has worked off everything up to FAIL_OVER, and is about to acknowledge it. */
  onFailOverReached(atMs: number): void;
}

/** A batch on its way; it arrives when `remaining` is 0 and the latency has passed. */
interface Transmission {
  readonly batch: Batch;
  /** Events still to be sent at `sinceMs`. */
  remaining: number;
  sinceMs: number;
}

interface Arrival<T> {
  readonly atMs: number;
  readonly value: T;
}

interface Connection {
  /** Time of the first batch; the others follow at the batch period. */
  readonly anchorMs: number;
  readonly ackAnchorMs: number;
  /** Highest sequence number sent since the connection was made. */
  sentSequence: number;
  /** Up to which the current burst goes: what was there at its tick. */
  burstSequence: number;
  lastBatchTickMs: number;
  lastAckTickMs: number;
  receivedSequence: number;
  acknowledgedByReplica: number;
  transmission: Transmission | undefined;
  readonly batches: Arrival<Batch>[];
  readonly acks: Arrival<number>[];
}

/** Readings of the plugin's gauges; undefined until the first event. docs/amazon-mq.md section 10. */
export interface LinkGauges {
  readonly totalReplicationLagMs: number | undefined;
  readonly primaryWaitTimeMs: number | undefined;
  readonly replicationLagMs: number | undefined;
  readonly replicaWaitTimeMs: number | undefined;
}

/** The heartbeat's timer starts right behind that of the batches, so a heartbeat just misses a batch. */
const heartbeatPhaseMs = 1;

/** First point of a grid at or after `atMs`, but behind `afterMs`. */
const nextOnGrid = (anchorMs: number, periodMs: number, atMs: number, afterMs: number): number => {
  const point = anchorMs + Math.max(0, Math.ceil((atMs - anchorMs) / periodMs)) * periodMs;
  return point > afterMs ? point : afterMs + periodMs;
};

/**
 * One direction of replication, from the source's log to the replica's store, as a simulation of discrete events.
 *
 * It has no actor and no clock of its own: `advance` works off everything that was due by then, in the order of time,
 * so a day without traffic costs a few thousand steps and a drain costs one step per batch. Times are milliseconds
 * since the Unix epoch. Timing: docs/amazon-mq.md section 12.
 */
export class ReplicationLink {
  readonly log = new ReplicationLog();
  readonly #options: ReplicationLinkOptions;
  readonly #settings: CrdrSettings;
  #nowMs: number;
  #eventsPerSecond: number;
  #connection: Connection | undefined;
  /** Highest sequence number that was ever sent; what lies above may be compacted. */
  #everSentSequence = 0;
  #appliedSequence = 0;
  #nextHeartbeatMs: number | undefined;
  #failOverSequence: number | undefined;
  #failOverReached = false;
  #stuck = false;
  #totalReplicationLagMs: number | undefined;
  #acknowledgedCreatedMs: number | undefined;
  #replicationLagMs: number | undefined;
  #appliedAtMs: number | undefined;

  constructor(options: ReplicationLinkOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#nowMs = options.startMs;
    this.#eventsPerSecond = options.settings.linkEventsPerSecond;
    this.#nextHeartbeatMs = options.startMs + options.settings.heartbeatPeriodMs + heartbeatPhaseMs;
  }

  /** Whether both brokers talk to each other now. */
  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Records a change of the source's store. */
  append(event: ReplicationEvent, atMs: number): void {
    this.advance(atMs);
    const compacted =
      this.#connection === undefined &&
      event.kind === 'ack' &&
      this.log.compactSend(event.queue, event.key, this.#everSentSequence);
    if (!compacted) this.log.append({ kind: 'store-event', event }, atMs);
  }

  /** Appends `count` events without messages, created evenly over the last `spanMs`. */
  appendSynthetic(count: number, bytesEach: number, spanMs: number, atMs: number): void {
    this.advance(atMs);
    this.log.appendSynthetic(count, bytesEach, atMs - spanMs, atMs);
  }

  /** Writes FAIL_OVER behind everything else; a repeated request changes nothing. */
  appendFailOver(atMs: number): void {
    this.advance(atMs);
    this.#failOverSequence ??= this.log.append({ kind: 'fail-over' }, atMs);
  }

  connect(atMs: number): void {
    this.advance(atMs);
    if (this.#connection !== undefined) return;
    const { linkStartMs, ackOffsetMs, replicaAckPeriodMs } = this.#settings;
    const anchorMs = atMs + linkStartMs;
    // What was sent before and not acknowledged is sent again; the replica skips what it has.
    const acknowledged = this.log.acknowledgedSequence;
    this.#connection = {
      anchorMs,
      ackAnchorMs: anchorMs + (ackOffsetMs ?? Math.floor(this.#options.random() * replicaAckPeriodMs)),
      sentSequence: acknowledged,
      burstSequence: acknowledged,
      lastBatchTickMs: Number.NEGATIVE_INFINITY,
      lastAckTickMs: Number.NEGATIVE_INFINITY,
      receivedSequence: acknowledged,
      acknowledgedByReplica: acknowledged,
      transmission: undefined,
      batches: [],
      acks: [],
    };
  }

  /** Loses what is on its way, in both directions. */
  disconnect(atMs: number): void {
    this.advance(atMs);
    this.#connection = undefined;
  }

  /** @param eventsPerSecond 0 carries nothing */
  setRate(eventsPerSecond: number, atMs: number): void {
    this.advance(atMs);
    const transmission = this.#connection?.transmission;
    if (transmission !== undefined) {
      transmission.remaining = this.#remaining(transmission, atMs);
      transmission.sinceMs = atMs;
    }
    this.#eventsPerSecond = eventsPerSecond;
  }

  /** A stuck replica receives FAIL_OVER but does not act on it. */
  setStuck(stuck: boolean, atMs: number): void {
    this.advance(atMs);
    this.#stuck = stuck;
  }

  /** The source's process stopped or started: no heartbeats while it is down, no gauges until the next event. */
  setSourceUp(up: boolean, atMs: number): void {
    this.advance(atMs);
    this.#nextHeartbeatMs = up ? atMs + this.#settings.heartbeatPeriodMs + heartbeatPhaseMs : undefined;
    this.#totalReplicationLagMs = undefined;
    this.#acknowledgedCreatedMs = undefined;
  }

  /** The replica's process started again: no gauges until the next event. */
  resetReplicaGauges(atMs: number): void {
    this.advance(atMs);
    this.#replicationLagMs = undefined;
    this.#appliedAtMs = undefined;
  }

  /** Gauges as of the last `advance`. */
  gauges(): LinkGauges {
    const whole = (valueMs: number | undefined) => (valueMs === undefined ? undefined : Math.round(valueMs));
    const since = (atMs: number | undefined) => (atMs === undefined ? undefined : whole(this.#nowMs - atMs));
    return {
      totalReplicationLagMs: whole(this.#totalReplicationLagMs),
      primaryWaitTimeMs: since(this.#acknowledgedCreatedMs),
      replicationLagMs: whole(this.#replicationLagMs),
      replicaWaitTimeMs: since(this.#appliedAtMs),
    };
  }

  /**
   * When the replica may act on FAIL_OVER next: its next acknowledgement. Undefined without a FAIL_OVER or a
   * connection. Whoever must not miss that moment calls `advance` then.
   */
  nextPromotionCheckMs(): number | undefined {
    if (this.#connection === undefined || this.#failOverSequence === undefined || this.#failOverReached)
      return undefined;
    const { ackAnchorMs } = this.#connection;
    return nextOnGrid(ackAnchorMs, this.#settings.replicaAckPeriodMs, this.#nowMs, this.#nowMs);
  }

  /** Works off everything due by `toMs`. */
  advance(toMs: number): void {
    for (;;) {
      const next = this.#nextStep();
      if (next === undefined || next.atMs > toMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  /** The earliest thing to do. Of several at one time the one nearest to the end of an event's way goes first. */
  #nextStep(): { readonly atMs: number; readonly run: () => void } | undefined {
    const connection = this.#connection;
    const steps: { readonly atMs: number | undefined; readonly run: () => void }[] = [];
    if (connection !== undefined) {
      steps.push(
        { atMs: connection.acks[0]?.atMs, run: () => this.#receiveAck(connection) },
        { atMs: connection.batches[0]?.atMs, run: () => this.#receiveBatch(connection) },
        { atMs: this.#sentMs(connection.transmission), run: () => this.#endTransmission(connection) },
        { atMs: this.#dueAckTickMs(connection), run: () => this.#acknowledge(connection) },
        { atMs: this.#dueBatchTickMs(connection), run: () => this.#startBurst(connection) },
      );
    }
    steps.push({ atMs: this.#nextHeartbeatMs, run: () => this.#heartbeat() });
    let first: { readonly atMs: number; readonly run: () => void } | undefined;
    for (const { atMs, run } of steps) {
      if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { atMs, run };
    }
    return first;
  }

  #heartbeat(): void {
    this.log.append({ kind: 'heartbeat' }, this.#nowMs);
    this.#nextHeartbeatMs = this.#nowMs + this.#settings.heartbeatPeriodMs;
  }

  #dueBatchTickMs(connection: Connection): number | undefined {
    if (connection.transmission !== undefined || connection.sentSequence >= this.log.lastSequence) return undefined;
    return nextOnGrid(connection.anchorMs, this.#settings.sourceBatchPeriodMs, this.#nowMs, connection.lastBatchTickMs);
  }

  #startBurst(connection: Connection): void {
    connection.lastBatchTickMs = this.#nowMs;
    connection.burstSequence = this.log.lastSequence;
    this.#transmitNext(connection);
  }

  /** Sends the next batch of the burst. Behind it the link goes on with full batches only; others wait for a tick. */
  #transmitNext(connection: Connection): void {
    const within = this.log.batch(connection.sentSequence, connection.burstSequence, this.#settings);
    const batch = within ?? this.#fullBatch(connection);
    if (batch === undefined) return;
    connection.sentSequence = batch.lastSequence;
    this.#everSentSequence = Math.max(this.#everSentSequence, batch.lastSequence);
    connection.transmission = { batch, remaining: batch.events, sinceMs: this.#nowMs };
  }

  #fullBatch(connection: Connection): Batch | undefined {
    const batch = this.log.batch(connection.sentSequence, this.log.lastSequence, this.#settings);
    return batch !== undefined && batch.lastSequence < this.log.lastSequence ? batch : undefined;
  }

  #remaining(transmission: Transmission, atMs: number): number {
    return Math.max(0, transmission.remaining - ((atMs - transmission.sinceMs) * this.#eventsPerSecond) / 1_000);
  }

  #sentMs(transmission: Transmission | undefined): number | undefined {
    if (transmission === undefined) return undefined;
    if (transmission.remaining === 0) return transmission.sinceMs;
    if (this.#eventsPerSecond === 0) return undefined;
    return transmission.sinceMs + (transmission.remaining * 1_000) / this.#eventsPerSecond;
  }

  #endTransmission(connection: Connection): void {
    const { transmission } = connection;
    if (transmission === undefined) return;
    connection.batches.push({ atMs: this.#nowMs + this.#settings.linkLatencyMs, value: transmission.batch });
    connection.transmission = undefined;
    this.#transmitNext(connection);
  }

  #receiveBatch(connection: Connection): void {
    const batch = connection.batches.shift()?.value;
    if (batch === undefined) return;
    connection.receivedSequence = batch.lastSequence;
    const firstNew = Math.max(batch.firstSequence, this.#appliedSequence + 1);
    if (firstNew > batch.lastSequence) return;
    for (const content of this.log.contents(firstNew, batch.lastSequence)) this.#apply(content);
    this.#appliedSequence = batch.lastSequence;
    this.#replicationLagMs = this.#nowMs - (this.log.createdMs(firstNew) ?? this.#nowMs);
    this.#appliedAtMs = this.#nowMs;
  }

  #apply(content: LogContent): void {
    if (content.kind === 'store-event') this.#options.apply(content.event);
  }

  /** Up to where the replica would acknowledge now: a stuck one leaves FAIL_OVER alone. */
  #acknowledgeable(connection: Connection): number {
    const processed = Math.min(connection.receivedSequence, this.#appliedSequence);
    return this.#stuck && this.#failOverSequence !== undefined
      ? Math.min(processed, this.#failOverSequence - 1)
      : processed;
  }

  #dueAckTickMs(connection: Connection): number | undefined {
    if (this.#acknowledgeable(connection) <= connection.acknowledgedByReplica) return undefined;
    const { replicaAckPeriodMs } = this.#settings;
    return nextOnGrid(connection.ackAnchorMs, replicaAckPeriodMs, this.#nowMs, connection.lastAckTickMs);
  }

  #acknowledge(connection: Connection): void {
    const sequence = this.#acknowledgeable(connection);
    connection.lastAckTickMs = this.#nowMs;
    connection.acknowledgedByReplica = sequence;
    connection.acks.push({ atMs: this.#nowMs + this.#settings.linkLatencyMs, value: sequence });
    if (this.#failOverSequence === undefined || sequence < this.#failOverSequence || this.#failOverReached) return;
    this.#failOverReached = true;
    this.#options.onFailOverReached(this.#nowMs);
  }

  /** The source learns what the replica has: only now its lag gauge is written. */
  #receiveAck(connection: Connection): void {
    const sequence = connection.acks.shift()?.value;
    const oldest = this.log.acknowledgedSequence + 1;
    if (sequence === undefined || sequence < oldest) return;
    this.#totalReplicationLagMs = this.#nowMs - (this.log.createdMs(oldest) ?? this.#nowMs);
    this.#acknowledgedCreatedMs = this.log.createdMs(sequence);
    this.log.acknowledge(sequence);
  }
}
