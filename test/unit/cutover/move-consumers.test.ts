import { describe, expect, it } from 'vitest';
import { moveConsumers } from '../../../functions/cutover/move-consumers.ts';
import { HookFailed, LockLost, NotFound, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { FakeGuards, FakeHook, hookArn, pairWithCutover, promotingRun } from '../../support/cutover.ts';
import { FakeClock } from '../../support/fake-ports.ts';

const one = '1b2c3d4e-0000-4000-8000-000000000001';
const two = '1b2c3d4e-0000-4000-8000-000000000002';

/** Event-source mappings in memory: a change takes effect when a test says so. */
class FakeMappings {
  readonly writes: string[] = [];
  readonly states = new Map<string, string | Error>();
  answer: 'accepted' | 'busy' = 'accepted';

  async readState(uuid: string): Promise<string | undefined> {
    const state = this.states.get(uuid);
    if (state instanceof Error) throw state;
    return state;
  }

  async setEnabled(uuid: string, enabled: boolean): Promise<'accepted' | 'busy'> {
    this.writes.push(`${enabled ? 'enable' : 'disable'} ${uuid}`);
    if (this.answer === 'accepted') this.states.set(uuid, enabled ? 'Enabling' : 'Disabling');
    return this.answer;
  }
}

const setUp = (cutover: Parameters<typeof pairWithCutover>[0]) => {
  const clock = new FakeClock();
  const guards = new FakeGuards();
  const hook = new FakeHook();
  const mappings = new FakeMappings();
  const recorded: string[] = [];
  const record = {
    begin: async () => void recorded.push(`begin after ${mappings.writes.length} writes`),
    end: async () => void recorded.push('end'),
  };
  const move = (action: 'hold' | 'release', changes: { readonly dryRun?: boolean; readonly region?: string } = {}) =>
    moveConsumers(
      action,
      { pair: pairWithCutover(cutover), region: 'us-west-2', epoch: 3, run: promotingRun, dryRun: false, ...changes },
      { ...guards.ports(clock), clock, mappings, callCustomerHook: hook.call, record },
    );
  return { guards, hook, mappings, recorded, move };
};

const held = { consumers: 'hold', holdMappings: { 'us-west-2': [one, two] } } as const;
const heldByHook = { consumers: 'hold', holdFunctionArn: { 'us-west-2': hookArn } } as const;

describe('moveConsumers', () => {
  it('records that they are held before the first stands still, and that they are not once all are read back', async () => {
    const { move, recorded, mappings } = setUp(held);
    await move('hold', { dryRun: true });
    expect(recorded).toEqual([]);
    await move('hold');
    expect(recorded).toEqual(['begin after 0 writes']);
    for (const uuid of [one, two]) mappings.states.set(uuid, 'Disabled');
    expect((await move('release')).outcome).toBe('pending');
    expect(recorded).toHaveLength(1);
    for (const uuid of [one, two]) mappings.states.set(uuid, 'Enabled');
    expect((await move('release')).outcome).toBe('done');
    expect(recorded).toEqual(['begin after 0 writes', 'end']);
  });

  it('releases without the table, which it needs to hold', async () => {
    const { move, guards, mappings } = setUp(held);
    for (const uuid of [one, two]) mappings.states.set(uuid, 'Disabled');
    guards.reading = { known: false, reason: 'no table' };
    expect((await move('release')).outcome).toBe('pending');
    expect(mappings.writes).toHaveLength(2);
    await expect(move('hold')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('leaves live consumers alone and looks at nothing, even where mappings are named', async () => {
    const { move, mappings, guards } = setUp({ holdMappings: held.holdMappings });
    expect(await move('hold')).toMatchObject({ outcome: 'live', blockers: [], warnings: [] });
    expect([mappings.writes, guards.renewals]).toEqual([[], 0]);
  });

  it('reports consumers that shall be held where nothing says how', async () => {
    const { move } = setUp(held);
    const { outcome, warnings, blockers } = await move('hold', { region: 'us-east-1' });
    expect({ outcome, blockers }).toEqual({ outcome: 'not-configured', blockers: [] });
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'HOLD_NOT_CONFIGURED',
        evidence: { region: 'us-east-1', configured: 'us-west-2' },
      }),
    ]);
  });

  it('disables each mapping once, and says done only when each reads Disabled', async () => {
    const { move, mappings, guards } = setUp(held);
    mappings.states.set(one, 'Enabled').set(two, 'Enabled');
    const first = await move('hold');
    expect(first.outcome).toBe('pending');
    expect(first.blockers.map(({ code }) => code)).toEqual(['HOLD_PENDING', 'HOLD_PENDING']);
    mappings.states.set(one, 'Disabled');
    expect((await move('hold')).outcome).toBe('pending');
    mappings.states.set(two, 'Disabled');
    expect(await move('hold')).toMatchObject({
      outcome: 'done',
      blockers: [],
      evidence: { [`mapping ${one}`]: 'Disabled', [`mapping ${two}`]: 'Disabled' },
    });
    expect(mappings.writes).toEqual([`disable ${one}`, `disable ${two}`]);
    expect(guards.renewals).toBe(3);
  });

  it('enables them again on release', async () => {
    const { move, mappings } = setUp(held);
    mappings.states.set(one, 'Disabled').set(two, 'Enabled');
    expect(await move('release')).toMatchObject({ outcome: 'pending', blockers: [{ code: 'RELEASE_PENDING' }] });
    expect(mappings.writes).toEqual([`enable ${one}`]);
  });

  it('asks again while the service is busy with an earlier change', async () => {
    const { move, mappings } = setUp(held);
    mappings.states.set(one, 'Enabled').set(two, 'Disabled');
    mappings.answer = 'busy';
    await move('hold');
    expect((await move('hold')).outcome).toBe('pending');
    expect(mappings.writes).toEqual([`disable ${one}`, `disable ${one}`]);
  });

  it.each([
    ['no answer', new ServiceUnavailable('throttled'), 'pending', 'HOLD_UNKNOWN', 'throttled'],
    ['a state that nobody knows', 'Paused', 'pending', 'HOLD_UNKNOWN', 'Paused'],
    ['a mapping that is gone', new NotFound('no such mapping'), 'failed', 'HOLD_FAILED', 'no such mapping'],
    ['a mapping that goes away', 'Deleting', 'failed', 'HOLD_FAILED', 'Deleting'],
  ])('never takes %s for held, and still asks the others', async (_label, state, outcome, code, reason) => {
    const { move, mappings } = setUp(held);
    mappings.states.set(one, state).set(two, 'Enabled');
    const result = await move('hold');
    expect(result.outcome).toBe(outcome);
    expect(result.blockers[0]).toMatchObject({ code, message: expect.stringContaining(reason) });
    expect(mappings.writes).toEqual([`disable ${two}`]);
  });

  it("asks the team's function until it is done", async () => {
    const { move, hook } = setUp(heldByHook);
    hook.answers.push({ done: false, reason: 'draining 12 workers' });
    expect(await move('hold')).toMatchObject({
      outcome: 'pending',
      blockers: [{ code: 'HOLD_PENDING', message: `${hookArn}: draining 12 workers` }],
    });
    expect((await move('hold')).outcome).toBe('done');
    await move('release');
    expect(hook.asked).toEqual([
      { action: 'hold', pair: 'orders', region: 'us-west-2', epoch: 3 },
      { action: 'hold', pair: 'orders', region: 'us-west-2', epoch: 3 },
      { action: 'release', pair: 'orders', region: 'us-west-2', epoch: 3 },
    ]);
  });

  it("fails when the team's function raises", async () => {
    const { move, hook } = setUp(heldByHook);
    hook.answers.push(new HookFailed('no permission'));
    expect(await move('hold')).toMatchObject({ outcome: 'failed', blockers: [{ code: 'HOLD_FAILED' }] });
  });

  it('passes on an error that is no condition of a service', async () => {
    const { move, hook } = setUp(heldByHook);
    hook.answers.push(new TypeError('a defect'));
    await expect(move('hold')).rejects.toThrow('a defect');
  });

  it('lists the writes of a dry run and makes none', async () => {
    const { move, mappings, hook } = setUp({ ...held, ...heldByHook });
    mappings.states.set(one, 'Enabled').set(two, 'Disabled');
    const { plannedWrites, outcome, blockers } = await move('hold', { dryRun: true });
    expect({ outcome, blockers }).toEqual({ outcome: 'done', blockers: [] });
    expect(plannedWrites).toEqual([
      {
        service: 'lambda',
        operation: 'UpdateEventSourceMapping',
        region: 'us-west-2',
        request: { UUID: one, Enabled: false },
      },
      {
        service: 'lambda',
        operation: 'Invoke',
        region: 'us-west-2',
        request: {
          FunctionName: hookArn,
          Payload: { action: 'hold', pair: 'orders', region: 'us-west-2', epoch: 3 },
        },
      },
    ]);
    expect([mappings.writes, hook.asked]).toEqual([[], []]);
  });

  it('does not pretend in a dry run that it saw what it could not look at', async () => {
    const { move, mappings } = setUp(held);
    mappings.states.set(one, 'Enabled').set(two, new ServiceUnavailable('throttled'));
    const { outcome, blockers, plannedWrites } = await move('hold', { dryRun: true });
    expect({ outcome, codes: blockers.map(({ code }) => code) }).toEqual({
      outcome: 'pending',
      codes: ['HOLD_UNKNOWN'],
    });
    expect(plannedWrites).toHaveLength(1);
  });

  it('changes nothing under a freeze', async () => {
    const { move, mappings, guards } = setUp(held);
    mappings.states.set(one, 'Enabled').set(two, 'Enabled');
    guards.freeze();
    expect(await move('hold')).toMatchObject({ outcome: 'frozen', blockers: [{ code: 'FROZEN' }] });
    expect(mappings.writes).toEqual([]);
  });

  it('changes nothing once another run has the lock', async () => {
    const { move, mappings, guards } = setUp(held);
    mappings.states.set(one, 'Enabled').set(two, 'Enabled');
    guards.reading = { known: true };
    await expect(move('hold')).rejects.toBeInstanceOf(LockLost);
    expect(mappings.writes).toEqual([]);
  });
});
