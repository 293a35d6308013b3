import { describe, expect, it } from 'vitest';
import type { Fence } from '../../../functions/control/fence.ts';
import { undoFencing } from '../../../functions/cutover/undo-fencing.ts';
import { AccessDenied, HookFailed, LockLost, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs, westRef } from '../../support/brokers.ts';
import { FakeFences, FakeGuards, FakeHook, hookArn, pairWithCutover, promotingRun } from '../../support/cutover.ts';
import { FakeClock } from '../../support/fake-ports.ts';

const fenced: Fence = {
  region: 'us-west-2',
  brokerId: westRef.brokerId,
  epoch: 2,
  status: 'carried-out',
  updatedAtMs: noonMs - 600_000,
  attemptedAtMs: noonMs - 600_000,
  appliedAtMs: noonMs - 599_000,
};

const setUp = (fence?: Fence, cutover: Parameters<typeof pairWithCutover>[0] = {}) => {
  const clock = new FakeClock();
  const guards = new FakeGuards();
  const hook = new FakeHook();
  const fences = new FakeFences();
  if (fence !== undefined) fences.given(fence);
  const pair = pairWithCutover({ fencingFunctionArn: { 'us-west-2': hookArn }, ...cutover });
  const own: { brokerId: string | undefined } = { brokerId: westRef.brokerId };
  const undo = (run = promotingRun) =>
    undoFencing(
      { pair, region: 'us-west-2', epoch: 3, run },
      { ...guards.ports(clock), fences, callCustomerHook: hook.call, ownBrokerId: async () => own.brokerId },
    );
  return { clock, guards, hook, fences, own, undo };
};

describe('undoFencing', () => {
  it('has nothing to do for a broker that was never fenced', async () => {
    const { undo, hook } = setUp();
    expect((await undo()).outcome).toBe('not-fenced');
    expect(hook.asked).toEqual([]);
  });

  it('asks the hook and records that clients are let in', async () => {
    const { undo, hook, fences } = setUp(fenced);
    expect(await undo()).toMatchObject({ outcome: 'undone', blockers: [], evidence: { brokerId: westRef.brokerId } });
    expect(hook.asked).toEqual([
      { action: 'unfence', pair: 'orders', region: 'us-west-2', epoch: 3, brokerId: westRef.brokerId },
    ]);
    expect(fences.at('us-west-2')?.status).toBe('undone');
  });

  it('does nothing a second time', async () => {
    const { undo, hook } = setUp({ ...fenced, status: 'undone' });
    expect((await undo()).outcome).toBe('undone');
    expect(hook.asked).toEqual([]);
  });

  it('takes the wish back before it asks the hook, and goes on from there', async () => {
    const { undo, hook, fences } = setUp({ ...fenced, status: 'wanted' });
    hook.answers.push(new ServiceUnavailable('no answer'), { done: false, reason: 'waiting for the ACL' });
    expect(await undo()).toMatchObject({ outcome: 'pending', blockers: [{ code: 'UNFENCE_UNKNOWN' }] });
    expect(fences.at('us-west-2')?.status).toBe('undoing');
    expect(await undo()).toMatchObject({ outcome: 'pending', blockers: [{ code: 'UNFENCE_PENDING' }] });
    expect((await undo()).outcome).toBe('undone');
  });

  it('waits until an attempt to fence that may be under way must have ended', async () => {
    const { undo, hook, clock, fences } = setUp({ ...fenced, status: 'wanted', attemptedAtMs: noonMs - 1_000 });
    expect(await undo()).toMatchObject({ outcome: 'pending', blockers: [{ code: 'UNFENCE_PENDING' }] });
    expect([hook.asked, fences.at('us-west-2')?.status]).toEqual([[], 'undoing']);
    clock.advanceMs(28_999);
    expect((await undo()).outcome).toBe('pending');
    clock.advanceMs(1);
    expect((await undo()).outcome).toBe('undone');
  });

  it('needs no hook for a fence that was never attempted', async () => {
    const { attemptedAtMs: _attempted, appliedAtMs: _applied, ...never } = fenced;
    const { undo, fences } = setUp({ ...never, status: 'wanted' }, { fencingFunctionArn: {} });
    expect((await undo()).outcome).toBe('undone');
    expect(fences.at('us-west-2')?.status).toBe('undone');
  });

  it.each([
    ['the hook that fenced is not configured any more', { fencingFunctionArn: {} }, undefined],
    ['the hook raises', {}, new HookFailed('denied')],
  ])('fails and keeps the wish taken back when %s', async (_label, cutover, answer) => {
    const { undo, hook, fences } = setUp(fenced, cutover);
    if (answer !== undefined) hook.answers.push(answer);
    expect(await undo()).toMatchObject({ outcome: 'failed', blockers: [{ code: 'UNFENCE_FAILED' }] });
    expect(fences.at('us-west-2')?.status).toBe('undoing');
  });

  it('looks again when the schedule has moved the fence meanwhile', async () => {
    const { undo, fences } = setUp({ ...fenced, status: 'wanted' });
    fences.beforeChange = () => {
      fences.given(fenced);
      fences.beforeChange = () => {};
    };
    expect(await undo()).toMatchObject({ outcome: 'pending', blockers: [{ code: 'UNFENCE_UNKNOWN' }] });
    expect((await undo()).outcome).toBe('undone');
  });

  it('lets clients in without the table, by the hook, and says that it is not recorded', async () => {
    const { undo, fences, hook } = setUp(fenced);
    fences.failNext = new ServiceUnavailable('no answer');
    expect(await undo()).toMatchObject({ outcome: 'undone', blockers: [], warnings: [{ code: 'UNFENCE_UNRECORDED' }] });
    expect(hook.asked).toMatchObject([{ action: 'unfence', brokerId: westRef.brokerId }]);
    fences.failNext = new ServiceUnavailable('no answer');
    hook.answers.push({ done: false, reason: 'waiting for the ACL' });
    expect(await undo()).toMatchObject({ outcome: 'pending', blockers: [{ code: 'UNFENCE_PENDING' }] });
  });

  it('looks again when neither the table answers nor the hook can be asked, unless the run overrides it', async () => {
    const { undo, fences, guards, own } = setUp(fenced);
    own.brokerId = undefined;
    fences.failNext = new ServiceUnavailable('no answer');
    expect((await undo()).outcome).toBe('pending');
    guards.reading = { known: false, reason: 'no answer' };
    fences.failNext = new ServiceUnavailable('no answer');
    const overriding = { ...promotingRun, fence: null, overrideControl: 'the table is down' };
    expect(await undo(overriding)).toMatchObject({ outcome: 'failed', blockers: [{ code: 'UNFENCE_UNKNOWN' }] });
  });

  it('changes nothing under a freeze or without the lock', async () => {
    const { undo, hook, fences, guards } = setUp(fenced);
    guards.freeze();
    expect(await undo()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    guards.reading = { known: true };
    await expect(undo()).rejects.toBeInstanceOf(LockLost);
    expect([hook.asked, fences.at('us-west-2')?.status]).toEqual([[], 'carried-out']);
  });

  it('passes on what will not pass by itself', async () => {
    const { undo, fences } = setUp(fenced);
    fences.failNext = new AccessDenied('no');
    await expect(undo()).rejects.toBeInstanceOf(AccessDenied);
  });
});
