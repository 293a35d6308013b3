import type { LagJudgement } from '../brokers/lag-verdict.ts';
import type { DrainForecast } from './drain-forecast.ts';

/**
 * What the polls of one switchover remember between them; small enough for a workflow variable. Its fields are held by
 * executions that run while a new version is deployed.
 */
export interface PollMemory {
  /** When the promotion was asked for, in milliseconds since the Unix epoch. */
  readonly requestedAtMs: number;
  readonly lastProgressAtMs: number;
  /** Smallest backlog seen, in events; -1 before the first. */
  readonly lowestBacklogEvents: number;
  readonly looks: number;
  /** Since when the readings exclude each other, in milliseconds since the Unix epoch; -1 while they do not. */
  readonly contradictorySinceMs: number;
}

export interface SwitchoverLimits {
  readonly deadlineSeconds: number;
  readonly stallSeconds: number;
  /** A backlog that shrinks more slowly than this makes no progress. */
  readonly minimumEventsPerSecond: number;
}

/** Where a switchover stands after a poll. */
export interface SwitchoverProgress {
  readonly phase: 'exchanged' | 'waiting' | 'stalled' | 'unsafe';
  /** Why it stands there, for a page. */
  readonly because: string;
  readonly watch: PollMemory;
}

/** Both brokers may read PRIMARY for a moment while they exchange roles; longer than this, nobody knows who serves. */
const contradictionMs = 60_000;

/** The memory of a switchover that has just been asked for. */
export const newPollMemory = (requestedAtMs: number): PollMemory => ({
  requestedAtMs,
  lastProgressAtMs: requestedAtMs,
  lowestBacklogEvents: -1,
  looks: 0,
  contradictorySinceMs: -1,
});

/** Judges the progress of a running switchover. Progress is a backlog smaller than any seen before. */
export const judgeProgress = (
  judgement: LagJudgement,
  forecast: DrainForecast | undefined,
  memory: PollMemory,
  limits: SwitchoverLimits,
  nowMs: number,
): SwitchoverProgress => {
  const backlog = judgement.backlogEvents;
  const needed = (limits.minimumEventsPerSecond * (nowMs - memory.lastProgressAtMs)) / 1_000;
  const progressed =
    backlog !== undefined &&
    (memory.lowestBacklogEvents < 0 ||
      (backlog < memory.lowestBacklogEvents && memory.lowestBacklogEvents - backlog >= needed));
  const next: PollMemory = {
    requestedAtMs: memory.requestedAtMs,
    lastProgressAtMs: progressed ? nowMs : memory.lastProgressAtMs,
    lowestBacklogEvents: progressed ? backlog : memory.lowestBacklogEvents,
    looks: memory.looks + 1,
    contradictorySinceMs:
      judgement.verdict !== 'contradictory'
        ? -1
        : memory.contradictorySinceMs < 0
          ? nowMs
          : memory.contradictorySinceMs,
  };
  if (judgement.verdict === 'exchanged') return { phase: 'exchanged', because: 'the roles are exchanged', watch: next };
  if (next.contradictorySinceMs >= 0 && nowMs - next.contradictorySinceMs >= contradictionMs) {
    const because = `the brokers have contradicted each other for ${contradictionMs / 1_000} s: ${judgement.evidence.at(-1)}`;
    return { phase: 'unsafe', because, watch: next };
  }
  const elapsedSeconds = (nowMs - memory.requestedAtMs) / 1_000;
  const idleSeconds = (nowMs - next.lastProgressAtMs) / 1_000;
  if (elapsedSeconds >= limits.deadlineSeconds) {
    const forecastText = forecast === undefined ? 'no forecast' : `${Math.round(forecast.remainingSeconds)} s forecast`;
    const because = `the deadline of ${limits.deadlineSeconds} s has passed (${forecastText})`;
    return { phase: 'stalled', because, watch: next };
  }
  if (idleSeconds >= limits.stallSeconds) {
    const because = `no progress for ${Math.round(idleSeconds)} s: replication is ${judgement.verdict}`;
    return { phase: 'stalled', because, watch: next };
  }
  return {
    phase: 'waiting',
    because: `no end after ${next.looks} polls: replication is ${judgement.verdict}`,
    watch: next,
  };
};
