import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { machines } from '../../../../infra/catalogue.ts';
import { callMs, historyEventBytes, platformLogBytes, startMs } from '../../../../tools/cost/assumptions.ts';
import {
  type BillingTerms,
  childrenOf,
  executionUsage,
  invocationUsage,
  replicasOf,
} from '../../../../tools/cost/execution-usage.ts';
import { type RecordedScenario, recordScenario } from '../../../../tools/cost/record-scenario.ts';
import { rehearsals, runCosts } from '../../../../tools/cost/run-costs.ts';
import { taskTargets } from '../../../../tools/cost/task-states.ts';
import { createTestbed } from '../../../support/testbed.ts';

const terms: BillingTerms = { replicas: replicasOf(3, 2), logRetentionDays: 365 };

describe('the rehearsals', () => {
  it('show every workflow that is deployed', () => {
    expect(Object.values(rehearsals).flat().toSorted()).toEqual(machines.map(({ name }) => name).toSorted());
  });
});

describe('the Task states of a definition', () => {
  it.each(machines)('$name call functions and start machines that are deployed', (machine) => {
    const targets = [...taskTargets(machine).values()];
    expect(targets.length).toBeGreaterThan(1);
  });

  it('know what a Map runs, and which state starts another machine', () => {
    const named = (name: string) =>
      taskTargets(machines.find((machine) => machine.name === name) ?? machines[0] ?? expect.unreachable());
    expect([...named('readiness').values()]).toContainEqual({ function: 'evaluate-readiness' });
    expect([...named('failback').values()]).toContainEqual({ machine: 'switchover' });
  });
});

describe('the invocations of functions', () => {
  it('are billed by their memory, for their start, their calls and what they waited', () => {
    const call = { service: 'mq', operation: 'DescribeBroker', request: {}, function: 'scan-queues' };
    const calls = [call, call].map((each) => ({
      ...each,
      atMs: 0,
      endedAtMs: 0,
      region: '',
      outcome: 'ok',
      caller: '',
      attemptedByRegion: undefined,
    }));
    const usage = invocationUsage(['scan-queues', 'assess-unpair'], calls, new Map([['scan-queues', 5_000]]), 0, terms);
    const scanGb = 1_769 / 1_024;
    expect(usage).toMatchObject({ lambdaInvocations: 2, tracesRecorded: 2 });
    expect(usage.lambdaGbSeconds).toBeCloseTo(
      (scanGb * (startMs + 2 * callMs + 5_000)) / 1_000 + (0.25 * startMs) / 1_000,
    );
    expect(usage.logGb).toBeCloseTo((2 * platformLogBytes) / 1e9, 12);
    expect(usage.logGbMonths).toBeCloseTo((12 * 2 * platformLogBytes) / 1e9, 12);
  });
});

describe('a recorded run', () => {
  let recorded: RecordedScenario;
  beforeAll(async () => {
    recorded = await recordScenario('tools/cost/scenarios/unpair.yaml');
  });

  it('is billed for its own transitions, invocations and calls', () => {
    const [execution] = recorded.executions;
    if (execution === undefined) throw new TypeError('nothing ran');
    const usage = executionUsage(execution, recorded, terms);
    const tasks = recorded.transitions.filter(({ stateType, kind }) => stateType === 'Task' && kind === 'entered');
    expect(usage.stateTransitions).toBe(execution.stateTransitions);
    expect(usage.lambdaInvocations).toBe(tasks.length);
    expect(usage.tableReplicatedWrites).toBeGreaterThan(0);
    expect(childrenOf(execution, recorded)).toEqual([]);
  });

  it('costs less than a cent, and another workflow is not made up', () => {
    const [cost] = runCosts(['unpair'], recorded, terms);
    expect(cost).toMatchObject({ workflow: 'unpair', scenario: 'unpair', children: [] });
    expect(cost?.usd).toBeGreaterThan(0.000_1);
    expect(cost?.usd).toBeLessThan(0.01);
    expect(cost?.withChildrenUsd).toBe(cost?.usd);
    expect(() => runCosts(['failover'], recorded, terms)).toThrow('has no finished failover');
  });
});

it('history events are no larger than what is assumed of them', async () => {
  const testbed = await createTestbed({ paired: true });
  let bytes: readonly number[] = [];
  await testbed.play(async () => {
    const ended = await testbed.run('failover', 'us-west-2', { pair: 'orders', reason: 'test', acceptDataLoss: true });
    const client = new SFNClient({
      ...testbed.aws.clientSettings({ fromRegion: 'us-west-2' }),
      region: 'us-west-2',
    });
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn: ended.executionArn, maxResults: 1_000 }),
    );
    bytes = events.map((event) => JSON.stringify(event).length);
  });
  expect(bytes.length).toBeGreaterThan(50);
  expect(bytes.reduce((sum, size) => sum + size, 0) / bytes.length).toBeLessThan(historyEventBytes);
});
