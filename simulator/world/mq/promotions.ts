import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { PromotionRefusedError } from '../broker/embedded-broker.ts';
import { type FaultBoard, fits } from '../fault-board.ts';
import { flushStreams } from '../flush-streams.ts';
import type { Reachability } from '../reachability.ts';
import type { BrokerRecord, Pairing, RequestedPromotion } from './broker-record.ts';
import { badRequest } from './mq-fault.ts';
import type { MqSettings } from './mq-settings.ts';
import { counterpartOf, promotionRuns, roleOf } from './pairing.ts';

export interface PromotionsOptions {
  readonly clock: VirtualClock;
  readonly settings: MqSettings;
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
}

/** Accepts promotions and passes them to the data plane. */
export class Promotions {
  readonly #options: PromotionsOptions;

  constructor(options: PromotionsOptions) {
    this.#options = options;
  }

  /**
   * Promotes the replica `target`; returns at once, the roles are exchanged later (docs/amazon-mq.md 4).
   *
   * @throws ApiFault BadRequestException for a broker that is no replica and for a state that forbids it
   */
  promote(target: BrokerRecord, mode: RequestedPromotion['mode']): void {
    const pairing = this.#requirePromotable(target, mode);
    // A soft exchange that was asked for again goes on as it is (docs/amazon-mq.md 13, row 8).
    if (mode === 'SWITCHOVER' && promotionRuns(pairing) && pairing.promotion?.mode === mode) return;
    const promotion: RequestedPromotion = { mode, target, requestedAtMs: this.#options.clock.nowMs() };
    const stuck = this.#options.faults.hit(
      'stuck-promotion',
      (fault) =>
        (fault.mode === undefined || fault.mode === mode) &&
        fits(fault.region, target.region) &&
        fits(fault.brokerName, target.brokerName),
    );
    if (stuck === undefined) this.#start(pairing, promotion);
    pairing.promotion = promotion;
  }

  #start(pairing: Pairing, promotion: RequestedPromotion): void {
    try {
      if (promotion.mode === 'FAILOVER') pairing.dataPlane?.failover();
      else this.#switchOver(pairing, promotion);
    } catch (error) {
      if (error instanceof PromotionRefusedError) throw badRequest(error.message, 'broker-id');
      throw error;
    }
  }

  #requirePromotable(target: BrokerRecord, mode: RequestedPromotion['mode']): Pairing {
    const { pairing } = target;
    const refuse = (reason: string): never => {
      throw badRequest(`Broker [${target.brokerId}] cannot be promoted: ${reason}`, 'broker-id');
    };
    if (pairing === undefined || pairing.phase === 'pending')
      return refuse('it is not part of a data replication pair.');
    if (pairing.phase === 'dissolving') return refuse('its data replication is about to end.');
    if (roleOf(pairing, target) !== 'replica') return refuse('it is not the replica of its pair.');
    if (target.state !== 'RUNNING') return refuse(`its state is ${target.state}.`);
    if (mode === 'SWITCHOVER') {
      if (promotionRuns(pairing) && pairing.promotion?.mode === 'FAILOVER') {
        return refuse('a FAILOVER is in progress, which a SWITCHOVER cannot interrupt.');
      }
      const other = counterpartOf(pairing, target);
      if (other.state !== 'RUNNING') return refuse(`the state of its counterpart is ${other.state}.`);
    }
    return pairing;
  }

  #switchOver(pairing: Pairing, promotion: RequestedPromotion): void {
    const { clock, reachability, settings } = this.#options;
    const primary = counterpartOf(pairing, promotion.target);
    const reaches = (): boolean => reachability.connects(promotion.target.region, primary.region);
    if (reaches()) {
      pairing.dataPlane?.switchover();
      return;
    }
    // A soft exchange begins on the primary; until its Region answers, nothing happens.
    clock.spawn(`mq switchover to ${promotion.target.brokerName}`, async () => {
      while (pairing.promotion === promotion && !reaches()) await clock.sleepMs(settings.promotionRetryMs);
      if (pairing.promotion !== promotion) return;
      pairing.dataPlane?.switchover();
      await flushStreams();
    });
  }
}
