import { describe, expect, it } from 'vitest';
import { settleMs } from '../../../functions/control/intent-journal.ts';
import { type DeletionRequest, deleteReplica } from '../../../functions/replica/delete-replica.ts';
import { AccessDenied, NotFound, OutcomeUnknown, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import type { Finding } from '../../../functions/runtime/finding.ts';
import { eastRef, noonMs, pairedEast, pairedWest, westRef } from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl } from '../../support/fake-ports.ts';

const ordinary = { role: 'none', roleText: undefined, counterpart: undefined, replicationMode: 'NONE' } as const;

const setUp = (replica = pairedWest(ordinary), primary = pairedEast(ordinary), late: readonly Finding[] = []) => {
  const brokers = new FakeBrokers(primary, replica);
  const control = new FakeControl();
  const request: DeletionRequest = {
    pair: 'orders',
    primary: eastRef,
    replica: westRef,
    replicaBrokerId: westRef.brokerId,
    executionArn: 'arn:run',
    dryRun: false,
  };
  const run = (changes: Partial<DeletionRequest> = {}) =>
    deleteReplica(
      { ...request, ...changes },
      { brokers, control, clock: new FakeClock(), finalCheck: async () => ({ blockers: late, warnings: [] }) },
    );
  return { brokers, control, run };
};

const untouched = ({ brokers, control }: ReturnType<typeof setUp>) =>
  expect([...brokers.calls, ...control.writes]).toEqual([]);

describe('deleteReplica', () => {
  it('deletes the former replica once, under an intent', async () => {
    const { brokers, control, run } = setUp();
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(brokers.calls).toEqual([`DeleteBroker ${westRef.brokerId}`]);
    expect(control.writes).toEqual(['open DeleteBroker 1', 'issued DeleteBroker 1']);
  });

  it('looks on while it is being deleted, and sees that it is gone', async () => {
    const deleting = setUp(pairedWest({ ...ordinary, state: 'DELETION_IN_PROGRESS' }));
    deleting.control.given(earlierIntent('DeleteBroker'));
    expect(await deleting.run()).toEqual({ outcome: 'deleting' });
    expect(deleting.control.writes).toEqual(['effective DeleteBroker 1']);
    const gone = setUp();
    gone.brokers.breakReading(westRef.brokerId, new NotFound('none'));
    expect(await gone.run()).toEqual({ outcome: 'gone' });
    untouched(gone);
  });

  it('does not take a denied look for gone', async () => {
    const denied = setUp();
    denied.brokers.breakReading(westRef.brokerId, new AccessDenied('denied'));
    expect(await denied.run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'REPLICA_UNREADABLE' }] });
    untouched(denied);
  });

  it.each([
    ['the replica still replicates', setUp(pairedWest()), 'STILL_TIED'],
    ['a change of its mode waits', setUp(pairedWest({ ...ordinary, pendingReplicationMode: 'CRDR' })), 'STILL_TIED'],
    ['the primary still replicates', setUp(pairedWest(ordinary), pairedEast()), 'STILL_TIED'],
    [
      'the primary is not running',
      setUp(pairedWest(ordinary), pairedEast({ ...ordinary, state: 'CRITICAL_ACTION_REQUIRED' })),
      'STILL_TIED',
    ],
    [
      'a freeze came between',
      setUp(pairedWest(ordinary), pairedEast(ordinary), [{ code: 'FROZEN', message: 'frozen', evidence: {} }]),
      'FROZEN',
    ],
  ])('refuses while %s', async (_label, world, code) => {
    expect(await world.run()).toMatchObject({ outcome: 'refused', blockers: [{ code }] });
    untouched(world);
  });

  it('deletes nothing but the broker that the input names', async () => {
    const world = setUp();
    const step = await world.run({ replicaBrokerId: eastRef.brokerId });
    expect(step).toMatchObject({ outcome: 'refused', blockers: [{ code: 'DELETE_TARGET_NOT_REPLICA' }] });
    untouched(world);
  });

  it('deletes nothing while the other copy cannot be seen', async () => {
    const world = setUp();
    world.brokers.breakReading(eastRef.brokerId, new ServiceUnavailable('no answer'));
    await expect(world.run()).rejects.toThrow(ServiceUnavailable);
    untouched(world);
  });

  it('waits for an unconfirmed request to show, and asks again once it would have', async () => {
    const { brokers, control, run } = setUp();
    control.given(earlierIntent('DeleteBroker', { openedAtMs: noonMs - settleMs + 1 }));
    await expect(run()).rejects.toThrow(OutcomeUnknown);
    expect(brokers.calls).toEqual([]);
    control.given(earlierIntent('DeleteBroker', { openedAtMs: noonMs - settleMs }));
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(control.writes).toEqual(['not-effective DeleteBroker 1', 'open DeleteBroker 2', 'issued DeleteBroker 2']);
  });
});
