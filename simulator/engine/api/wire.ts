import type { Members } from '../../api/service.ts';
import type { Execution, StateMachine } from '../execution/execution.ts';
import { detailsMember, type HistoryEvent } from '../execution/history.ts';
import { redriveEligibility } from '../execution/redrive-eligibility.ts';

/** Seconds since the Unix epoch, as awsJson1.0 carries a timestamp. */
export const toEpochSeconds = (atMs: number): number => atMs / 1_000;

/** Leaves out members that are undefined. */
const defined = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const optionalDate = (atMs: number | undefined): number | undefined =>
  atMs === undefined ? undefined : toEpochSeconds(atMs);

/** Answer of DescribeExecution. @param withData false for `includedData: METADATA_ONLY` */
export const describeExecution = (execution: Execution, nowMs: number, withData: boolean): Members => {
  const eligibility = redriveEligibility(execution, nowMs);
  const { output } = execution;
  return defined({
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: toEpochSeconds(execution.startedAtMs),
    stopDate: optionalDate(execution.stoppedAtMs),
    input: withData ? execution.input : undefined,
    inputDetails: { included: withData },
    output: withData ? output : undefined,
    outputDetails: output === undefined ? undefined : { included: withData },
    error: execution.error,
    cause: execution.cause,
    redriveCount: execution.redriveCount,
    redriveDate: optionalDate(execution.redrivenAtMs),
    redriveStatus: eligibility.redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: eligibility.redrivable ? undefined : eligibility.reason,
  });
};

/** Entry of ListExecutions. */
export const executionListItem = (execution: Execution): Members =>
  defined({
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: toEpochSeconds(execution.startedAtMs),
    stopDate: optionalDate(execution.stoppedAtMs),
    redriveCount: execution.redriveCount,
    redriveDate: optionalDate(execution.redrivenAtMs),
  });

/** Answer of DescribeStateMachine. @param withData false for `includedData: METADATA_ONLY` */
export const describeStateMachine = (machine: StateMachine, withData: boolean): Members =>
  defined({
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: withData ? machine.text : undefined,
    roleArn: machine.roleArn,
    type: 'STANDARD',
    creationDate: toEpochSeconds(machine.createdAtMs),
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  });

/** Entry of ListStateMachines. */
export const stateMachineListItem = (machine: StateMachine): Members => ({
  stateMachineArn: machine.arn,
  name: machine.name,
  type: 'STANDARD',
  creationDate: toEpochSeconds(machine.createdAtMs),
});

const dataMembers = new Set(['input', 'output', 'parameters', 'assignedVariables']);

/** Entry of GetExecutionHistory. @param withData false for `includeExecutionData: false` */
export const historyEvent = (event: HistoryEvent, withData: boolean): Members => {
  const { details } = event;
  const shown =
    details === undefined || withData
      ? details
      : Object.fromEntries(Object.entries(details).filter(([member]) => !dataMembers.has(member)));
  return {
    timestamp: toEpochSeconds(event.atMs),
    type: event.type,
    id: event.id,
    previousEventId: event.previousEventId,
    ...(shown === undefined ? {} : { [detailsMember(event.type)]: shown }),
  };
};
