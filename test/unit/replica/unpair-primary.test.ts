import { describe, expect, it } from 'vitest';
import { settleMs } from '../../../functions/control/intent-journal.ts';
import { unpairInputSchema } from '../../../functions/replica/unpair-input.ts';
import { unpairPrimary } from '../../../functions/replica/unpair-primary.ts';
import { OutcomeUnknown, RequestRejected, UnsafeTopology } from '../../../functions/runtime/errors.ts';
import type { Finding } from '../../../functions/runtime/finding.ts';
import { asRole, eastRef, noonMs, ordersPair, pairedEast, pairedWest } from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl } from '../../support/fake-ports.ts';

const ending = { pendingReplicationMode: 'NONE' };

const setUp = (primary = pairedEast(), late: readonly Finding[] = []) => {
  const brokers = new FakeBrokers(primary, pairedWest());
  const control = new FakeControl();
  const ports = {
    brokers,
    control,
    clock: new FakeClock(),
    finalCheck: async () => ({ blockers: late, warnings: [] }),
  };
  const input = (more: object) =>
    unpairInputSchema.parse({ pair: 'orders', confirm: 'orders', reason: 'test', ...more });
  const run = (more: object = {}) => unpairPrimary(input(more), ordersPair(), 'arn:run', ports);
  return { brokers, control, run };
};

const update = `UpdateBroker ${eastRef.brokerId} NONE`;

describe('unpairPrimary', () => {
  it('asks the primary once, under an intent', async () => {
    const { brokers, control, run } = setUp();
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(brokers.calls).toEqual([update]);
    expect(control.writes).toEqual(['open UpdateBroker 1', 'issued UpdateBroker 1']);
    expect(control.intents.get('orders/UpdateBroker')?.subject).toBe(eastRef.brokerId);
  });

  it('settles an open intent by what it sees, and asks no more', async () => {
    const { brokers, control, run } = setUp(pairedEast(ending));
    control.given(earlierIntent('UpdateBroker', { subject: eastRef.brokerId }));
    expect(await run()).toEqual({ outcome: 'not-needed' });
    expect(brokers.calls).toEqual([]);
    expect(control.writes).toEqual(['effective UpdateBroker 1']);
  });

  it('waits for an unconfirmed request to show, and asks again once it would have', async () => {
    const { brokers, control, run } = setUp();
    control.given(earlierIntent('UpdateBroker', { openedAtMs: noonMs - settleMs + 1 }));
    await expect(run()).rejects.toThrow(OutcomeUnknown);
    expect(brokers.calls).toEqual([]);
    control.given(earlierIntent('UpdateBroker', { openedAtMs: noonMs - settleMs }));
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(control.writes).toEqual(['not-effective UpdateBroker 1', 'open UpdateBroker 2', 'issued UpdateBroker 2']);
  });

  it('leaves an intent open whose answer was lost, and closes one that was refused', async () => {
    const lost = setUp();
    lost.brokers.nextWrite = 'answer lost';
    await expect(lost.run()).rejects.toThrow(OutcomeUnknown);
    expect(lost.control.writes).toEqual(['open UpdateBroker 1']);
    const refused = setUp();
    refused.brokers.nextWrite = new RequestRejected('no');
    await expect(refused.run()).rejects.toThrow(RequestRejected);
    expect(refused.control.writes).toEqual(['open UpdateBroker 1', 'rejected UpdateBroker 1']);
  });

  it('repeats the gates and the final check, and writes nothing when either speaks against it', async () => {
    const gate = setUp(pairedEast({ state: 'REBOOT_IN_PROGRESS' }));
    expect(await gate.run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'PRIMARY_NOT_RUNNING' }] });
    const frozen = setUp(pairedEast(), [{ code: 'FROZEN', message: 'frozen', evidence: {} }]);
    expect(await frozen.run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    for (const { brokers, control } of [gate, frozen]) expect([...brokers.calls, ...control.writes]).toEqual([]);
  });

  it('plans in a dry run, and writes nothing, not even a settlement', async () => {
    const { brokers, control, run } = setUp(pairedEast(ending));
    control.given(earlierIntent('UpdateBroker'));
    expect(await run({ dryRun: true })).toMatchObject({
      outcome: 'dry-run',
      plannedWrites: [{ operation: 'RebootBroker' }],
    });
    expect([...brokers.calls, ...control.writes]).toEqual([]);
  });

  it('stops when both brokers call themselves primary', async () => {
    const { brokers, run } = setUp();
    brokers.set(pairedWest(asRole('primary')));
    await expect(run()).rejects.toThrow(UnsafeTopology);
    expect(brokers.calls).toEqual([]);
  });
});
