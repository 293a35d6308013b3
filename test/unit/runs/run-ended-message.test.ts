import { describe, expect, it } from 'vitest';
import { type LeftBehind, subjectOfInput } from '../../../functions/control/left-behind.ts';
import { type EndedRun, hasPromoted, runEndedMessage } from '../../../functions/runs/run-ended-message.ts';
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
const nothing: LeftBehind = { lockedScopes: [], promotion: undefined, hold: undefined };
const hold = { region: 'us-west-2', executionArn: run().executionArn, heldAtMs: 1 };
const ofChild = { error: 'States.TaskFailed', cause: '{"ExecutionArn":"arn:aws:states:x","Status":"FAILED"}' };

describe('runEndedMessage', () => {
  it('tells about a run that could not do so itself, with its cause and the way on', () => {
    const { subject, message } = runEndedMessage(run(), nothing) ?? {};
    expect(subject).toBe('mq-dr ACT NOW: switchover of orders ended: FAILED');
    for (const part of ['FAILED, AccessDenied', 'not allowed', 'Start a new run with the same input', 'run-1']) {
      expect(message).toContain(part);
    }
  });

  it.each(['TIMED_OUT', 'ABORTED'])('says what a redrive of a run that is %s would find', (status) => {
    const news = runEndedMessage(run({ status, error: undefined, cause: undefined }), nothing);
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
    expect(runEndedMessage(run(changes), nothing)).toBeUndefined();
  });

  it.each<[string, Partial<EndedRun>, string]>([
    ['itself', { reportedBy: 'ReportStall' }, 'its state ReportStall has already paged about that'],
    ['by its child', ofChild, 'the child execution has already paged about that'],
  ])('adds only that a promotion is open when people were told by the run %s', (_label, changes, part) => {
    const news = runEndedMessage(run(changes), { ...nothing, promotion });
    expect(news?.subject).toBe('mq-dr ACT NOW: promotion of orders still open after its switchover run');
    expect(news?.message).toContain(part);
    expect(news?.message).toContain('Its promotion of b-1 (SWITCHOVER) is still open');
  });

  it.each(['FAILED', 'RUNNING', 'unknown'])('tells about a stopped step of a run that is %s', (status) => {
    const news = runEndedMessage(run({ status: 'ABORTED', parent: { executionArn: 'arn:root', status } }), nothing);
    expect(news?.subject).toBe('mq-dr ACT NOW: switchover of orders ended: ABORTED');
    expect(news?.message).toContain('It was a step of arn:root. If that run failed too, start that one again');
    expect(news?.message).not.toContain('lock');
  });

  it('tells about a step that failed while its run was stopped', () => {
    const news = runEndedMessage(run({ parent: { executionArn: 'arn:root', status: 'ABORTED' } }), nothing);
    expect(news?.subject).toBe('mq-dr ACT NOW: switchover of orders ended: FAILED');
  });

  it('does not take another failed task for a failed child', () => {
    expect(runEndedMessage(run({ error: 'States.TaskFailed', cause: 'no JSON' }), nothing)).toBeDefined();
    expect(runEndedMessage(run({ error: 'States.TaskFailed', cause: 'null' }), nothing)).toBeDefined();
  });

  it('shows the beginning of a long cause', () => {
    expect(runEndedMessage(run({ cause: 'x'.repeat(32_000) }), nothing)?.message.length).toBeLessThan(2_500);
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
    expect(subjectOfInput(input)).toEqual(expected);
  });
});

describe('runEndedMessage about held consumers', () => {
  it('adds to a report that they are held, which is otherwise told by nobody', () => {
    const news = runEndedMessage(run({ reportedBy: 'ReportStall' }), { ...nothing, hold });
    expect(news?.subject).toBe('mq-dr ACT NOW: consumers of orders still held after its switchover run');
    expect(news?.message).toContain('It left the consumers in us-west-2 held.');
  });
});

describe('runEndedMessage about a run that succeeded', () => {
  const succeeded = run({ status: 'SUCCEEDED', output: '{"outcome":"FailedOver"}', machine: 'failover' });

  it('is silent when nothing is left', () => {
    expect(runEndedMessage(succeeded, nothing)).toBeUndefined();
  });

  it('names everything that it could not give back, and what became of it', () => {
    const news = runEndedMessage(succeeded, { lockedScopes: ['PAIR#orders'], promotion, hold });
    expect(news?.subject).toBe('mq-dr INFO: failover of orders left something behind');
    for (const part of ['(FailedOver)', 'Its lock of PAIR#orders', 'promotion of b-1 is closed now', 'held']) {
      expect(news?.message).toContain(part);
    }
  });

  it.each([
    ['{"outcome":"FailedOver"}', true],
    ['{"outcome":"SwitchedOver"}', true],
    ['{"outcome":"Escalated"}', true],
    ['{"outcome":"Refused"}', false],
    [undefined, false],
  ])('with the output %s has promoted: %s', (output, expected) => {
    expect(hasPromoted(run({ status: 'SUCCEEDED', output }))).toBe(expected);
    expect(hasPromoted(run({ status: 'FAILED', output }))).toBe(false);
  });
});
