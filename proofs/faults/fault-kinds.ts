import type { FaultInput } from '../../simulator/world/fault-schema.ts';

/** What may go wrong with the calls of one state: the columns of the matrix. */
export const callFaultKinds = [
  'throttled',
  '500',
  'timeout',
  'connection reset',
  'access denied',
  'not found',
  '400 wrong state',
  'malformed answer',
  'slow answer',
  'Region dark',
  'stale read',
] as const;
export type CallFaultKind = (typeof callFaultKinds)[number];

/** What each service says about something that it does not have: its error's name and status. */
const absent: Readonly<Record<string, readonly [code: string, statusCode: number]>> = {
  mq: ['NotFoundException', 404],
  dynamodb: ['ResourceNotFoundException', 400],
  lambda: ['ResourceNotFoundException', 404],
  secretsmanager: ['ResourceNotFoundException', 400],
  ssm: ['ParameterNotFound', 400],
  sns: ['NotFound', 404],
  s3: ['NoSuchKey', 404],
  states: ['ExecutionDoesNotExist', 400],
  monitoring: ['ResourceNotFound', 404],
  events: ['ResourceNotFoundException', 400],
  rabbitmq: ['not_found', 404],
  'activemq-console': ['not_found', 404],
};

/** What each service says about a request that does not fit the state of things. */
const wrongState: Readonly<Record<string, readonly [code: string, statusCode: number]>> = {
  mq: ['BadRequestException', 400],
  dynamodb: ['ValidationException', 400],
  lambda: ['InvalidParameterValueException', 400],
  secretsmanager: ['InvalidRequestException', 400],
  ssm: ['ValidationException', 400],
  sns: ['InvalidParameter', 400],
  s3: ['InvalidRequest', 400],
  states: ['InvalidArn', 400],
  monitoring: ['InvalidParameterValue', 400],
  events: ['ValidationException', 400],
  rabbitmq: ['bad_request', 400],
  'activemq-console': ['bad_request', 400],
};

const answered = (
  codes: Readonly<Record<string, readonly [code: string, statusCode: number]>>,
  caller: string,
): readonly FaultInput[] =>
  Object.entries(codes).map(([service, [code, statusCode]]) => ({ kind: 'error', service, code, statusCode, caller }));

/** Longer than a client waits for an answer, 8 s, and than a function runs. */
const neverMs = 60_000;
/** Shorter than a client waits; a few such calls exceed the function's own time. */
const slowMs = 5_000;

/**
 * The simulator's faults that make one column come true for the calls of a caller.
 *
 * @param caller name of the function's actor, `*` for any text
 * @param otherRegion the Region that the workflow does not run in
 */
export const faultsOf = (kind: CallFaultKind, caller: string, otherRegion: string): readonly FaultInput[] => {
  switch (kind) {
    case 'throttled':
      return [{ kind: 'throttling', caller }];
    case '500':
      return [{ kind: 'server-error', statusCode: 500, caller }];
    case 'timeout':
      return [{ kind: 'slow-answer', delayMs: neverMs, caller }];
    case 'connection reset':
      return [{ kind: 'connection-reset', when: 'after', caller }];
    case 'access denied':
      return [{ kind: 'access-denied', caller }];
    case 'not found':
      return answered(absent, caller);
    case '400 wrong state':
      return answered(wrongState, caller);
    case 'malformed answer':
      return [{ kind: 'malformed-answer', caller }];
    case 'slow answer':
      return [{ kind: 'slow-answer', delayMs: slowMs, caller }];
    case 'Region dark':
      return [{ kind: 'region-blackout', region: otherRegion }];
    case 'stale read':
      return [{ kind: 'stale-answer', caller }];
  }
};
