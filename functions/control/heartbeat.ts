import { clockSkewSeconds } from './guards.ts';

/** What a Region's stack writes about its own broker each minute, for the other side to read. */
export interface Heartbeat {
  readonly region: string;
  /** When it was written, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly brokerId: string;
  /** Role and state as DescribeBroker shows them; `unknown` when the broker could not be read. */
  readonly role: 'primary' | 'replica' | 'none' | 'unknown';
  readonly state: string;
  /** What the AMQP endpoints say from inside the Region. */
  readonly endpoint: 'accepts' | 'refuses' | 'unreachable' | 'none';
  /** How far the best of the AMQP endpoints opened; see `OpenedLayer`. */
  readonly opened?: 'nothing' | 'tcp' | 'tls' | 'amqp';
  /** Since when this Region's heartbeats follow on each other without a silence, in milliseconds since the Unix epoch. */
  readonly beatingSinceMs?: number;
  /** Client connections by the newest metric; absent when it is not known. */
  readonly connections?: number;
  /**
   * By how much the Region's clock was ahead of the Control table's service when it was compared with the time that each
   * answer carries, in milliseconds; negative when it was behind, absent when the answer carried none.
   */
  readonly clockSkewMs?: number;
  /**
   * Events that have not crossed, by the newest metric of a primary that was ever read, and the start of that metric's
   * minute: a beat that reads none hands on what the one before knew.
   */
  readonly backlogEvents?: number;
  readonly backlogAtMs?: number;
}

/** Reads the newest heartbeat of a Region; errors are those of the Control table. */
export interface HeartbeatReader {
  read(pair: string, region: string): Promise<Heartbeat | undefined>;
}

/** A heartbeat is written each minute; three missed ones are silence. In milliseconds. */
export const silenceMs = 180_000;

/**
 * By how much a clock may be off, in milliseconds: what locks allow as well. Dates of answers have full seconds, so a clock
 * is measured to within a second.
 */
export const clockAllowanceMs = clockSkewSeconds * 1_000;

/** What is wrong with the clock that a heartbeat was written by. */
export interface ClockProblem {
  readonly heartbeat: Heartbeat;
  readonly problem: string;
}

const secondsOf = (milliseconds: number): number => Math.round(Math.abs(milliseconds) / 1_000);

const skewOf = ({ region, clockSkewMs }: Heartbeat): string | undefined => {
  if (clockSkewMs === undefined) return `the clock of ${region} was not compared with any other`;
  if (Math.abs(clockSkewMs) <= clockAllowanceMs) return undefined;
  return `the clock of ${region} is ${secondsOf(clockSkewMs)} s ${clockSkewMs > 0 ? 'ahead' : 'behind'}`;
};

/**
 * What is wrong with the clocks that heartbeats were written by; the times between them say nothing then, neither that a
 * Region is silent nor that its broker serves. A heartbeat from the future counts only where no measured skew, such as the
 * reader's own, explains it.
 *
 * @param nowMs milliseconds since the Unix epoch, by the reader's clock
 */
export const clockProblems = (heartbeats: readonly Heartbeat[], nowMs: number): readonly ClockProblem[] => {
  const all = (judge: (heartbeat: Heartbeat) => string | undefined): readonly ClockProblem[] =>
    heartbeats.flatMap((heartbeat) => {
      const problem = judge(heartbeat);
      return problem === undefined ? [] : [{ heartbeat, problem }];
    });
  const skewed = all(skewOf);
  if (skewed.length > 0) return skewed;
  return all(({ region, atMs }) =>
    atMs - nowMs > clockAllowanceMs
      ? `the heartbeat of ${region} is from ${secondsOf(atMs - nowMs)} s in the future`
      : undefined,
  );
};

/** Whether a heartbeat says that its broker serves as a primary. */
export const saysServing = (heartbeat: Heartbeat): boolean =>
  heartbeat.role === 'primary' && heartbeat.state === 'RUNNING' && heartbeat.endpoint !== 'refuses';
