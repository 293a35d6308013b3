import { clockProblems, type Heartbeat, saysServing, silenceMs } from '../control/heartbeat.ts';
import type { Finding } from '../runtime/finding.ts';
import type { BrokerReading } from './broker-snapshot.ts';
import { type GaugeReading, newestPoint } from './replication-gauges.ts';
import { freshMs, waitLimitMs } from './replication-limits.ts';

/** What the rule is judged on. All of it is read in the replica's own Region or from the Control table. */
export interface Signals {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The broker of this Region, which would be promoted. */
  readonly replica: BrokerReading;
  readonly replicaWait: GaugeReading | undefined;
  /** This Region's own heartbeat: it shows whether heartbeats could be written at all. */
  readonly ownHeartbeat: Heartbeat | undefined;
  /** What the primary's Region wrote about its broker. */
  readonly primaryHeartbeat: Heartbeat | undefined;
}

/**
 * `agree` both signals are there · `one-signal` only one of them · `clear` neither · `unknown` at least one of them
 * cannot be judged, which is neither a signal nor its absence.
 */
export type SignalVerdict = 'agree' | 'one-signal' | 'clear' | 'unknown';

/** The verdict with what was seen, one line each. */
export interface SignalJudgement {
  readonly verdict: SignalVerdict;
  readonly evidence: readonly string[];
  /** When the signals were read, in milliseconds since the Unix epoch; absent when they could not be. */
  readonly atMs?: number;
}

type Signal = 'raised' | 'absent' | 'unknown';

interface Seen {
  readonly signal: Signal;
  readonly evidence: string;
}

const seconds = (milliseconds: number): number => Math.round(milliseconds / 1_000);

/** Replication: the replica has processed nothing for three of the plugin's heartbeats. docs/amazon-mq.md 10.6, 12.3. */
const replicationSignal = ({ replicaWait, atMs }: Signals): Seen => {
  if (replicaWait === undefined || !replicaWait.known) {
    return { signal: 'unknown', evidence: `ReplicaWaitTime cannot be read: ${replicaWait?.reason ?? 'not asked for'}` };
  }
  const point = newestPoint(replicaWait);
  if (point === undefined) return { signal: 'unknown', evidence: 'ReplicaWaitTime has no points' };
  const shown = `ReplicaWaitTime ${seconds(point.value)} s, read ${seconds(atMs - point.atMs)} s ago`;
  if (atMs - point.atMs > freshMs) return { signal: 'unknown', evidence: `${shown}: too old to judge` };
  return point.value > waitLimitMs
    ? { signal: 'raised', evidence: `${shown}: beyond ${seconds(waitLimitMs)} s` }
    : { signal: 'absent', evidence: shown };
};

/**
 * Whether heartbeats could be written for so long that the primary's silence means something: after an outage of the
 * Control table every heartbeat is old, and the first side to write again must not take the other one for dead.
 */
const couldBeat = (own: Heartbeat | undefined, atMs: number): boolean =>
  own?.beatingSinceMs !== undefined && atMs - own.atMs <= silenceMs && atMs - own.beatingSinceMs > silenceMs;

/** Why ages between the two Regions say nothing: one of the clocks is off, or nobody knows whether it is. */
const clocksProblem = ({
  primaryHeartbeat,
  ownHeartbeat,
  atMs,
}: Pick<Signals, 'primaryHeartbeat' | 'ownHeartbeat' | 'atMs'>): string | undefined => {
  const beats = [primaryHeartbeat, ownHeartbeat].filter((beat) => beat !== undefined);
  const problems = clockProblems(beats, atMs).map(({ problem }) => problem);
  return problems.length === 0 ? undefined : `${problems.join(' and ')}, so heartbeats are no evidence`;
};

/** The primary, as its own Region sees it: silent for three minutes, or down by its own word. */
const primarySignal = ({ primaryHeartbeat: heartbeat, ownHeartbeat, atMs }: Signals): Seen => {
  if (heartbeat === undefined) {
    return {
      signal: 'unknown',
      evidence: 'the primary side has never sent a heartbeat, so its silence is no evidence',
    };
  }
  const problem = clocksProblem({ primaryHeartbeat: heartbeat, ownHeartbeat, atMs });
  if (problem !== undefined) return { signal: 'unknown', evidence: problem };
  const age = `${seconds(atMs - heartbeat.atMs)} s ago`;
  if (atMs - heartbeat.atMs > silenceMs) {
    return couldBeat(ownHeartbeat, atMs)
      ? { signal: 'raised', evidence: `the primary side is silent: last heartbeat ${age}` }
      : {
          signal: 'unknown',
          evidence: `last heartbeat of the primary side ${age}, but this Region could not write its own either`,
        };
  }
  const shown = `heartbeat of the primary side, ${age}: ${heartbeat.role}, ${heartbeat.state}, endpoint ${heartbeat.endpoint}`;
  if (heartbeat.role === 'unknown') return { signal: 'unknown', evidence: `${shown}: it could not read its broker` };
  if (heartbeat.role !== 'primary') return { signal: 'unknown', evidence: `${shown}: it is not the primary` };
  // A reboot ends by itself within minutes (docs/amazon-mq.md 7), sooner than a failover would pay.
  if (heartbeat.state === 'REBOOT_IN_PROGRESS') return { signal: 'absent', evidence: `${shown}: it is rebooting` };
  return { signal: saysServing(heartbeat) ? 'absent' : 'raised', evidence: shown };
};

