import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed, mqWrites, switchoverInput } from '../support/testbed.ts';

const inputs = (_testbed: Testbed): Readonly<Record<string, unknown>> => ({
  switchover: switchoverInput(),
  failover: { pair: 'orders', reason: 'test', acceptDataLoss: true },
});

const finding = (code: string) => ({ code, message: code, evidence: {} });

/** Answers of a cutover step that is under way for its first looks. */
const pendingFor = (looks: number, then: Readonly<Record<string, unknown>>) => {
  let seen = 0;
  return () => {
    seen += 1;
    const pending = { outcome: 'pending', blockers: [finding('STEP_PENDING')], warnings: [], plannedWrites: [] };
    return { result: seen <= looks ? pending : then };
  };
};

const played = async (machine: string, replacements: Readonly<Record<string, () => { readonly result: unknown }>>) => {
  const testbed = await createTestbed({
    paired: true,
    replaceTask: ({ stateName }) => replacements[stateName]?.(),
  });
  const end = await testbed.play(async () => {
    await testbed.clock.sleepMs(300_000);
    return await testbed.run(machine, 'us-west-2', inputs(testbed)[machine]);
  });
  return { testbed, end };
};

describe.each([
  ['switchover', 'SwitchedOver'],
  ['failover', 'FailedOver'],
])('cutover of a %s', (machine, outcome) => {
  it('waits until the consumers are held before it promotes', async () => {
    const held = { outcome: 'held', blockers: [], warnings: [finding('HOLD_NOTE')], plannedWrites: [] };
    const { end } = await played(machine, { HoldConsumers: pendingFor(3, held) });
    expect(end.states.filter((state) => state === 'WaitForHold').length).toBe(3);
    expect(end.output).toMatchObject({ outcome, warnings: expect.arrayContaining([finding('HOLD_NOTE')]) });
  });

  it('promotes nothing while the consumers cannot be held, and releases them', async () => {
    const { testbed, end } = await played(machine, { HoldConsumers: pendingFor(1_000, {}) });
    expect(end.output).toMatchObject({ outcome: 'Refused', blockers: [finding('STEP_PENDING')] });
    expect(end.states).toContain('ReleaseHeld');
    expect(mqWrites(testbed)).toEqual([]);
  });

  it('waits for fencing to be undone and consumers to be released, then announces the endpoint', async () => {
    const { testbed, end } = await played(machine, {
      UndoFencing: pendingFor(2, { outcome: 'undone', blockers: [], warnings: [] }),
      ReleaseConsumers: pendingFor(2, { outcome: 'released', blockers: [], warnings: [] }),
    });
    expect(end.output).toMatchObject({ outcome });
    expect(end.states.filter((state) => ['WaitForUndo', 'WaitForRelease'].includes(state)).length).toBe(4);
    expect(testbed.aws.notifications()).toEqual([]);
  });

  it('is complete although a step behind the promotion never ends, and says so', async () => {
    const { end } = await played(machine, {
      ReleaseConsumers: pendingFor(1_000, {}),
      UndoFencing: pendingFor(1_000, {}),
    });
    expect(end.output).toMatchObject({ outcome, warnings: expect.arrayContaining([finding('STEP_PENDING')]) });
  });
});
