import type { MemberRecords } from '../brokers/find-pair.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { readSignals, type SignalPorts } from '../brokers/read-signals.ts';
import { judgeSignals, type SignalJudgement } from '../brokers/two-signal-rule.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { judgeGuards } from '../control/guard-findings.ts';
import type { GuardReading, Lock } from '../control/guards.ts';
import { DrError } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { decideWatch, type WatchMemory, type WatchStep } from './watch-step.ts';

/** What one poll of a watch needs in addition to the signals. */
export interface WatchPorts extends SignalPorts {
  readonly control: MemberRecords;
  readonly readGuards: () => Promise<GuardReading>;
  /** Extends the watch's own lease; not acquired when another execution has taken it over. */
  readonly renewLease: () => Promise<{ readonly acquired: boolean; readonly lock: Lock }>;
}

/** One poll and its decision; `lost`: another execution watches the pair now. */
export type WatchPoll = SignalJudgement & {
  /** What holds an automatic run back at the moment, each with its code. */
  readonly stops: readonly Finding[];
} & (WatchStep | (Omit<WatchStep, 'decision'> & { readonly decision: 'lost' }));

const unlessUnreachable = async <T>(read: () => Promise<T>): Promise<T | SignalJudgement> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DrError) || error.kind !== 'transient') throw error;
    return { verdict: 'unknown', evidence: [error.message] };
  }
};

/**
 * One poll of a watch. What cannot be reached makes the verdict `unknown` and does not end the watch: the deadline
 * does.
 *
 * @throws as `sidesOf`
 */
export const evaluateSignals = async (
  pair: PairConfig,
  region: string,
  run: { readonly executionArn: string; readonly watch: WatchMemory; readonly refusals: number },
  ports: WatchPorts,
): Promise<WatchPoll> => {
  const read = await unlessUnreachable(async () => {
    const { here, there } = await sidesOf(pair, region, ports.control);
    const lease = await ports.renewLease();
    const judgement = judgeSignals(await readSignals(pair.name, here, there, ports));
    return { lease, judgement, guards: await ports.readGuards() };
  });
  const nowMs = ports.clock.nowMs();
  const { watch, refusals } = run;
  const decide = (judgement: SignalJudgement, stops: readonly Finding[]): WatchPoll => {
    return {
      ...judgement,
      stops,
      ...decideWatch(judgement.verdict, { stops, refusals }, watch, pair.watchSeconds, nowMs),
    };
  };
  if ('verdict' in read) return decide(read, []);
  const { lease, judgement, guards } = read;
  if (!lease.acquired) {
    const because = `${lease.lock.owner} watches the pair`;
    return { ...judgement, stops: [], decision: 'lost', because, watch };
  }
  // What the failover would be asked by its own guards, asked before it is started.
  const automatic = { executionArn: run.executionArn, automatic: true, overrideControl: null };
  return decide(judgement, judgeGuards(guards, automatic, pair, nowMs).blockers);
};
