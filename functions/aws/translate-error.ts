import { AccessDenied, type DrError, NotFound, RequestRejected, ServiceUnavailable } from '../runtime/errors.ts';

/** What a failed SDK call was about, for the message. */
export interface FailedCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly subject: string;
}

interface SdkErrorShape {
  readonly name: string;
  readonly message: string;
  readonly statusCode: number | undefined;
  readonly throttled: boolean;
}

/** Codes with which AWS services throttle; DynamoDB's table limit has one of its own. */
const throttledNames = /Throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|SlowDown/;

const shapeOf = (error: unknown): SdkErrorShape => {
  const from = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly name?: string;
    readonly message?: string;
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $retryable?: { readonly throttling?: boolean };
  };
  return {
    name: from.name === undefined || from.name === 'Error' ? (from.code ?? 'Error') : from.name,
    message: from.message ?? String(error),
    statusCode: from.$metadata?.httpStatusCode,
    throttled:
      from.$retryable?.throttling === true ||
      from.$metadata?.httpStatusCode === 429 ||
      throttledNames.test(from.name ?? ''),
  };
};

/** Codes with which AWS services refuse a caller. */
const deniedNames = /^(AccessDenied|Forbidden|Unauthorized|UnrecognizedClient|InvalidClientTokenId|ExpiredToken)/;

/**
 * Whether the service definitely did not act on the call: it answered, and with a refusal or a throttle. Everything else
 * (a 5xx, a timeout, a reset connection) leaves the outcome of a write unknown.
 */
export const definitelyNotExecuted = (error: unknown): boolean => {
  const { statusCode, throttled } = shapeOf(error);
  return throttled || (statusCode !== undefined && statusCode >= 400 && statusCode < 500);
};

/** Gives an SDK error the name that the workflows know; the SDK's error stays as its cause. */
export const translateError = (error: unknown, call: FailedCall): DrError => {
  const { name, message, statusCode, throttled } = shapeOf(error);
  const tried = `${call.service}:${call.operation} for ${call.subject} in ${call.region}`;
  const details = { ...call, error: name, statusCode };
  const options = { cause: error };
  if (throttled || statusCode === undefined || statusCode >= 500) {
    return new ServiceUnavailable(`${tried} got no usable answer (${name}: ${message})`, details, options);
  }
  if (deniedNames.test(name) || statusCode === 401 || statusCode === 403) {
    return new AccessDenied(
      `${tried} was denied (${name}: ${message}); allow this action on this resource in the caller's role`,
      details,
      options,
    );
  }
  if (name === 'NotFoundException' || name === 'ResourceNotFoundException' || statusCode === 404) {
    return new NotFound(
      `${tried} found nothing (${message}); check the ARN, the Region and the account`,
      details,
      options,
    );
  }
  return new RequestRejected(`${tried} was rejected (${name}: ${message})`, details, options);
};
