import { approvalsOf, epochsOf } from './decisions.ts';
import { type DriftCounts, driftRuns, driftSummary } from './drift.ts';
import { type FailoverTimeline, failoverTimelinesOf } from './failover-timeline.ts';
import { isoTime, type Journal, type Outcome } from './journal.ts';
import { lostRegionCalls } from './lost-region-calls.ts';
import { type Promotion, promotionsOf } from './promotions.ts';
import { type ReconciliationSummary, reconciliationSummary } from './reconciliation.ts';
import { refusalsOf } from './refusals.ts';
import { estimatedCostUsd } from './unit-prices.ts';

/** Message counts over all traffic of a run; see `MessageTotals` for each class. */
export interface MessageSummary {
  readonly sent: number;
  readonly confirmed: number;
  readonly processedOnce: number;
  readonly processedTwice: number;
  readonly queued: number;
  readonly stranded: number;
  readonly lost: number;
  readonly rejected: number;
  readonly unknownOutcome: number;
  /** Of those with unknown outcome, how many took effect twice. */
  readonly unknownProcessedTwice: number;
}

/** A gap in service as clients saw it, in virtual milliseconds. */
export interface GapSummary {
  readonly longestMs: number;
  readonly totalMs: number;
}

/** Parts of a failover, from the blackout to the first message that the promoted broker took. */
export interface FailoverSummary extends Omit<FailoverTimeline, 'blackoutAtMs'> {
  readonly blackoutAt: string;
  /** All parts together; null without a message. */
  readonly totalMs: number | null;
}

/** The one JSON object that a game day prints. */
export interface GameDaySummary {
  readonly scenario: string;
  readonly seed: number;
  readonly outcome: Outcome;
  readonly wallMs: number;
  readonly virtualMs: number;
  readonly messages: MessageSummary;
  readonly unavailability: {
    readonly sends: GapSummary;
    readonly deliveries: GapSummary;
    /** Each failover that followed on the loss of a Region, in parts; virtual milliseconds. */
    readonly failovers: readonly FailoverSummary[];
  };
  readonly promotions: readonly {
    readonly pair: string;
    readonly mode: string;
    readonly requestedAt: string;
    readonly completedAt: string | null;
    readonly detectedAt: string | null;
    /** Virtual milliseconds from the exchange to its notice by the workflow. */
    readonly detectionDelayMs: number | null;
    readonly unavailableMs: number;
  }[];
  readonly apiCalls: Readonly<Record<string, number>>;
  /** Calls of `failover` runs to the Region that they gave up, before their promotion was verified: 0 expected. */
  readonly callsToLostRegionBeforePromotion: number;
  /** Notifications that operators received. */
  readonly pages: readonly { readonly at: string; readonly region: string; readonly subject: string }[];
  readonly refusals: readonly { readonly at: string; readonly run: string; readonly codes: readonly string[] }[];
  readonly approvals: readonly { readonly at: string; readonly pair: string; readonly answer: string }[];
  readonly epochs: readonly {
    readonly at: string;
    readonly pair: string;
    readonly epoch: number;
    readonly mode: string;
  }[];
  readonly workflows: readonly {
    readonly name: string;
    readonly status: string;
    readonly transitions: number;
    readonly historyEvents: number;
  }[];
  /** What the runs of reconcile did, checked against the delivery accounting; null where none scanned a queue. */
  readonly reconciliation: ReconciliationSummary | null;
  /** What the runs of policy-drift found, did and left; null where none ran. */
  readonly drift: DriftCounts | null;
  readonly hypothesis: readonly { readonly probe: string; readonly met: boolean; readonly finding: string }[];
  readonly cost: { readonly stateTransitions: number; readonly lambdaInvocations: number; readonly usd: number };
  readonly files: { readonly journal: string; readonly html: string; readonly markdown: string };
}

