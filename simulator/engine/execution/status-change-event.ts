import type { ExecutionStatusChangeEvent } from '../ports.ts';
import type { Execution } from './execution.ts';
import { redriveEligibility } from './redrive-eligibility.ts';

/** The EventBridge event for the status that an execution has now. @param id of the event */
export const statusChangeEvent = (
  execution: Execution,
  accountId: string,
  nowMs: number,
  id: string,
): ExecutionStatusChangeEvent => {
  const eligibility = redriveEligibility(execution, nowMs);
  return {
    version: '0',
    id,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: accountId,
    time: new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: execution.machine.region,
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machine.arn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAtMs,
      stopDate: execution.stoppedAtMs ?? null,
      input: execution.input,
      output: execution.output ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: execution.redriveCount,
      redriveDate: execution.redrivenAtMs ?? null,
      redriveStatus: eligibility.redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      redriveStatusReason: eligibility.redrivable ? null : eligibility.reason,
      inputDetails: { included: true },
      outputDetails: execution.output === undefined ? null : { included: true },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
    },
  };
};
