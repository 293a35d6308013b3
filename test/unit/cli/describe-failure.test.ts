import { describe, expect, it } from 'vitest';
import { describeFailure, lacksCredentials } from '../../../cli/describe-failure.ts';
import { OperatorError } from '../../../cli/operator-error.ts';
import { translateError } from '../../../functions/aws/translate-error.ts';
import { sdkError } from '../../support/fake-ports.ts';

const call = { service: 'states', operation: 'StartExecution', region: 'us-west-2', subject: 'switchover' };
const translated = (error: Error) => describeFailure(translateError(error, call));
const coded = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('describeFailure', () => {
  it.each([
    ['missing credentials', sdkError('CredentialsProviderError'), 'set AWS_PROFILE, or log in'],
    ['expired credentials', sdkError('ExpiredTokenException', 403), 'log in again'],
    ['an unknown key', sdkError('UnrecognizedClientException', 400), 'log in again'],
    ['a refused connection', coded('ECONNREFUSED'), 'check the network, the Region and AWS_ENDPOINT_URL'],
    ['an unknown host', coded('ENOTFOUND'), 'if the Region is lost, give --region with another one'],
    ['several refused addresses', new AggregateError([coded('ECONNREFUSED')], ''), 'AWS_ENDPOINT_URL'],
    ['a denied call', sdkError('AccessDeniedException', 400), 'your own identity needs this permission'],
    ['a missing table', sdkError('ResourceNotFoundException', 400), 'set --region to a Region that has the table'],
    ['an answer that never came', sdkError('TimeoutError'), 'a write may have happened: check with mq-dr status'],
  ])('says what to do about %s, in one line', (_what, error, advice) => {
    const failure = translated(error);
    expect(failure.message).toContain(advice);
    expect(failure.message).not.toContain('\n');
    expect(failure.exitCode).toBe(1);
  });

  it('tells a refusal from wrong usage by the exit code', () => {
    expect(describeFailure(OperatorError.refused('no'))).toEqual({ name: 'Refused', message: 'no', exitCode: 2 });
    expect(describeFailure(OperatorError.usage('no'))).toEqual({ name: 'UsageError', message: 'no', exitCode: 1 });
  });

  it('keeps escape codes of foreign text away from the terminal', () => {
    expect(describeFailure(OperatorError.refused('a\u001b[31mred\nline')).message).toBe('a [31mred line');
  });

  it('shows where our own faults are', () => {
    expect(describeFailure(new TypeError('oops'))).toMatchObject({
      name: 'InternalError',
      message: expect.stringContaining('describe-failure.test.ts'),
    });
  });

  it('does not run in circles', () => {
    const error = new Error('self');
    error.cause = error;
    expect(lacksCredentials(error)).toBe(false);
  });
});
