import type { MemberRecords } from '../brokers/find-pair.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { type GuardReading, isHeldByOther, type Lock } from '../control/guards.ts';
import { DrError } from '../runtime/errors.ts';
import { readSignals, type SignalPorts } from './read-signals.ts';
import { judgeSignals, type SignalJudgement } from './two-signal-rule.ts';
import { decideWatch, type WatchMemory, type WatchStep } from './watch-step.ts';

/** What one poll of a watch needs in addition to the signals. */
export interface WatchPorts extends SignalPorts {
  readonly control: MemberRecords;
  readonly readGuards: () => Promise<GuardReading>;
  /** Extends the watch's own lease; not acquired when another execution has taken it over. */
  readonly renewLease: () => Promise<{ readonly acquired: boolean; readonly lock: Lock }>;
}

/** One poll and its decision; `lost`: another execution watches the pair now. */
export type WatchPoll = SignalJudgement & (WatchStep | (Omit<WatchStep, 'decision'> & { readonly decision: 'lost' }));

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
  run: { readonly executionArn: string; readonly watch: WatchMemory },
  ports: WatchPorts,
): Promise<WatchPoll> => {
  const read = await unlessUnreachable(async () => {
    const { here, there } = await sidesOf(pair, region, ports.control);
    const lease = await ports.renewLease();
    const judgement = judgeSignals(await readSignals(pair.name, here, there, ports));
    return { lease, judgement, guards: await ports.readGuards() };
  });
  const nowMs = ports.clock.nowMs();
  if ('verdict' in read) {
    return { ...read, ...decideWatch(read.verdict, undefined, run.watch, pair.watchSeconds, nowMs) };
  }
  const { lease, judgement, guards } = read;
  if (!lease.acquired) {
    return { ...judgement, decision: 'lost', because: `${lease.lock.owner} watches the pair`, watch: run.watch };
  }
  const lock = guards.known ? guards.lock : undefined;
  const heldBy = isHeldByOther(lock, run.executionArn, nowMs) ? `a run of ${lock.purpose} (${lock.owner})` : undefined;
  // Without the guards nobody knows who else acts, so nothing is started.
  const blockedBy = guards.known ? heldBy : 'possibly another run';
  return { ...judgement, ...decideWatch(judgement.verdict, blockedBy, run.watch, pair.watchSeconds, nowMs) };
};
