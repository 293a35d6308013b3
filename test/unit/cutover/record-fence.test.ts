import { describe, expect, it } from 'vitest';
import { recordFence } from '../../../functions/cutover/record-fence.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';
import { FakeFences } from '../../support/cutover.ts';

const old = { region: 'us-east-1', brokerId: eastRef.brokerId };
const record = (fences: FakeFences, epoch: number | null) =>
  recordFence('orders', old, epoch, { fences, nowMs: () => noonMs });

describe('recordFence', () => {
  it('records what is wanted', async () => {
    const fences = new FakeFences();
    expect(await record(fences, 2)).toMatchObject({ outcome: 'recorded', evidence: { ...old, epoch: 2 } });
    expect(fences.at('us-east-1')).toEqual({ ...old, epoch: 2, status: 'wanted', updatedAtMs: noonMs });
  });

  it('leaves the one of the same epoch as it is, however far it got', async () => {
    const fences = new FakeFences().given({ ...old, epoch: 2, status: 'carried-out', updatedAtMs: 1 });
    expect((await record(fences, 2)).outcome).toBe('known');
    expect(fences.at('us-east-1')?.status).toBe('carried-out');
  });

  it('leaves the one of a later epoch as it is', async () => {
    const fences = new FakeFences().given({ ...old, epoch: 3, status: 'undone', updatedAtMs: 1 });
    expect(await record(fences, 2)).toMatchObject({ outcome: 'superseded', evidence: { knownEpoch: 3 } });
    expect(fences.at('us-east-1')?.status).toBe('undone');
  });

  it('replaces the one of an earlier epoch, and not the other Region’s', async () => {
    const west = { region: 'us-west-2', brokerId: westRef.brokerId };
    const fences = new FakeFences()
      .given({ ...old, epoch: 1, status: 'undone', updatedAtMs: 1 })
      .given({ ...west, epoch: 1, status: 'carried-out', updatedAtMs: 1 });
    expect((await record(fences, 4)).outcome).toBe('recorded');
    expect([fences.at('us-east-1')?.status, fences.at('us-west-2')?.status]).toEqual(['wanted', 'carried-out']);
  });

  it('says that a promotion without an epoch records nothing', async () => {
    const fences = new FakeFences();
    expect(await record(fences, null)).toMatchObject({
      outcome: 'not-recorded',
      warnings: [{ code: 'FENCE_NOT_RECORDED' }],
    });
    expect(fences.at('us-east-1')).toBeUndefined();
  });

  it('leaves an unreachable table to the task’s Retry', async () => {
    const fences = new FakeFences();
    fences.failNext = new ServiceUnavailable('no answer');
    await expect(record(fences, 2)).rejects.toBeInstanceOf(ServiceUnavailable);
  });
});