/** Key figures of a run, computed from its journal alone. */
export const summaryOf = (journal: Journal, files: GameDaySummary['files']): GameDaySummary => {
  const { workflows, apiCallCounts } = journal.records;
  const stateTransitions = workflows.reduce((total, workflow) => total + workflow.transitions, 0);
  const lambdaInvocations = countLambdaInvocations(journal);
  return {
    scenario: journal.environment.scenario,
    seed: journal.environment.seed,
    outcome: journal.outcome,
    wallMs: journal.environment.wall.milliseconds,
    virtualMs: Date.parse(journal.end) - Date.parse(journal.start),
    messages: messageSummary(journal),
    unavailability: {
      sends: gaps(journal.traffic.map((traffic) => traffic.sends)),
      deliveries: gaps(journal.traffic.map((traffic) => traffic.deliveries)),
      failovers: failoverTimelinesOf(journal).map(failoverSummary),
    },
    promotions: promotionsOf(journal).map((promotion) => ({
      pair: promotion.pair,
      mode: promotion.mode,
      requestedAt: isoTime(promotion.requestedAtMs),
      completedAt: promotion.completedAtMs === undefined ? null : isoTime(promotion.completedAtMs),
      detectedAt: promotion.detectedAtMs === undefined ? null : isoTime(promotion.detectedAtMs),
      detectionDelayMs: detectionDelayMs(promotion),
      unavailableMs: promotion.unavailableMs,
    })),
    apiCalls: sumBy(apiCallCounts, ({ service, operation, calls }) => [`${service}:${operation}`, calls]),
    callsToLostRegionBeforePromotion: lostRegionCalls(journal.records).length,
    pages: journal.records.notifications.map(({ atMs, region, subject }) => ({ at: isoTime(atMs), region, subject })),
    refusals: refusalsOf(workflows).map(({ atMs, run, codes }) => ({ at: isoTime(atMs), run, codes })),
    approvals: approvalsOf(journal.records).map(({ atMs, pair, answer }) => ({ at: isoTime(atMs), pair, answer })),
    epochs: epochsOf(journal.records).map(({ atMs, ...epoch }) => ({ at: isoTime(atMs), ...epoch })),
    workflows: workflows.map(({ machine, status, transitions, historyEvents }) => ({
      name: machine,
      status,
      transitions,
      historyEvents,
    })),
    reconciliation: reconciliationSummary(journal),
    drift: driftSummary(driftRuns(workflows)),
    hypothesis: (journal.steady_states.after?.probes ?? []).map((probe) => ({
      probe: probe.activity.name,
      met: probe.tolerance_met,
      finding: probe.finding,
    })),
    cost: {
      stateTransitions,
      lambdaInvocations,
      usd: Number(estimatedCostUsd({ stateTransitions, lambdaInvocations }).toFixed(6)),
    },
    files,
  };
};

const failoverSummary = ({ blackoutAtMs, ...parts }: FailoverTimeline): FailoverSummary => {
  const { firstSignalMs, agreementMs, promoteMs, firstMessageMs } = parts;
  return {
    ...parts,
    blackoutAt: isoTime(blackoutAtMs),
    totalMs: firstMessageMs === null ? null : (firstSignalMs ?? 0) + (agreementMs ?? 0) + promoteMs + firstMessageMs,
  };
};

/**
 * Virtual milliseconds between the real exchange and the workflow's notice of it. The roles are exchanged up to seconds
 * before the broker takes clients, so a notice may come before the end of the gap: then it came at once.
 */
export const detectionDelayMs = (promotion: Promotion): number | null =>
  promotion.completedAtMs === undefined || promotion.detectedAtMs === undefined
    ? null
    : Math.max(0, promotion.detectedAtMs - promotion.completedAtMs);

/** Entered and retried Task states: each is one invocation of a function. */
const countLambdaInvocations = (journal: Journal): number =>
  journal.records.transitions.filter(
    (transition) => transition.stateType === 'Task' && (transition.kind === 'entered' || transition.kind === 'retried'),
  ).length;

const messageSummary = (journal: Journal): MessageSummary => {
  const sum = (pick: (totals: Journal['traffic'][number]['messages']) => number): number =>
    journal.traffic.reduce((total, traffic) => total + pick(traffic.messages), 0);
  return {
    sent: sum((totals) => totals.sent),
    confirmed: sum((totals) => totals.confirmed),
    processedOnce: sum((totals) => totals.processedOnce),
    processedTwice: sum((totals) => totals.processedTwice),
    queued: sum((totals) => totals.queued),
    stranded: sum((totals) => totals.stranded),
    lost: sum((totals) => totals.lost),
    rejected: sum((totals) => totals.rejected),
    unknownOutcome: sum((totals) => totals.unknown.total),
    unknownProcessedTwice: sum((totals) => totals.unknown.processedTwice),
  };
};

const gaps = (watches: readonly GapSummary[]): GapSummary => ({
  longestMs: Math.max(0, ...watches.map((watch) => watch.longestMs)),
  totalMs: watches.reduce((total, watch) => total + watch.totalMs, 0),
});

/** The sum for each name, names in alphabetical order. */
export const sumBy = <T>(
  records: readonly T[],
  entryOf: (record: T) => readonly [name: string, count: number],
): Readonly<Record<string, number>> => {
  const sums = new Map<string, number>();
  for (const [name, count] of records.map(entryOf)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
};
