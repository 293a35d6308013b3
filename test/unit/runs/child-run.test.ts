import { describe, expect, it } from 'vitest';
import { failedByChild, parentOf } from '../../../functions/runs/child-run.ts';

const cause = '{"ExecutionArn":"arn:aws:states:x","Status":"FAILED"}';

describe('failedByChild', () => {
  it.each([
    ['a child that failed', { error: 'States.TaskFailed', cause }, true],
    ['another task that failed', { error: 'States.TaskFailed', cause: 'no JSON' }, false],
    ['a task that failed with nothing to say', { error: 'States.TaskFailed', cause: 'null' }, false],
    ['a task without a cause', { error: 'States.TaskFailed' }, false],
    ['an error of its own with such a cause', { error: 'AccessDenied', cause }, false],
  ])('knows %s', (_label, run, expected) => {
    expect(failedByChild(run)).toBe(expected);
  });
});

describe('parentOf', () => {
  it.each([
    ['{"pair":"orders","parentRun":{"executionArn":"arn:root","fence":3}}', 'arn:root'],
    ['{"pair":"orders"}', undefined],
    ['{"parentRun":null}', undefined],
    ['{"parentRun":{"executionArn":42}}', undefined],
    ['[]', undefined],
    ['no JSON', undefined],
  ])('of %s is %s', (input, expected) => {
    expect(parentOf(input)).toBe(expected);
  });
});
