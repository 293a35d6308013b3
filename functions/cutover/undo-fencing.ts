import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { ControlConflict, DrError } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { attemptCustomerHook, combinedStatus, evidenceOf, findingsOf } from './attempts.ts';
import type { CallCustomerHook } from './customer-hook.ts';
import type { CutoverResult } from './cutover-result.ts';
import type { Fence } from './fence.ts';
import { type CutoverRun, type GuardPorts, guardCutover } from './guard-cutover.ts';

/** What undoing a fence uses. */
export interface UndoPorts extends GuardPorts {
  readonly fences: {
    read(pair: string, region: string): Promise<Fence | undefined>;
    change(pair: string, fence: Fence, change: Partial<Pick<Fence, 'status'>>, nowMs: number): Promise<Fence>;
  };
  readonly callCustomerHook: CallCustomerHook;
}

export type FencingUndone = CutoverResult<'not-fenced' | 'undone' | 'pending' | 'failed' | 'refused'>;

/**
 * How long after an attempt to fence its function may still be at it, in milliseconds: the function's timeout of 20 s,
 * and 10 s by which the clocks of two hosts may differ. Letting clients in earlier could be overtaken by that attempt.
 */
const attemptEndsMs = 30_000;

const blocked = (code: 'UNFENCE_PENDING' | 'UNFENCE_UNKNOWN' | 'UNFENCE_FAILED', message: string): Finding => ({
  code,
  message,
  evidence: {},
});

/**
 * Lets the clients of this Region back to its broker, which has just been promoted. It first withdraws the desired
 * state, so that the schedule fences no more, then waits out an attempt that may be under way, and only then asks the
 * customer hook. Repeatable.
 *
 * @throws LockLost when the run has lost its lock
 */
export const undoFencing = async (
  request: {
    readonly pair: PairConfig;
    readonly region: string;
    readonly epoch: number | null;
    readonly run: CutoverRun;
  },
  ports: UndoPorts,
): Promise<FencingUndone> => {
  const { pair, region, epoch } = request;
  const result = (
    outcome: FencingUndone['outcome'],
    blockers: readonly Finding[] = [],
    evidence: FencingUndone['evidence'] = {},
  ): FencingUndone => ({ outcome, blockers, warnings: [], evidence });
  try {
    const found = await ports.fences.read(pair.name, region);
    if (found === undefined) return result('not-fenced');
    const { brokerId } = found;
    if (found.status === 'undone') return result('undone', [], { brokerId });
    const frozen = await guardCutover(request.run, ports);
    if (frozen.length > 0) return result('refused', frozen, { brokerId });
    const fence = await ports.fences.change(pair.name, found, { status: 'undoing' }, ports.nowMs());
    const { attemptedAtMs } = fence;
    const functionArn = cutoverOf(pair).fencingFunctionArn[region];
    if (attemptedAtMs !== undefined && ports.nowMs() < attemptedAtMs + attemptEndsMs) {
      const message = `an attempt to fence ${brokerId} began less than ${attemptEndsMs / 1_000} s ago and may still be running`;
      return result('pending', [blocked('UNFENCE_PENDING', message)], { brokerId });
    }
    if (functionArn === undefined && attemptedAtMs !== undefined) {
      const message = `${brokerId} was fenced by a function, but cutover.fencingFunctionArn no longer names one for ${region}`;
      return result('failed', [blocked('UNFENCE_FAILED', message)], { brokerId });
    }
    if (functionArn !== undefined) {
      const asked = { action: 'unfence', pair: pair.name, region, epoch, brokerId } as const;
      const attempts = [await attemptCustomerHook(functionArn, asked, ports)];
      const combined = combinedStatus(attempts);
      const evidence = { brokerId, ...evidenceOf(attempts) };
      if (combined !== 'done') return result(combined, findingsOf('UNFENCE', attempts), evidence);
    }
    await ports.fences.change(pair.name, fence, { status: 'undone' }, ports.nowMs());
    return result('undone', [], { brokerId });
  } catch (error) {
    // The schedule moved the fence meanwhile, or the table gave no answer: either way the next poll goes on.
    const again = error instanceof ControlConflict || (error instanceof DrError && error.kind === 'transient');
    if (!again) throw error;
    // A run that overrides the Control table knows that it does not answer: there is nothing to wait for.
    const outcome = request.run.overrideControl === null ? 'pending' : 'failed';
    return result(outcome, [blocked('UNFENCE_UNKNOWN', error.message)]);
  }
};
