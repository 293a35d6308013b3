import type { GaugePoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';

/** How far a forecast can be trusted: how many points it rests on, and how even their rates are. */
export type Confidence = 'low' | 'medium' | 'high';

/** When a shrinking replication queue will be empty. */
export interface DrainForecast {
  readonly backlogEvents: number;
  /** Age of the newest point, in seconds; the forecast is counted from it. */
  readonly pointAgeSeconds: number;
  /** Events that leave the queue each second, over the last minutes. */
  readonly ratePerSecond: number;
  /** Seconds from now until the queue is empty at that rate; 0 when it should be already. */
  readonly remainingSeconds: number;
  readonly confidence: Confidence;
}

/** Points that a rate rests on: five minutes smooth a batch's jitter and still follow a change of rate. */
const ratePoints = 6;

/** Rates between neighbouring points within this factor of each other are even. */
const evenFactor = 1.5;
const unevenFactor = 4;

/**
 * Forecasts the end of a drain from points of the replication queue's size, oldest first.
 * Undefined while the queue does not shrink, fewer than two points are known, or the newest says nothing about now.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const forecastDrain = (points: readonly GaugePoint[], nowMs: number): DrainForecast | undefined => {
  const recent = points.slice(-ratePoints);
  const first = recent[0];
  const last = recent.at(-1);
  const previous = recent.at(-2);
  if (first === undefined || last === undefined || previous === undefined) return undefined;
  const rateBetween = (a: GaugePoint, b: GaugePoint): number => (a.value - b.value) / ((b.atMs - a.atMs) / 1_000);
  // The faster of the newest and the average rate: polling too early costs one call, too late costs an outage.
  const ratePerSecond = Math.max(rateBetween(first, last), rateBetween(previous, last));
  if (!(ratePerSecond > 0) || nowMs - last.atMs > freshMs) return undefined;
  const pointAgeSeconds = Math.max(0, (nowMs - last.atMs) / 1_000);
  const rates = recent.slice(1).map((point, index) => rateBetween(recent[index] ?? point, point));
  const spread = Math.max(...rates) / Math.max(Math.min(...rates), Number.MIN_VALUE);
  const confidence: Confidence =
    recent.length >= 4 && spread <= evenFactor
      ? 'high'
      : recent.length >= 3 && spread <= unevenFactor
        ? 'medium'
        : 'low';
  return {
    backlogEvents: last.value,
    pointAgeSeconds,
    ratePerSecond,
    remainingSeconds: Math.max(0, last.value / ratePerSecond - pointAgeSeconds),
    confidence,
  };
};

/** A forecast in one line, for a person who must decide. */
export const describeForecast = (forecast: DrainForecast | undefined): string =>
  forecast === undefined
    ? 'no forecast: the replication queue does not shrink'
    : `forecast: ${forecast.backlogEvents} events, empty in ${Math.round(forecast.remainingSeconds)} s (${forecast.confidence} confidence)`;
