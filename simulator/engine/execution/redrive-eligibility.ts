import { redrivablePeriodMs } from '../limits.ts';
import type { Execution } from './execution.ts';

export type RedriveEligibility =
  | { readonly redrivable: true }
  | { readonly redrivable: false; readonly reason: string };

/** Whether RedriveExecution would be accepted now, https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html. */
export const redriveEligibility = (execution: Execution, nowMs: number): RedriveEligibility => {
  const refuse = (reason: string): RedriveEligibility => ({ redrivable: false, reason });
  if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
    return refuse(`Execution is ${execution.status} and cannot be redriven`);
  }
  if (execution.history.full) return refuse('Execution history event limit exceeded');
  if (nowMs - (execution.stoppedAtMs ?? nowMs) > redrivablePeriodMs) {
    return refuse('Execution redrivable period exceeded');
  }
  return { redrivable: true };
};