const targetProblem = (replica: BrokerReading): string | undefined => {
  if (!replica.known) return `the broker of this Region cannot be read: ${replica.reason}`;
  const { brokerId, role, roleText } = replica.broker;
  return role === 'replica' ? undefined : `the broker ${brokerId} of this Region reports ${roleText ?? 'no role'}`;
};

const combined = (replication: Signal, primary: Signal): SignalVerdict => {
  if (replication === 'unknown' || primary === 'unknown') return 'unknown';
  if (replication === 'raised' && primary === 'raised') return 'agree';
  return replication === 'raised' || primary === 'raised' ? 'one-signal' : 'clear';
};

/**
 * The rule for automatic failover: replication stands still *and* the primary's own Region is silent or says that its
 * broker is down. In a partition between the Regions the primary still beats, which is one signal. How a broker appears
 * from afar is not asked at all: it cannot tell a dead primary from a cut path.
 */
export const judgeSignals = (signals: Signals): SignalJudgement => {
  const { replica, atMs } = signals;
  if (replica.known && replica.broker.role === 'primary') {
    return {
      verdict: 'clear',
      atMs,
      evidence: [`the broker ${replica.broker.brokerId} of this Region is already the primary`],
    };
  }
  const replication = replicationSignal(signals);
  const primary = primarySignal(signals);
  const problem = targetProblem(replica);
  if (problem !== undefined) {
    return { verdict: 'unknown', atMs, evidence: [problem, replication.evidence, primary.evidence] };
  }
  return {
    verdict: combined(replication.signal, primary.signal),
    atMs,
    evidence: [replication.evidence, primary.evidence],
  };
};

/**
 * Age of an agreement beyond which evidence that cannot be read any more stops an automatic run, in milliseconds. It
 * counts from the poll that saw the signals agree, over every retry and every wait for locks and held consumers. A
 * primary that came back right after that poll has sent three heartbeats by then, so silence would be no accident.
 */
export const maxAgreementAgeMs = silenceMs;

/**
 * What the signals say against an automatic failover right before it promotes. They must still agree. Anything that shows
 * life stops it: replication that moves, or any heartbeat of the primary side that does not itself say that the broker is
 * down. So do clocks that disagree. What merely cannot be read any more is made up for by the agreement that the run acts on, for as long as that is
 * young.
 *
 * @param agreedAtMs when the signals were seen to agree; null when nobody says so
 */
export const signalsAgainst = (signals: Signals, agreedAtMs: number | null): readonly Finding[] => {
  const { verdict, evidence } = judgeSignals(signals);
  // An own broker that is the primary already is no evidence against its promotion, which then is done.
  if (verdict === 'agree' || (signals.replica.known && signals.replica.broker.role === 'primary')) return [];
  const { atMs, primaryHeartbeat } = signals;
  const finding = (code: string, message: string): readonly Finding[] => [
    {
      code,
      message: `${message}: ${evidence.join('; ')}`,
      evidence: { verdict, agreedAt: agreedAtMs === null ? null : new Date(agreedAtMs).toISOString() },
    },
  ];
  if (clocksProblem(signals) !== undefined) return finding('SIGNALS_UNKNOWN', 'the clocks disagree by now');
  const primary = primarySignal(signals).signal;
  const heard = primaryHeartbeat !== undefined && atMs - primaryHeartbeat.atMs <= silenceMs && primary !== 'raised';
  if (heard || replicationSignal(signals).signal === 'absent' || primary === 'absent') {
    return finding('SIGNALS_CLEARED', 'the signals do not agree any more');
  }
  if (agreedAtMs !== null && atMs - agreedAtMs <= maxAgreementAgeMs) return [];
  const age = agreedAtMs === null ? 'nothing says when they agreed' : `they agreed ${seconds(atMs - agreedAtMs)} s ago`;
  return finding('SIGNALS_UNKNOWN', `the signals cannot be judged any more, and ${age}`);
};
