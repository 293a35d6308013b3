import type { CallCustomerHook, CustomerHookRequest } from '../aws/customer-hook.ts';
import { DrError } from '../runtime/errors.ts';
import type { Finding, PlannedWrite } from '../runtime/finding.ts';

/** The outcome of asking one thing, a mapping or a customer hook, to change. */
export interface Attempt {
  /** What was asked: `mapping <uuid>`, or the function's ARN. */
  readonly target: string;
  /** `pending`: begun, or to be asked again · `unknown`: no answer · `failed`: it will not happen by itself. */
  readonly status: 'done' | 'pending' | 'unknown' | 'failed';
  readonly reason: string;
  /** The write that a dry run would have made. */
  readonly planned?: PlannedWrite;
}

/** Asks one thing; an error becomes its status, so that one of them never hides the others. */
export const attempt = async (target: string, ask: () => Promise<Omit<Attempt, 'target'>>): Promise<Attempt> => {
  try {
    return { target, ...(await ask()) };
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    return { target, status: error.kind === 'transient' ? 'unknown' : 'failed', reason: error.message };
  }
};

/** Asks a customer hook; a dry run only says what it would have asked. */
export const attemptCustomerHook = (
  functionArn: string,
  request: CustomerHookRequest,
  { callCustomerHook, dryRun = false }: { readonly callCustomerHook: CallCustomerHook; readonly dryRun?: boolean },
): Promise<Attempt> =>
  attempt(functionArn, async () => {
    if (dryRun) {
      const payload = { FunctionName: functionArn, Payload: { ...request } };
      const planned = { service: 'lambda', operation: 'Invoke', region: request.region, request: payload };
      return { status: 'pending', reason: 'dry run', planned };
    }
    const answer = await callCustomerHook(functionArn, request);
    return answer.done ? { status: 'done', reason: 'done' } : { status: 'pending', reason: answer.reason };
  });

/** One finding for each thing that is not done; its code begins with the step's name: `HOLD_PENDING`. */
export const findingsOf = (step: 'HOLD' | 'RELEASE' | 'UNFENCE', attempts: readonly Attempt[]): readonly Finding[] =>
  attempts
    .filter(({ status }) => status !== 'done')
    .map(({ target, status, reason }) => ({
      code: `${step}_${status.toUpperCase()}`,
      message: `${target}: ${reason}`,
      evidence: { target, status },
    }));

/** The combined status of the attempts: one failure fails the step, and it is done when every one is. */
export const combinedStatus = (attempts: readonly Attempt[]): 'done' | 'pending' | 'failed' => {
  if (attempts.some(({ status }) => status === 'failed')) return 'failed';
  return attempts.every(({ status }) => status === 'done') ? 'done' : 'pending';
};

/** Evidence of attempts: what was seen of each target. */
export const evidenceOf = (attempts: readonly Attempt[]): Readonly<Record<string, string>> =>
  Object.fromEntries(attempts.map(({ target, reason }) => [target, reason]));
