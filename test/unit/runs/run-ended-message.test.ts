import { describe, expect, it } from 'vitest';
import { type EndedRun, runEndedMessage, subjectOfRun } from '../../../functions/runs/run-ended-message.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const run = (changes: Partial<EndedRun> = {}): EndedRun => ({
  executionArn: 'arn:aws:states:us-west-2:111122223333:execution:switchover:run-1',
  machine: 'switchover',
  status: 'FAILED',
  input: '{"pair":"orders"}',
  error: 'AccessDenied',
  cause: 'not allowed',
  reportedBy: undefined,
  parent: undefined,
  ...changes,
});
const promotion = earlierIntent('Promote', { subject: 'b-1', mode: 'SWITCHOVER' });
const ofChild = { error: 'States.TaskFailed', cause: '{"ExecutionArn":"arn:aws:states:x","Status":"FAILED"}' };

describe('runEndedMessage', () => {
  it('tells about a run that could not do so itself, with its cause and the way on', () => {
    const { subject, message } = runEndedMessage(run(), undefined) ?? {};
    expect(subject).toBe('mq-dr ACT NOW: switchover of orders ended: FAILED');
    for (const part of ['FAILED, AccessDenied', 'not allowed', 'Start a new run with the same input', 'run-1']) {
      expect(message).toContain(part);
    }
  });

  it.each(['TIMED_OUT', 'ABORTED'])('says what a redrive of a run that is %s would find', (status) => {
    const news = runEndedMessage(run({ status, error: undefined, cause: undefined }), undefined);
    expect(news?.message).toContain('No cause was given.');
    expect(news?.message).toContain('A redrive would stop with LockLost.');
  });

  it.each<[string, Partial<EndedRun>]>([
    ['has told people itself', { reportedBy: 'ReportStall' }],
    ['failed with a child, which tells people', ofChild],
    [
      'was stopped with the run whose step it was',
      { status: 'ABORTED', parent: { executionArn: 'arn:root', status: 'ABORTED' } },
    ],
  ])('is silent about a run that %s', (_label, changes) => {
    expect(runEndedMessage(run(changes), undefined)).toBeUndefined();
  });

  it.each<[string, Partial<EndedRun>, string]>([
    ['itself', { reportedBy: 'ReportStall' }, 'its state ReportStall has already paged about that'],
    ['by its child', ofChild, 'the child execution has already paged about that'],
  ])('adds only that a promotion is open when people were told by the run %s', (_label, changes, part) => {
    const news = runEndedMessage(run(changes), promotion);
    expect(news?.subject).toBe('mq-dr ACT NOW: promotion of orders still open after its switchover run');
    expect(news?.message).toContain(part);
    expect(news?.message).toContain('Its promotion of b-1 (SWITCHOVER) is still open');
  });

  it.each(['FAILED', 'RUNNING', 'unknown'])('tells about a stopped step of a run that is %s', (status) => {
    const news = runEndedMessage(run({ status: 'ABORTED', parent: { executionArn: 'arn:root', status } }), undefined);
    expect(news?.subject).toBe('mq-dr ACT NOW: switchover of orders ended: ABORTED');
    expect(news?.message).toContain('It was a step of arn:root. If that run failed too, start that one again');
    expect(news?.message).not.toContain('lock');
  });

  it('tells about a step that failed while its run was stopped', () => {
    const news = runEndedMessage(run({ parent: { executionArn: 'arn:root', status: 'ABORTED' } }), undefined);
    expect(news?.subject).toBe('mq-dr ACT NOW: switchover of orders ended: FAILED');
  });

  it('does not take another failed task for a failed child', () => {
    expect(runEndedMessage(run({ error: 'States.TaskFailed', cause: 'no JSON' }), undefined)).toBeDefined();
    expect(runEndedMessage(run({ error: 'States.TaskFailed', cause: 'null' }), undefined)).toBeDefined();
  });

  it('shows the beginning of a long cause', () => {
    expect(runEndedMessage(run({ cause: 'x'.repeat(32_000) }), undefined)?.message.length).toBeLessThan(2_500);
  });
});

describe('subjectOfRun', () => {
  it.each([
    ['{"pair":"orders"}', { pair: 'orders' }],
    ['{"cluster":"events"}', { cluster: 'events' }],
    ['{"pair":42}', {}],
    ['[]', {}],
    ['no JSON', {}],
  ])('of %s is %j', (input, expected) => {
    expect(subjectOfRun({ input })).toEqual(expected);
  });
});
