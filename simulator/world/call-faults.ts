import type { ApiCallAttempt } from '../api/api-call.ts';
import type { CallPlan } from '../api/call-plan.ts';
import { ApiFault } from '../api/service.ts';
import { type FaultBoard, fits } from './fault-board.ts';

/** What a caller's process may be made to do around one call. */
export type Interception = 'proceed' | 'kill-before' | 'kill-after';

interface CallMatch {
  readonly region?: string | undefined;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly caller?: string | undefined;
  readonly fromRegion?: string | undefined;
}

/**
 * The name and status that each service gives a throttled call. Amazon MQ declares none; API Gateway's answer is what
 * it sends (docs/amazon-mq.md 9).
 */
const throttlingErrors: Readonly<Record<string, readonly [code: string, statusCode: number]>> = {
  mq: ['TooManyRequestsException', 429],
  monitoring: ['Throttling', 400],
  sns: ['Throttled', 429],
  s3: ['SlowDown', 503],
  lambda: ['TooManyRequestsException', 429],
};

/** What each service says to a caller whose role does not allow the action. */
const denialErrors: Readonly<Record<string, readonly [code: string, statusCode: number]>> = {
  mq: ['ForbiddenException', 403],
  sns: ['AuthorizationError', 403],
  s3: ['AccessDenied', 403],
  lambda: ['AccessDeniedException', 403],
};

/** Names of a failure inside each service. */
const internalErrors: Readonly<Record<string, string>> = {
  mq: 'InternalServerErrorException',
  monitoring: 'InternalServiceFault',
  secretsmanager: 'InternalServiceError',
  sns: 'InternalError',
  s3: 'InternalError',
  dynamodb: 'InternalServerError',
  events: 'InternalException',
  lambda: 'ServiceException',
};

/** The answer with which a service throttles. */
export const throttlingFault = (service: string, message = 'Rate exceeded'): ApiFault => {
  const [code, statusCode] = throttlingErrors[service] ?? ['ThrottlingException', 400];
  return new ApiFault(code, statusCode, message);
};

/** Reads from the faults in force the outcome of one call, and counts the ones that it uses up. */
export const planCall = (board: FaultBoard, attempt: ApiCallAttempt, interception: Interception): CallPlan => {
  const unreachable = unreachableBy(board, attempt);
  if (unreachable !== undefined) return { unreachable };
  const meets = (fault: CallMatch): boolean =>
    fits(fault.region, attempt.region) &&
    fits(fault.service, attempt.service) &&
    fits(fault.operation, attempt.operation) &&
    fits(fault.caller, attempt.caller) &&
    fits(fault.fromRegion, attempt.attemptedByRegion);
  const delay = board.hit('slow-answer', meets);
  const stall = board.hit('late-caller', meets);
  const stale = board.hit('stale-answer', meets);
  const plan = {
    ...(delay !== undefined && { answerDelayMs: delay.delayMs }),
    ...(stall !== undefined && { stallMs: stall.delayMs }),
    ...(stale !== undefined && { staleMs: stale.ageMs }),
  };

  const killBefore = interception === 'kill-before' || board.hit('kill-caller', (f) => f.when === 'before' && meets(f));
  if (killBefore) return { ...plan, beforeEffect: 'kill-caller' };
  if (board.hit('connection-reset', (f) => f.when === 'before' && meets(f))) return { ...plan, beforeEffect: 'reset' };

  const fault = faultAnswer(board, attempt.service, meets);
  if (fault !== undefined) return { ...plan, fault };

  const killAfter = interception === 'kill-after' || board.hit('kill-caller', (f) => f.when === 'after' && meets(f));
  if (killAfter) return { ...plan, afterEffect: 'kill-caller' };
  if (board.hit('connection-reset', (f) => f.when === 'after' && meets(f))) return { ...plan, afterEffect: 'reset' };
  if (board.hit('malformed-answer', meets)) return { ...plan, afterEffect: 'malformed-answer' };
  const lie = board.hit('lying-answer', meets);
  return lie === undefined ? plan : { ...plan, faultAfterEffect: new ApiFault(lie.code, lie.statusCode, lie.message) };
};

const unreachableBy = (board: FaultBoard, attempt: ApiCallAttempt): CallPlan['unreachable'] => {
  const from = attempt.attemptedByRegion;
  // A dark Region neither answers nor gets a call out: its own functions are cut off like everything else in it.
  const dark = board.active('region-blackout').find(({ region }) => region === attempt.region || region === from);
  if (dark !== undefined) return { code: dark.code, afterMs: dark.failAfterMs };
  if (from === undefined || from === attempt.region) return undefined;
  const cut = board.active('partition').find((f) => f.regions.includes(from) && f.regions.includes(attempt.region));
  return cut && { code: 'ETIMEDOUT', afterMs: cut.failAfterMs };
};

const faultAnswer = (
  board: FaultBoard,
  service: string,
  meets: (fault: CallMatch) => boolean,
): ApiFault | undefined => {
  if (board.hit('throttling', meets)) return throttlingFault(service);
  if (board.hit('access-denied', meets)) {
    const [code, statusCode] = denialErrors[service] ?? ['AccessDeniedException', 400];
    return new ApiFault(code, statusCode, 'the caller is not authorized to perform this action (injected by a fault)');
  }
  const failed = board.hit('server-error', meets);
  if (failed !== undefined) {
    const code = internalErrors[service] ?? 'InternalServerError';
    return new ApiFault(code, failed.statusCode, 'the service failed (injected by a fault)');
  }
  const error = board.hit('error', meets);
  return error && new ApiFault(error.code, error.statusCode, error.message);
};
