import { describe, expect, it } from 'vitest';
import { workflowNames } from '../../../cli/workflows.ts';
import { machines } from '../../../infra/catalogue.ts';

/** Machines that only events and schedules start. */
const startedByEvents = ['watch', 'settle-run'];

describe('the workflows of the deployment', () => {
  it.each(machines)('$name is started by an operator or by events, not by both', ({ name }) => {
    expect(workflowNames.includes(name)).toBe(!startedByEvents.includes(name));
  });
});
