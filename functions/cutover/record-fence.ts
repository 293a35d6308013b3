import type { Fence } from '../control/fence.ts';
import { ControlConflict } from '../runtime/errors.ts';
import type { CutoverResult } from './cutover-result.ts';

/** What recording a fence uses. */
export interface RecordFencePorts {
  readonly fences: {
    read(pair: string, region: string): Promise<Fence | undefined>;
    want(pair: string, fence: Pick<Fence, 'region' | 'brokerId' | 'epoch'>, nowMs: number): Promise<void>;
  };
  readonly nowMs: () => number;
}

export type FenceRecorded = CutoverResult<'recorded' | 'known' | 'superseded' | 'not-recorded'>;

/**
 * Records that clients must stay away from the old primary. It asks the old Region nothing: that Region's own schedule
 * reads the record once it is back. A fence of this epoch or a later one stays as it is. A promotion that overrode the
 * Control table has no epoch, and then nothing is recorded.
 *
 * @throws ServiceUnavailable, AccessDenied
 */
export const recordFence = async (
  pair: string,
  oldPrimary: Pick<Fence, 'region' | 'brokerId'>,
  epoch: number | null,
  ports: RecordFencePorts,
): Promise<FenceRecorded> => {
  const { region, brokerId } = oldPrimary;
  const evidence = { region, brokerId, epoch };
  if (epoch === null) {
    const message = `nothing records that clients of ${region} must stay away from ${brokerId}: keep them away by hand`;
    const warning = { code: 'FENCE_NOT_RECORDED', message, evidence };
    return { outcome: 'not-recorded', blockers: [], warnings: [warning], evidence };
  }
  try {
    await ports.fences.want(pair, { region, brokerId, epoch }, ports.nowMs());
    return { outcome: 'recorded', blockers: [], warnings: [], evidence };
  } catch (error) {
    if (!(error instanceof ControlConflict)) throw error;
    const known = await ports.fences.read(pair, region);
    if (known === undefined) throw error;
    const outcome = known.epoch === epoch ? 'known' : 'superseded';
    return { outcome, blockers: [], warnings: [], evidence: { ...evidence, knownEpoch: known.epoch } };
  }
};
