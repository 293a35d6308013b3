import { describe, expect, it } from 'vitest';
import { workflowNames } from '../../../cli/workflows.ts';
import { machines } from '../../../infra/deployment.ts';

/** Machines that only events and schedules start. */
const startedByEvents = ['watch', 'settle-run'];

describe('the workflows that an operator may start', () => {
  it('are those of the deployment', () => {
    const deployed = machines.map(({ name }) => name).filter((name) => !startedByEvents.includes(name));
    expect([...workflowNames].sort()).toEqual([...deployed].sort());
  });
});
