import { describe, expect, it } from 'vitest';
import { definitelyNotExecuted, translateError } from '../../../functions/aws/translate-error.ts';
import { sdkError } from '../../support/fake-ports.ts';

const call = { service: 'mq', operation: 'Promote', region: 'us-west-2', subject: 'b-1' };
const withCode = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const throttledByTrait = Object.assign(sdkError('OddException', 400), { $retryable: { throttling: true } });

const cases: readonly (readonly [string, unknown, string, boolean])[] = [
  ['a throttle', sdkError('ThrottlingException', 400), 'ServiceUnavailable', true],
  ['an API throttle', sdkError('TooManyRequestsException', 429), 'ServiceUnavailable', true],
  ['a 429 of any name', sdkError('SlowPlease', 429), 'ServiceUnavailable', true],
  ["a table's throttle", sdkError('ProvisionedThroughputExceededException', 400), 'ServiceUnavailable', true],
  ['a throttle marked by the SDK', throttledByTrait, 'ServiceUnavailable', true],
  ['a 500', sdkError('InternalServerErrorException', 500), 'ServiceUnavailable', false],
  ['a 503', sdkError('ServiceUnavailableException', 503), 'ServiceUnavailable', false],
  ['a timeout', sdkError('TimeoutError'), 'ServiceUnavailable', false],
  ['a reset connection', withCode('ECONNRESET'), 'ServiceUnavailable', false],
  ['an unknown host', withCode('ENOTFOUND'), 'ServiceUnavailable', false],
  ['something that is no error', 'a text', 'ServiceUnavailable', false],
  ['a denial by status', sdkError('ForbiddenException', 403), 'AccessDenied', true],
  ['a denial by name', sdkError('AccessDeniedException', 400), 'AccessDenied', true],
  ['an unauthorized call', sdkError('Whatever', 401), 'AccessDenied', true],
  ['expired credentials', sdkError('ExpiredTokenException', 400), 'AccessDenied', true],
  ['a missing resource by status', sdkError('NotFoundException', 404), 'NotFound', true],
  ['a missing resource by name', sdkError('ResourceNotFoundException', 400), 'NotFound', true],
  ['a bad request', sdkError('BadRequestException', 400), 'RequestRejected', true],
  ['a conflict', sdkError('ConflictException', 409), 'RequestRejected', true],
];

describe('translateError', () => {
  it.each(cases)('gives %s its catalogue name', (_label, error, name) => {
    expect(translateError(error, call)).toMatchObject({ name, cause: error, details: call });
  });

  it('says what was tried, for what and where, and what came back', () => {
    const { message } = translateError(sdkError('BadRequestException', 400, 'Broker is not a replica.'), call);
    expect(message).toBe(
      'mq:Promote for b-1 in us-west-2 was rejected (BadRequestException: Broker is not a replica.)',
    );
  });

  it("names the socket's code where the error has no name of its own", () => {
    expect(translateError(withCode('ECONNRESET'), call).message).toContain('(ECONNRESET: connect ECONNRESET)');
  });
});

describe('definitelyNotExecuted', () => {
  it.each(cases)('is decided for %s', (_label, error, _name, surely) => {
    expect(definitelyNotExecuted(error)).toBe(surely);
  });
});
