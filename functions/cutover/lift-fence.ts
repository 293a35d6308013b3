import type { CallCustomerHook } from '../aws/customer-hook.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Fence } from '../control/fence.ts';
import type { Finding } from '../runtime/finding.ts';
import { attemptCustomerHook, combinedStatus, evidenceOf, findingsOf } from './attempts.ts';
import type { CutoverResult } from './cutover-result.ts';

/** What lifting a fence uses. */
export interface LiftPorts {
  readonly fences: {
    change(pair: string, fence: Fence, change: Partial<Pick<Fence, 'status'>>, nowMs: number): Promise<Fence>;
  };
  readonly callCustomerHook: CallCustomerHook;
  readonly nowMs: () => number;
}

/** How lifting stands: `pending` asks to be called again a little later. */
export type FenceLifted = CutoverResult<'undone' | 'pending' | 'failed'>;

/**
 * How long after an attempt to fence its function may still be at it, in milliseconds: the function's timeout of 20 s,
 * and 10 s by which the clocks of two hosts may differ. Letting clients in earlier could be overtaken by that attempt.
 */
const attemptEndsMs = 30_000;

const blocked = (code: 'UNFENCE_PENDING' | 'UNFENCE_FAILED', message: string): Finding => ({
  code,
  message,
  evidence: {},
});

/** Asks the customer hook of the broker's Region to let clients in. Repeatable; it needs no Control table. */
export const askToUnfence = async (
  pair: PairConfig,
  { region, brokerId, epoch }: Pick<Fence, 'region' | 'brokerId'> & { readonly epoch: number | null },
  functionArn: string,
  ports: Pick<LiftPorts, 'callCustomerHook'>,
): Promise<FenceLifted> => {
  const asked = { action: 'unfence', pair: pair.name, region, epoch, brokerId } as const;
  const attempts = [await attemptCustomerHook(functionArn, asked, ports)];
  const combined = combinedStatus(attempts);
  return {
    outcome: combined === 'done' ? 'undone' : combined,
    blockers: findingsOf('UNFENCE', attempts),
    warnings: [],
    evidence: { brokerId, ...evidenceOf(attempts) },
  };
};

/**
 * Lifts a recorded fence: first withdraws the desired state, so that the schedule fences no more, then waits out an attempt
 * that may be under way, and only then asks the customer hook.
 *
 * @param epoch the epoch that the promotion of the broker opened, if it is known
 * @throws ControlConflict when somebody else moved the fence meanwhile, ServiceUnavailable, AccessDenied
 */
export const liftFence = async (
  pair: PairConfig,
  found: Fence,
  epoch: number | null,
  ports: LiftPorts,
): Promise<FenceLifted> => {
  const { region, brokerId } = found;
  const ended = (outcome: 'pending' | 'failed', blocker: Finding): FenceLifted => ({
    outcome,
    blockers: [blocker],
    warnings: [],
    evidence: { brokerId },
  });
  const fence =
    found.status === 'undoing'
      ? found
      : await ports.fences.change(pair.name, found, { status: 'undoing' }, ports.nowMs());
  const { attemptedAtMs } = fence;
  const functionArn = cutoverOf(pair).fencingFunctionArn[region];
  if (attemptedAtMs !== undefined && ports.nowMs() < attemptedAtMs + attemptEndsMs) {
    const message = `an attempt to fence ${brokerId} began less than ${attemptEndsMs / 1_000} s ago and may still be running`;
    return ended('pending', blocked('UNFENCE_PENDING', message));
  }
  if (functionArn === undefined && attemptedAtMs !== undefined) {
    const message = `${brokerId} was fenced by a function, but cutover.fencingFunctionArn no longer names one for ${region}`;
    return ended('failed', blocked('UNFENCE_FAILED', message));
  }
  if (functionArn !== undefined) {
    const lifted = await askToUnfence(pair, { region, brokerId, epoch }, functionArn, ports);
    if (lifted.outcome !== 'undone') return lifted;
  }
  await ports.fences.change(pair.name, fence, { status: 'undone' }, ports.nowMs());
  return { outcome: 'undone', blockers: [], warnings: [], evidence: { brokerId } };
};
