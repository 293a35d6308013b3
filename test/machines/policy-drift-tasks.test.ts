import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { createDriftTestbed, drift, oneDrift } from '../support/drift-testbed.ts';

interface Definition {
  readonly States: Readonly<Record<string, { readonly Type: string }>>;
}

const definition = JSON.parse(
  readFileSync(new URL('../../statemachines/policy-drift.asl.json', import.meta.url), 'utf8'),
) as Definition;
const tasks = Object.entries(definition.States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));
const cleanup = ['ReleaseCluster', 'ReportFailure'];

/** Runs a remediation in which the tries of a state fail with the errors given, in order. */
const run = async (state: string, errors: readonly string[]) => {
  const left = [...errors];
  const testbed = await createDriftTestbed(
    oneDrift,
    {},
    {
      replaceTask: ({ stateName }) => {
        if (cleanup.includes(state) && stateName === 'AssessDrift') return new TaskFailure('NotFound', 'first error');
        const error = stateName === state ? left.shift() : undefined;
        return error === undefined ? undefined : new TaskFailure(error, `injected into ${state}`);
      },
    },
  );
  return { testbed, end: await testbed.play(() => drift(testbed, 'remediate')) };
};

describe.each(tasks)('policy-drift, %s', (state) => {
  it('is tried again after a transient error, and the run ends as it would have', async () => {
    const { testbed, end } = await run(state, ['ServiceUnavailable', 'Lambda.Unknown']);
    const retried = testbed.transitions.filter(({ stateName, kind }) => stateName === state && kind === 'retried');
    expect(retried.map(({ error }) => error)).toEqual(['ServiceUnavailable', 'Lambda.Unknown']);
    if (cleanup.includes(state)) expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound' });
    else expect(end.output).toMatchObject({ outcome: 'Remediated' });
  });

  it('ends the run with the first error when it fails for good', async () => {
    const { testbed, end } = await run(state, ['AccessDenied']);
    const caught = testbed.transitions.some(({ stateName, kind }) => stateName === state && kind === 'caught');
    expect(caught).toBe(true);
    expect(end).toMatchObject({ status: 'FAILED', error: cleanup.includes(state) ? 'NotFound' : 'AccessDenied' });
  });
});
