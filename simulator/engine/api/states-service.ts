import { ApiFault, type ApiRequest, type ApiService, type Members } from '../../api/service.ts';
import type { Execution, StateMachine } from '../execution/execution.ts';
import { pageByOffset } from './paging.ts';
import { isOperation, type Operation, parseRequest, type Request, requests } from './requests.ts';
import {
  describeExecution,
  describeStateMachine,
  executionListItem,
  historyEvent,
  stateMachineListItem,
  toEpochSeconds,
} from './wire.ts';

/** What the service answers from: the engine's machines and executions. ARNs are looked up in one Region only. */
export interface StatesBackend {
  nowMs(): number;
  /** @throws ApiFault InvalidArn, StateMachineDoesNotExist */
  findMachine(region: string, arn: string): StateMachine;
  /** @throws ApiFault InvalidArn, ExecutionDoesNotExist */
  findExecution(region: string, arn: string): Execution;
  /** In order of creation. */
  machinesIn(region: string): readonly StateMachine[];
  /** In order of their start. */
  executionsOf(machine: StateMachine): readonly Execution[];
  /** @throws ApiFault InvalidName, InvalidExecutionInput, ExecutionAlreadyExists */
  start(machine: StateMachine, name: string | undefined, input: string): Execution;
  stop(execution: Execution, error: string | undefined, cause: string | undefined): void;
  /** @throws ApiFault ExecutionNotRedrivable */
  redrive(execution: Execution, clientToken: string | undefined): void;
}

type Handlers = { readonly [O in Operation]: (backend: StatesBackend, region: string, request: Request<O>) => Members };

const withToken = (member: string, items: readonly unknown[], nextToken: string | undefined): Members => ({
  [member]: items,
  ...(nextToken === undefined ? {} : { nextToken }),
});

const handlers: Handlers = {
  StartExecution: (backend, region, request) => {
    const machine = backend.findMachine(region, request.stateMachineArn);
    const execution = backend.start(machine, request.name, request.input ?? '{}');
    return { executionArn: execution.arn, startDate: toEpochSeconds(execution.startedAtMs) };
  },
  DescribeExecution: (backend, region, request) =>
    describeExecution(
      backend.findExecution(region, request.executionArn),
      backend.nowMs(),
      request.includedData !== 'METADATA_ONLY',
    ),
  GetExecutionHistory: (backend, region, request) => {
    const execution = backend.findExecution(region, request.executionArn);
    const reverse = request.reverseOrder === true;
    const events = reverse ? execution.history.events.toReversed() : execution.history.events;
    const page = pageByOffset(events, request, `history ${execution.arn} ${reverse}`);
    const withData = request.includeExecutionData !== false;
    const shown = page.items.map((event) => historyEvent(event, withData));
    return withToken('events', shown, page.nextToken);
  },
  ListExecutions: (backend, region, request) => {
    const machine = backend.findMachine(region, request.stateMachineArn);
    const { statusFilter, redriveFilter } = request;
    const matching = backend
      .executionsOf(machine)
      .toReversed()
      .filter((execution) => statusFilter === undefined || execution.status === statusFilter)
      .filter(
        (execution) => redriveFilter === undefined || execution.redriveCount > 0 === (redriveFilter === 'REDRIVEN'),
      );
    const page = pageByOffset(
      matching,
      request,
      `executions ${machine.arn} ${statusFilter ?? ''} ${redriveFilter ?? ''}`,
    );
    return withToken('executions', page.items.map(executionListItem), page.nextToken);
  },
  StopExecution: (backend, region, request) => {
    const execution = backend.findExecution(region, request.executionArn);
    backend.stop(execution, request.error, request.cause);
    return { stopDate: toEpochSeconds(execution.stoppedAtMs ?? backend.nowMs()) };
  },
  RedriveExecution: (backend, region, request) => {
    const execution = backend.findExecution(region, request.executionArn);
    backend.redrive(execution, request.clientToken);
    return { redriveDate: toEpochSeconds(execution.redrivenAtMs ?? backend.nowMs()) };
  },
  DescribeStateMachine: (backend, region, request) =>
    describeStateMachine(
      backend.findMachine(region, request.stateMachineArn),
      request.includedData !== 'METADATA_ONLY',
    ),
  ListStateMachines: (backend, region, request) => {
    const page = pageByOffset(backend.machinesIn(region), request, `machines ${region}`);
    return withToken('stateMachines', page.items.map(stateMachineListItem), page.nextToken);
  },
};

const handleOperation = <O extends Operation>(
  backend: StatesBackend,
  operation: O,
  region: string,
  input: Members,
): Members => handlers[operation](backend, region, parseRequest(operation, input));

/** The Step Functions API over an engine. */
export const statesService = (backend: StatesBackend): ApiService => ({
  signingName: 'states',
  handle: async ({ operation, region, input }: ApiRequest) => {
    if (!isOperation(operation)) {
      throw new ApiFault(
        'UnknownOperationException',
        400,
        `${operation} is not modelled by the embedded Step Functions; it serves ${Object.keys(requests).join(', ')}`,
      );
    }
    return handleOperation(backend, operation, region, input);
  },
});
