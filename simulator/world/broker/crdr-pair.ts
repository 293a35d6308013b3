import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { ActiveMqBroker } from './active-mq-broker.ts';
import { type CrdrSettings, type CrdrSettingsInput, crdrSettingsSchema } from './crdr-settings.ts';
import { type EmbeddedPair, PromotionRefusedError, type ReplicationGauges } from './embedded-broker.ts';
import { ReplicationLink } from './replication-link.ts';
import { VirtualAlarm } from './virtual-alarm.ts';

export interface CrdrPairOptions {
  readonly clock: VirtualClock;
  /** A number in [0, 1), from the run's seed. */
  random(): number;
  /** What differs from the observed behaviour. @throws ZodError for unknown or impossible settings */
  readonly settings?: CrdrSettingsInput;
}

/** Events without messages behind them, to rehearse long drains. */
export interface SyntheticBacklog {
  readonly events: number;
  /** Size of each on the link; default 1,000. */
  readonly bytesEach?: number;
  /** How far back the oldest was created; the others follow evenly. Default 0: all now. */
  readonly spanMs?: number;
}

/**
 * Where the exchange of roles stands.
 * `awaiting-ack`: the replica took over in a soft exchange, the old primary has not heard of it.
 * `untold`: the replica took over in a failover, the old primary goes on as it was.
 */
type Phase = 'replicating' | 'switching' | 'awaiting-ack' | 'untold' | 'dissolved';

/**
 * Cross-Region data replication between two brokers, as observed with the plugin that Amazon MQ's is built from.
 * docs/amazon-mq.md sections 2 to 6, 12 and 13.
 */
export class CrdrPair implements EmbeddedPair {
  readonly settings: CrdrSettings;
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #alarm: VirtualAlarm;
  #primary: ActiveMqBroker;
  #replica: ActiveMqBroker;
  /** From `#primary` to `#replica`. */
  #link: ReplicationLink;
  /** What an old primary that knows nothing of a failover still records; lost as soon as it learns of it. */
  #formerLink: ReplicationLink | undefined;
  #phase: Phase = 'replicating';
  #linkUp = true;
  #eventsPerSecond: number;
  #stuck = false;
  /** A soft exchange was asked for while the primary was down. */
  #switchoverPending = false;
  #openAtMs: number | undefined;
  #demoteAtMs: number | undefined;

  constructor(primary: ActiveMqBroker, replica: ActiveMqBroker, options: CrdrPairOptions) {
    this.settings = crdrSettingsSchema.parse(options.settings ?? {});
    this.#clock = options.clock;
    this.#random = options.random;
    this.#eventsPerSecond = this.settings.linkEventsPerSecond;
    this.#primary = primary;
    this.#replica = replica;
    this.#alarm = new VirtualAlarm(options.clock, `replication of ${primary.brokerName}`, () => this.#sync());
    this.#link = this.#startLink(primary, replica);
    for (const broker of [primary, replica]) {
      broker.attach({
        sync: () => this.#sync(),
        gauges: () => this.#gaugesOf(broker),
        powerChanged: () => this.#powerChanged(broker),
      });
    }
    primary.become('primary', 'open');
    replica.become('replica', 'closed');
    this.#settle();
  }

  get primary(): ActiveMqBroker {
    this.#sync();
    return this.#primary;
  }

  get replica(): ActiveMqBroker {
    this.#sync();
    return this.#replica;
  }

  get linkUp(): boolean {
    return this.#linkUp;
  }

  set linkUp(up: boolean) {
    this.#sync();
    this.#linkUp = up;
    this.#settle();
  }

  /** While true, a replica that reaches FAIL_OVER does nothing about it. A failover or `false` ends that. */
  get promotionStuck(): boolean {
    return this.#stuck;
  }

  set promotionStuck(stuck: boolean) {
    this.#sync();
    this.#stuck = stuck;
    this.#link.setStuck(stuck, this.#clock.nowMs());
    this.#settle();
  }

