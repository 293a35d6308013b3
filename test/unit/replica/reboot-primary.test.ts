import { describe, expect, it } from 'vitest';
import type { ProtectedWindow } from '../../../functions/config/protected-window.ts';
import { settleMs } from '../../../functions/control/intent-journal.ts';
import { type RebootPurpose, rebootPrimary } from '../../../functions/replica/reboot-primary.ts';
import {
  ControlConflict,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
} from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs, pairedEast, pairedWest, pendingEast, pendingWest, westRef } from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl, FakeFinalCheck } from '../../support/fake-ports.ts';

const setup = () => {
  const brokers = new FakeBrokers(pendingEast(), pendingWest());
  brokers.onWrite = () => brokers.set(pendingEast({ state: 'REBOOT_IN_PROGRESS' }));
  const control = new FakeControl();
  const finalCheck = new FakeFinalCheck();
  const step = (
    changes: { dryRun?: boolean; protectedWindows?: readonly ProtectedWindow[]; purpose?: RebootPurpose } = {},
  ) =>
    rebootPrimary(
      {
        pair: 'orders',
        purpose: 'pair',
        primary: eastRef,
        replica: westRef,
        protectedWindows: [],
        executionArn: 'arn:run',
        dryRun: false,
        ...changes,
      },
      { brokers, control, clock: new FakeClock(), finalCheck: finalCheck.check },
    );
  return { brokers, control, finalCheck, step };
};

const intentOf = (ageMs: number) =>
  earlierIntent('RebootBroker', { subject: eastRef.brokerId, openedAtMs: noonMs - ageMs });

describe('rebootPrimary', () => {
  it('reboots the primary alone, under an intent', async () => {
    const { brokers, control, step } = setup();
    expect(await step()).toEqual({ outcome: 'issued' });
    expect(brokers.calls).toEqual([`RebootBroker ${eastRef.brokerId}`]);
    expect(control.writes).toEqual(['open RebootBroker 1', 'issued RebootBroker 1']);
  });

  it.each([false, true])('refuses by what speaks against it right before the write (dry run: %s)', async (dryRun) => {
    const { brokers, control, finalCheck, step } = setup();
    finalCheck.blockers = [{ code: 'FROZEN', message: 'ann froze this pair', evidence: {} }];
    expect(await step({ dryRun })).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('refuses inside a protected window and writes nothing', async () => {
    const { brokers, control, step } = setup();
    const window = { reason: 'payday', days: ['wednesday'], startUtc: '00:00', durationMinutes: 1_440 } as const;
    const result = await step({ protectedWindows: [{ ...window, days: ['wednesday'] }] });
    expect(result).toMatchObject({ outcome: 'refused', blockers: [{ code: 'PROTECTED_WINDOW' }] });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it.each([
    ['nothing earlier', undefined],
    ['an old open intent', intentOf(settleMs)],
  ])('names the write of a dry run and makes none, with %s', async (_label, intent) => {
    const { brokers, control, step } = setup();
    if (intent) control.given(intent);
    expect(await step({ dryRun: true })).toEqual({
      outcome: 'dry-run',
      plannedWrites: [
        { service: 'mq', operation: 'RebootBroker', region: 'us-east-1', request: { BrokerId: eastRef.brokerId } },
      ],
    });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('closes the intent of an attempt whose answer was lost once the reboot is seen', async () => {
    const { brokers, control, step } = setup();
    brokers.nextWrite = 'answer lost';
    await expect(step()).rejects.toThrow(OutcomeUnknown);
    expect(await step()).toEqual({ outcome: 'not-needed' });
    expect(brokers.calls).toHaveLength(1);
    expect(control.writes).toEqual(['open RebootBroker 1', 'effective RebootBroker 1']);
  });

  it('is not needed for brokers that are a pair already, and a dry run leaves even the intent alone', async () => {
    const { brokers, control, step } = setup();
    brokers.set(pairedEast(), pairedWest());
    control.given(intentOf(settleMs));
    expect(await step({ dryRun: true })).toEqual({ outcome: 'dry-run', plannedWrites: [] });
    expect(control.writes).toEqual([]);
    expect(await step()).toEqual({ outcome: 'not-needed' });
    expect(control.writes).toEqual(['effective RebootBroker 1']);
    expect(brokers.calls).toEqual([]);
  });

  it('waits while an unconfirmed request is too young to be judged', async () => {
    const { brokers, control, step } = setup();
    control.given(intentOf(settleMs - 1));
    await expect(step()).rejects.toThrow(OutcomeUnknown);
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('repeats an unconfirmed request of which nothing is to be seen when it is old enough', async () => {
    const { brokers, control, step } = setup();
    control.given(intentOf(settleMs));
    expect(await step()).toEqual({ outcome: 'issued' });
    expect(brokers.calls).toHaveLength(1);
    expect(control.writes).toEqual(['not-effective RebootBroker 1', 'open RebootBroker 2', 'issued RebootBroker 2']);
  });

  it('reports the refusal of the service even when the intent cannot be closed', async () => {
    const { brokers, control, step } = setup();
    brokers.nextWrite = new RequestRejected('action required first');
    control.failNextWrite = { method: 'settleIntent', error: new ServiceUnavailable('table busy') };
    await expect(step()).rejects.toThrow('action required first');
    expect(control.writes).toEqual(['open RebootBroker 1']);
  });

  it('reboots nothing when another run opened the intent first', async () => {
    const { brokers, control, step } = setup();
    control.failNextWrite = { method: 'openIntent', error: new ControlConflict('another run') };
    await expect(step()).rejects.toThrow(ControlConflict);
    expect(brokers.calls).toEqual([]);
  });

  it('gives up on a primary that cannot be read, since a guess would disconnect clients', async () => {
    const { brokers, step } = setup();
    brokers.breakReading(eastRef.brokerId, new ServiceUnavailable('the Region is dark'));
    await expect(step()).rejects.toThrow(ServiceUnavailable);
    expect(brokers.calls).toEqual([]);
  });
});

describe('rebootPrimary at the end of a pair', () => {
  const ending = { pendingReplicationMode: 'NONE' };
  const ordinary = { role: 'none', roleText: undefined, counterpart: undefined, replicationMode: 'NONE' } as const;

  it('reboots the primary once the end of replication waits for it', async () => {
    const { brokers, control, step } = setup();
    brokers.set(pairedEast(ending), pairedWest({ ...ending, state: 'REPLICA' }));
    expect(await step({ purpose: 'unpair' })).toEqual({ outcome: 'issued' });
    expect(brokers.calls).toEqual([`RebootBroker ${eastRef.brokerId}`]);
    expect(control.writes).toEqual(['open RebootBroker 1', 'issued RebootBroker 1']);
  });

  it('reboots nothing for an end that nobody can see yet', async () => {
    const { brokers, control, step } = setup();
    brokers.set(pairedEast(), pairedWest());
    await expect(step({ purpose: 'unpair' })).rejects.toThrow(OutcomeUnknown);
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('finds the reboot behind it when both are ordinary brokers, and settles what led there', async () => {
    const { brokers, control, step } = setup();
    brokers.set(pairedEast(ordinary), pairedWest(ordinary));
    control.given(intentOf(0));
    expect(await step({ purpose: 'unpair' })).toEqual({ outcome: 'not-needed' });
    expect(control.writes).toEqual(['effective RebootBroker 1']);
    expect(brokers.calls).toEqual([]);
  });
});
