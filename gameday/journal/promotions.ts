import { tookEffect } from '../../simulator/api/api-call.ts';
import type { Outage } from '../traffic/outages.ts';
import type { TrafficResult } from '../traffic/traffic.ts';
import type { BrokerStateRecord, Journal } from './journal.ts';

/** One promotion of a game day. Times are virtual milliseconds since the Unix epoch. */
export interface Promotion {
  readonly pair: string;
  readonly mode: string;
  /** The broker that was promoted. */
  readonly brokerName: string;
  readonly region: string;
  /** When Amazon MQ took the Promote call. */
  readonly requestedAtMs: number;
  /** When the data plane had really exchanged the roles; absent when it never did. */
  readonly completedAtMs?: number;
  /** When a workflow judged the roles exchanged. */
  readonly detectedAtMs?: number;
  /** How long clients of the pair could not send, or without traffic, how long no broker took clients. */
  readonly unavailableMs: number;
  readonly unavailableFrom: 'clients' | 'brokers';
}

/** What promotions are derived from. */
export interface PromotionFacts extends Pick<Journal['records'], 'apiCalls' | 'brokers' | 'verdicts'> {
  readonly traffic: readonly TrafficResult[];
  /** Until when things were observed. */
  readonly endMs: number;
}

/** The promotions of a finished run. */
export const promotionsOf = (journal: Journal): readonly Promotion[] =>
  derivePromotions({ ...journal.records, traffic: journal.traffic, endMs: Date.parse(journal.end) });

/** Every Promote call that the service took, with what came of it. */
export const derivePromotions = ({
  apiCalls,
  brokers,
  verdicts,
  traffic,
  endMs,
}: PromotionFacts): readonly Promotion[] => {
  const calls = apiCalls.filter((call) => call.service === 'mq' && call.operation === 'Promote' && tookEffect(call));
  return calls.flatMap((call) => {
    const request = call.request !== null && typeof call.request === 'object' ? call.request : {};
    const brokerId = 'brokerId' in request ? String(request.brokerId) : '';
    const target = brokers.find((broker) => broker.brokerId === brokerId);
    if (target === undefined) return [];
    const ofPair = brokers.filter((broker) => broker.pair === target.pair);
    const next = calls.find((other) => other.atMs > call.atMs && isOfPair(other.request, ofPair));
    const untilMs = next?.atMs ?? endMs;
    const mode = 'mode' in request ? String(request.mode) : 'unknown';
    const completedAtMs = exchangedAt(ofPair, brokerId, mode, call.atMs, untilMs);
    const detectedAtMs = verdicts.find(
      (verdict) =>
        verdict.verdict === 'exchanged' &&
        verdict.pair === target.pair &&
        verdict.atMs >= call.atMs &&
        verdict.atMs < untilMs,
    )?.atMs;
    const clients = traffic.find((result) => result.pair === target.pair);
    const offered = clients !== undefined && clients.startedAtMs < untilMs && clients.stoppedAtMs > call.atMs;
    return [
      {
        pair: target.pair,
        mode,
        brokerName: target.brokerName,
        region: target.region,
        requestedAtMs: call.atMs,
        ...(completedAtMs === undefined ? {} : { completedAtMs }),
        ...(detectedAtMs === undefined ? {} : { detectedAtMs }),
        unavailableMs: offered
          ? outageMs(clients.sends.outages, call.atMs, untilMs, completedAtMs)
          : notServedMs(ofPair, call.atMs, untilMs),
        unavailableFrom: offered ? ('clients' as const) : ('brokers' as const),
      },
    ];
  });
};

const isOfPair = (request: unknown, brokers: readonly BrokerStateRecord[]): boolean =>
  request !== null &&
  typeof request === 'object' &&
  'brokerId' in request &&
  brokers.some((broker) => broker.brokerId === request.brokerId);

/** First instant at which the target is primary and takes clients and, in a switchover, the other is its replica. */
const exchangedAt = (
  brokers: readonly BrokerStateRecord[],
  targetId: string,
  mode: string,
  fromMs: number,
  untilMs: number,
): number | undefined => {
  const latest = new Map<string, BrokerStateRecord>();
  for (const record of brokers) {
    if (record.atMs > untilMs) break;
    latest.set(record.brokerId, record);
    if (record.atMs < fromMs) continue;
    const target = latest.get(targetId);
    if (target === undefined || target.role !== 'primary' || !target.serves) continue;
    const others = [...latest.values()].filter((broker) => broker.brokerId !== targetId);
    if (mode === 'FAILOVER' || others.every((broker) => broker.role === 'replica')) return record.atMs;
  }
  return undefined;
};

/**
 * Outage within the interval from one promotion to the next. One whose first failure came after the request counts
 * from the last success, which is earlier; one that was there before counts from the request. What fails only after the
 * roles had been exchanged has another cause.
 */
const outageMs = (
  outages: readonly Outage[],
  fromMs: number,
  untilMs: number,
  completedAtMs: number | undefined,
): number =>
  outages
    .filter((outage) => outage.toMs > fromMs && outage.firstFailureMs < untilMs)
    .filter((outage) => completedAtMs === undefined || outage.firstFailureMs <= completedAtMs)
    .map((outage) => {
      const beganMs = outage.firstFailureMs >= fromMs ? outage.fromMs : fromMs;
      return Math.min(outage.toMs, untilMs) - beganMs;
    })
    .reduce((total, lengthMs) => total + lengthMs, 0);

/** Time within the interval in which no broker of the pair took clients. */
const notServedMs = (brokers: readonly BrokerStateRecord[], fromMs: number, untilMs: number): number => {
  const serving = new Map<string, boolean>();
  let total = 0;
  let sinceMs = fromMs;
  const add = (untilAtMs: number): void => {
    const served = [...serving.values()].includes(true);
    if (!served && untilAtMs > sinceMs) total += untilAtMs - sinceMs;
    sinceMs = Math.max(sinceMs, untilAtMs);
  };
  for (const record of brokers) {
    if (record.atMs > untilMs) break;
    if (record.atMs > fromMs) add(record.atMs);
    serving.set(record.brokerId, record.serves);
  }
  add(untilMs);
  return total;
};