  /** Sets what the link carries from now on, in events per second; 0 carries nothing. Outlasts role changes. */
  setLinkRate(eventsPerSecond: number): void {
    this.#sync();
    this.#eventsPerSecond = eventsPerSecond;
    this.#link.setRate(eventsPerSecond, this.#clock.nowMs());
    this.#settle();
  }

  /** Puts events without messages on the primary's replication queue. */
  seedBacklog({ events, bytesEach = 1_000, spanMs = 0 }: SyntheticBacklog): void {
    this.#sync();
    this.#link.appendSynthetic(events, bytesEach, spanMs, this.#clock.nowMs());
  }

  switchover(): void {
    this.#sync();
    if (this.#phase === 'switching' || this.#switchoverPending) return;
    if (this.#phase !== 'replicating') {
      throw new PromotionRefusedError(
        `SWITCHOVER of "${this.#replica.brokerName}" refused: the pair is ${this.#phase}; wait until it replicates`,
      );
    }
    if (this.#primary.up) this.#beginSwitchover();
    else this.#switchoverPending = true;
    this.#settle();
  }

  failover(): void {
    this.#sync();
    const target = this.#replica;
    if (this.#phase === 'untold' || this.#phase === 'dissolved') {
      throw new PromotionRefusedError(`FAILOVER to "${target.brokerName}" refused: it is no replica (${this.#phase})`);
    }
    if (!target.up) throw new PromotionRefusedError(`FAILOVER to "${target.brokerName}" refused: it is not running`);
    const nowMs = this.#clock.nowMs();
    this.#link.disconnect(nowMs);
    this.#formerLink = this.#link;
    this.#switchoverPending = false;
    this.#phase = 'untold';
    this.#takeOver(nowMs);
  }

  /**
   * Makes the old primary of a failover a replica. It keeps its messages and loses its record of what
   * had not crossed. docs/amazon-mq.md section 5.
   *
   * @throws PromotionRefusedError when no broker has a failover to learn of, or it is down
   */
  tellOldPrimary(): void {
    this.#sync();
    if (this.#phase !== 'untold') throw new PromotionRefusedError(`no old primary to tell: the pair is ${this.#phase}`);
    if (!this.#replica.up)
      throw new PromotionRefusedError(`"${this.#replica.brokerName}" is down and cannot learn of the failover`);
    this.#demote();
  }

  dissolve(): void {
    this.#sync();
    this.#phase = 'dissolved';
    this.#alarm.set(undefined);
    for (const broker of [this.#primary, this.#replica]) {
      broker.store.observer = undefined;
      broker.attach(undefined);
      broker.become('standalone', 'open');
    }
  }

  #sync(): void {
    if (this.#phase === 'dissolved') return;
    const nowMs = this.#clock.nowMs();
    this.#link.advance(nowMs);
    this.#formerLink?.advance(nowMs);
    if (this.#openAtMs !== undefined && this.#openAtMs <= nowMs) {
      this.#openAtMs = undefined;
      this.#primary.become('primary', 'open');
    }
    if (this.#demoteAtMs !== undefined && this.#demoteAtMs <= nowMs) this.#demote();
    else this.#setAlarm();
  }

  /** Brings everything that follows from link, power and phase up to date. */
  #settle(): void {
    const nowMs = this.#clock.nowMs();
    const reachable = this.#linkUp && this.#primary.up && this.#replica.up;
    const replicates = reachable && (this.#phase === 'replicating' || this.#phase === 'switching');
    if (replicates && !this.#link.connected) this.#link.connect(nowMs);
    if (!replicates && this.#link.connected) this.#link.disconnect(nowMs);
    this.#demoteAtMs = this.#nextDemotionMs(nowMs);
    this.#setAlarm();
  }

  #nextDemotionMs(nowMs: number): number | undefined {
    if (!this.#linkUp || !this.#replica.up) return undefined;
    if (this.#phase === 'awaiting-ack') {
      return this.#primary.up ? (this.#demoteAtMs ?? nowMs + this.settings.linkStartMs) : undefined;
    }
    const { tellOldPrimaryAfterMs } = this.settings;
    if (this.#phase !== 'untold' || tellOldPrimaryAfterMs === 'manual') return undefined;
    return this.#demoteAtMs ?? nowMs + tellOldPrimaryAfterMs;
  }

  /** Nothing else needs to happen at its time: whoever looks at the pair brings it to the present first. */
  #setAlarm(): void {
    const due = [this.#openAtMs, this.#demoteAtMs, this.#link.nextPromotionCheckMs()].filter((at) => at !== undefined);
    this.#alarm.set(due.length === 0 ? undefined : Math.min(...due));
  }

  #beginSwitchover(): void {
    this.#switchoverPending = false;
    this.#phase = 'switching';
    this.#primary.become('primary', 'closed');
    this.#link.appendFailOver(this.#clock.nowMs());
  }

  /** The replica has worked off everything and becomes the source; its acknowledgement is on the way. */
  #endSwitchover(atMs: number): void {
    this.#phase = 'awaiting-ack';
    this.#primary.store.observer = undefined;
    this.#demoteAtMs = atMs + this.settings.linkLatencyMs;
    this.#takeOver(atMs);
  }

  #takeOver(atMs: number): void {
    this.#stuck = false;
    const oldPrimary = this.#primary;
    this.#primary = this.#replica;
    this.#replica = oldPrimary;
    this.#link = this.#startLink(this.#primary, this.#replica, atMs);
    this.#primary.become('primary', 'closed');
    this.#openAtMs = atMs + this.settings.promotionMs;
    this.#settle();
  }

  /** The old primary becomes a replica: it learned of the exchange or the failover. */
  #demote(): void {
    this.#demoteAtMs = undefined;
    this.#formerLink = undefined;
    this.#phase = 'replicating';
    this.#replica.store.observer = undefined;
    this.#replica.become('replica', 'closed');
    this.#settle();
  }

  #startLink(source: ActiveMqBroker, replica: ActiveMqBroker, startMs = this.#clock.nowMs()): ReplicationLink {
    const link: ReplicationLink = new ReplicationLink({
      settings: this.settings,
      startMs,
      random: this.#random,
      apply: (event) => replica.store.apply(event),
      onFailOverReached: (atMs) => this.#endSwitchover(atMs),
    });
    link.setRate(this.#eventsPerSecond, startMs);
    source.store.observer = (event) => link.append(event, this.#clock.nowMs());
    return link;
  }

  #powerChanged(broker: ActiveMqBroker): void {
    const nowMs = this.#clock.nowMs();
    if (broker === this.#primary) {
      this.#link.setSourceUp(broker.up, nowMs);
      if (broker.up && this.#switchoverPending) this.#beginSwitchover();
    } else {
      this.#link.resetReplicaGauges(nowMs);
      this.#formerLink?.setSourceUp(broker.up, nowMs);
    }
    this.#settle();
  }

  #gaugesOf(broker: ActiveMqBroker): ReplicationGauges {
    const source = broker === this.#primary ? this.#link : this.#formerLink;
    const link = this.#link.gauges();
    const asSource = source?.gauges();
    const asReplica = broker === this.#replica && this.#phase !== 'awaiting-ack' && source === undefined;
    return {
      totalReplicationLagMs: asSource?.totalReplicationLagMs,
      primaryWaitTimeMs: asSource?.primaryWaitTimeMs,
      replicationLagMs: asReplica ? link.replicationLagMs : undefined,
      replicaWaitTimeMs: asReplica ? link.replicaWaitTimeMs : undefined,
      replicationQueueSize: source?.log.unacknowledged,
    };
  }
}
