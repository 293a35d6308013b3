import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../gameday/engine/ports.ts';
import { machines } from '../../infra/deployment.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

interface Definition {
  readonly States: Readonly<
    Record<string, { readonly Type: string; readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[] }>
  >;
}

const definitionOf = (file: string): Definition =>
  JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as Definition;

const taskStates = machines.flatMap(({ name, definition }) =>
  Object.entries(definitionOf(definition).States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([state]) => ({ machine: name, state })),
);

/** Makes the tries of one state fail with the errors given, in order; later tries run. */
const failing = (state: string, errors: readonly string[], also: readonly string[] = []) => {
  const left = [...errors];
  return ({ stateName }: { readonly stateName: string }): TaskFailure | undefined => {
    if (also.includes(stateName)) return new TaskFailure('AccessDenied', 'also failing');
    const error = stateName === state ? left.shift() : undefined;
    return error === undefined ? undefined : new TaskFailure(error, `injected into ${state}`);
  };
};

/** States that a healthy run does not reach, and what leads to them. */
const needsApproval = ['RequestApproval', 'CheckApproval'];
const needsStall = ['ReportStall'];
const needsFailure = ['ReportFailure'];
/** States whose failure leaves a finished run finished. */
const afterTheEnd = ['ProveReverse'];

const runUntil = async (machine: string, state: string, failTask: ReturnType<typeof failing>) => {
  const stage = await WorkflowStage.create({
    paired: machine === 'switchover',
    failTask,
    pair: needsApproval.includes(state) ? { rebootApproval: 'required', approvalSeconds: 120 } : {},
  });
  if (needsStall.includes(state)) stage.stage.world.faults.start({ kind: 'stuck-promotion' });
  const end = await stage.play(async () => {
    await stage.stage.clock.sleepMs(300_000);
    return machine === 'create-replica'
      ? await stage.run(machine, 'us-east-1', stage.createReplicaInput())
      : await stage.run(machine, 'us-west-2', stage.switchoverInput());
  });
  return { stage, end };
};

/** The state whose failure makes a run come by `ReportFailure`. */
const firstAssessment: Readonly<Record<string, string>> = {
  'create-replica': 'AssessEligibility',
  switchover: 'AssessSwitchover',
};

describe.each(taskStates)('$machine, $state', ({ machine, state }) => {
  const also = needsFailure.includes(state) ? [firstAssessment[machine] ?? ''] : [];

  it('is tried again after a transient error, and the run ends as it would have', async () => {
    const { stage, end } = await runUntil(
      machine,
      state,
      failing(state, ['ServiceUnavailable', 'Lambda.Unknown'], also),
    );
    const retried = stage.transitions.filter(({ stateName, kind }) => stateName === state && kind === 'retried');
    expect(retried.map(({ error }) => error)).toEqual(['ServiceUnavailable', 'Lambda.Unknown']);
    if (needsFailure.includes(state)) expect(end).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
    else if (needsStall.includes(state)) expect(end).toMatchObject({ status: 'FAILED', error: 'Stalled' });
    else expect(end.status).toBe('SUCCEEDED');
  });

  it('ends the run with the first error when it fails for good', async () => {
    const { stage, end } = await runUntil(machine, state, failing(state, ['AccessDenied'], also));
    expect(stage.transitions.some(({ stateName, kind }) => stateName === state && kind === 'caught')).toBe(true);
    if (machine === 'switchover' && afterTheEnd.includes(state)) {
      return expect(end.output).toMatchObject({ outcome: 'SwitchedOver', reverseReplication: 'unproven' });
    }
    expect(end.status).toBe('FAILED');
    if (needsStall.includes(state)) return expect(end.error).toBe('Stalled');
    expect(end.error).toBe('AccessDenied');
    expect(end.cause).toBe(needsFailure.includes(state) ? 'also failing' : `injected into ${state}`);
  });
});
