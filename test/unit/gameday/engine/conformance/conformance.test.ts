import { describe, expect, it } from 'vitest';
import { InvalidDefinitionError } from '../../../../../gameday/engine/definition/invalid-definition-error.ts';
import { parseDefinition } from '../../../../../gameday/engine/definition/parse-definition.ts';
import { TaskFailure } from '../../../../../gameday/engine/ports.ts';
import { startHarness } from '../harness.ts';
import { BRANCH_VECTORS } from './branch-vectors.ts';
import { DATA_FLOW_VECTORS } from './data-flow-vectors.ts';
import { FLOW_VECTORS } from './flow-vectors.ts';
import { REFUSAL_VECTORS } from './refusal-vectors.ts';
import { TASK_VECTORS } from './task-vectors.ts';
import type { ExecutionVector } from './vector.ts';

const carryOut = async (vector: ExecutionVector) => {
  const calls = new Map<string, number>();
  const harness = startHarness({
    invokeTask: async ({ stateName }) => {
      const answers = vector.answers?.[stateName] ?? [{}];
      const call = calls.get(stateName) ?? 0;
      calls.set(stateName, call + 1);
      const answer = answers[Math.min(call, answers.length - 1)] ?? {};
      await harness.clock.sleepMs((answer.afterSeconds ?? 0) * 1_000);
      if (answer.error !== undefined) throw new TaskFailure(answer.error, answer.cause ?? '');
      return answer.payload ?? null;
    },
  });
  for (const [name, definition] of Object.entries(vector.children ?? {})) harness.create(name, definition);
  const machineArn = harness.create('machine', JSON.parse(JSON.stringify(vector.definition)));
  return await harness.clock.run('test', async () => {
    const arn = await harness.start(machineArn, 'run', vector.input ?? {});
    await harness.engine.waitForEnd(arn);
    const [summary] = harness.engine.executions().filter(({ executionArn }) => executionArn === arn);
    return { execution: await harness.describe(arn), history: await harness.history(arn), summary };
  });
};

const groups = { DATA_FLOW_VECTORS, FLOW_VECTORS, TASK_VECTORS, BRANCH_VECTORS };

describe.each(Object.entries(groups))('the engine carries out %s', (_group, vectors) => {
  it.each(vectors.map((vector) => [vector.feature, vector] as const))('%s', async (_feature, vector) => {
    const { execution, history, summary } = await carryOut(vector);
    const { expect: wanted } = vector;
    expect({ status: execution.status, error: execution.error }).toEqual({
      status: wanted.status,
      error: wanted.error,
    });
    if (wanted.output !== undefined) expect(execution.output).toEqual(wanted.output);
    if (typeof wanted.cause === 'string') expect(execution.cause).toBe(wanted.cause);
    if (wanted.cause instanceof RegExp) expect(execution.cause).toMatch(wanted.cause);
    if (wanted.history !== undefined) expect(history.map(({ type }) => type)).toEqual(wanted.history);
    if (wanted.transitions !== undefined) expect(summary?.transitions).toBe(wanted.transitions);
    if (wanted.durationSeconds !== undefined) {
      const durationMs = (summary?.stoppedAtMs ?? Number.NaN) - (summary?.startedAtMs ?? Number.NaN);
      expect(durationMs / 1_000).toBe(wanted.durationSeconds);
    }
  });
});

describe('the engine refuses', () => {
  it.each(REFUSAL_VECTORS.map((vector) => [vector.feature, vector] as const))('%s', (_feature, vector) => {
    let refused: unknown;
    try {
      parseDefinition(JSON.parse(JSON.stringify(vector.definition)));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(InvalidDefinitionError);
    if (!(refused instanceof InvalidDefinitionError)) return;
    expect(refused.problems.map(({ path }) => path)).toEqual(vector.problems.map(({ path }) => path));
    for (const [index, { message }] of vector.problems.entries()) {
      expect(refused.problems[index]?.message).toContain(message);
    }
  });
});

describe('the vectors', () => {
  it('name every feature once', () => {
    const features = [...Object.values(groups).flat(), ...REFUSAL_VECTORS].map(({ feature }) => feature);
    expect(features.filter((feature, index) => features.indexOf(feature) !== index)).toEqual([]);
  });
});
