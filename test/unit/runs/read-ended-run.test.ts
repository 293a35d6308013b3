import { describe, expect, it } from 'vitest';
import { type ExecutionsPort, readEndedRun } from '../../../functions/runs/read-ended-run.ts';
import type { EndedRun } from '../../../functions/runs/run-ended-message.ts';
import { AccessDenied, InvalidInput } from '../../../functions/runtime/errors.ts';

type DescribedExecution = Omit<EndedRun, 'reportedBy' | 'parent'>;

const execution = (executionArn: string, changes: Partial<DescribedExecution> = {}): DescribedExecution => ({
  executionArn,
  machine: 'switchover',
  status: 'ABORTED',
  input: '{"pair":"orders"}',
  error: undefined,
  cause: undefined,
  ...changes,
});

const portWith = (known: readonly DescribedExecution[], changes: Partial<ExecutionsPort> = {}): ExecutionsPort => ({
  describe: async (executionArn) => {
    const found = known.find((each) => each.executionArn === executionArn);
    if (found === undefined) throw new AccessDenied(`may not see ${executionArn}`);
    return found;
  },
  reportedBy: async () => 'ReportStall',
  ...changes,
});

const child = execution('arn:child', { input: '{"parentRun":{"executionArn":"arn:root"}}' });

describe('readEndedRun', () => {
  it('says how a run ended and who told people, and that it is no step of another one', async () => {
    const run = await readEndedRun('arn:one', portWith([execution('arn:one')]));
    expect(run).toMatchObject({ status: 'ABORTED', reportedBy: 'ReportStall', parent: undefined });
  });

  it('reads the run whose step it was', async () => {
    const run = await readEndedRun('arn:child', portWith([child, execution('arn:root', { status: 'FAILED' })]));
    expect(run.parent).toEqual({ executionArn: 'arn:root', status: 'FAILED' });
  });

  it('goes on without what cannot be read', async () => {
    const denied = async () => {
      throw new AccessDenied('no history');
    };
    const run = await readEndedRun('arn:child', portWith([child], { reportedBy: denied }));
    expect(run).toMatchObject({ reportedBy: undefined, parent: { executionArn: 'arn:root', status: 'unknown' } });
  });

  it('lets through what is no answer at all', async () => {
    const broken = async () => {
      throw new TypeError('bug');
    };
    await expect(readEndedRun('arn:child', portWith([child], { reportedBy: broken }))).rejects.toThrow('bug');
  });

  it('refuses one that is RUNNING', async () => {
    const port = portWith([execution('arn:one', { status: 'RUNNING' })]);
    await expect(readEndedRun('arn:one', port)).rejects.toThrow(InvalidInput);
  });

  it('reads one that has succeeded, which may have left something behind', async () => {
    const port = portWith([execution('arn:one', { status: 'SUCCEEDED', output: '{"outcome":"Refused"}' })]);
    expect(await readEndedRun('arn:one', port)).toMatchObject({ status: 'SUCCEEDED', output: '{"outcome":"Refused"}' });
  });
});
