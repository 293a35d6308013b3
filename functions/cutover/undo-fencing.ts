import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Fence } from '../control/fence.ts';
import { ControlConflict, DrError } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import type { CutoverResult } from './cutover-result.ts';
import { type CutoverRun, type GuardPorts, guardCutover } from './guard-cutover.ts';
import { askToUnfence, type LiftPorts, liftFence } from './lift-fence.ts';

/** What undoing a fence uses. */
export interface UndoPorts extends GuardPorts, LiftPorts {
  readonly fences: LiftPorts['fences'] & { read(pair: string, region: string): Promise<Fence | undefined> };
  /** Id of the pair's broker in this Region; undefined when only the Control table could tell and does not answer. */
  readonly ownBrokerId: () => Promise<string | undefined>;
  readonly nowMs: () => number;
}

export type FencingUndone = CutoverResult<'not-fenced' | 'undone' | 'pending' | 'failed' | 'refused'>;

const unknown = (message: string): Finding => ({ code: 'UNFENCE_UNKNOWN', message, evidence: {} });

const unrecorded = (brokerId: string, reason: string): Finding => ({
  code: 'UNFENCE_UNRECORDED',
  message: `clients were let in to ${brokerId} without the Control table, which does not say so yet: ${reason}`,
  evidence: { brokerId },
});

/**
 * Lets the clients of this Region back to its broker, which has just been promoted: see `liftFence`. A table that gives no
 * answer does not keep the broker that serves fenced: then the customer hook is asked all the same, since it must do no
 * harm where nothing is fenced, and the schedule settles the record later. Repeatable.
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
    return await liftFence(pair, found, epoch, ports);
  } catch (error) {
    // The schedule moved the fence meanwhile: the next poll sees how.
    if (error instanceof ControlConflict) return result('pending', [unknown(error.message)]);
    if (!(error instanceof DrError) || error.kind !== 'transient') throw error;
    return await undoWithoutTable(request, error.message, ports);
  }
};

const undoWithoutTable = async (
  { pair, region, epoch, run }: Parameters<typeof undoFencing>[0],
  reason: string,
  ports: UndoPorts,
): Promise<FencingUndone> => {
  const functionArn = cutoverOf(pair).fencingFunctionArn[region];
  const brokerId = functionArn === undefined ? undefined : await ports.ownBrokerId();
  if (functionArn === undefined || brokerId === undefined) {
    // A run that overrides the Control table knows that it does not answer: there is nothing to wait for.
    const outcome = run.overrideControl === null ? 'pending' : 'failed';
    return { outcome, blockers: [unknown(reason)], warnings: [], evidence: {} };
  }
  const lifted = await askToUnfence(pair, { region, brokerId, epoch }, functionArn, ports);
  const warnings = lifted.outcome === 'undone' ? [unrecorded(brokerId, reason)] : [];
  return { ...lifted, warnings: [...lifted.warnings, ...warnings] };
};
