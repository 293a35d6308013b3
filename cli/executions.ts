import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { clientSettings } from '../functions/aws/client-settings.ts';
import { translateError } from '../functions/aws/translate-error.ts';
import { NotFound } from '../functions/runtime/errors.ts';
import { didYouMean } from '../functions/runtime/nearest-name.ts';
import type { Runtime } from '../functions/runtime/runtime.ts';

/** An execution as DescribeExecution shows it; texts are JSON. */
export interface ExecutionState {
  readonly status: string;
  readonly input: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number | undefined;
}

/** Events of one GetExecutionHistory call; at most 1,000: API_GetExecutionHistory, `maxResults`. */
const eventsPerPage = 200;

/**
 * Executions listed for one workflow, newest first. Of a pair's workflow one run at a time holds the lock, so that
 * many would be an incident of its own, and its newest are shown.
 */
const listedExecutions = 50;

/** Executions of the workflows in one Region. All methods throw ServiceUnavailable, AccessDenied, NotFound. */
export class Executions {
  readonly region: string;
  readonly #client: SFNClient;

  constructor(runtime: Runtime, region: string) {
    this.region = region;
    // A start carries the execution's name, so that a repeated one starts nothing twice.
    this.#client = new SFNClient(clientSettings(runtime, region, 'repeatable'));
  }

  /** ARNs of the Region's state machines by their names. */
  async machines(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let nextToken: string | undefined;
    do {
      const page = await this.#call('ListStateMachines', 'the workflows', () =>
        this.#client.send(new ListStateMachinesCommand({ ...(nextToken !== undefined && { nextToken }) })),
      );
      for (const { name = '', stateMachineArn = '' } of page.stateMachines ?? []) found.set(name, stateMachineArn);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  }

  /** Starts a workflow and gives the execution's ARN; `name` must be unique, and one name starts nothing twice. */
  async start(workflow: string, name: string, input: string): Promise<string> {
    const machines = await this.machines();
    const stateMachineArn = machines.get(workflow);
    if (stateMachineArn === undefined) {
      throw new NotFound(
        `no state machine "${workflow}" is deployed in ${this.region}${didYouMean(workflow, [...machines.keys()])}; ` +
          'check the Region and the account',
        { workflow, region: this.region },
      );
    }
    return await this.#call('StartExecution', workflow, async () => {
      try {
        const { executionArn } = await this.#client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
        if (executionArn !== undefined) return executionArn;
      } catch (error) {
        // The name is the caller's alone: a first attempt started it, its answer was lost, and it has ended since.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
      return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    });
  }

  async describe(executionArn: string): Promise<ExecutionState> {
    const found = await this.#call('DescribeExecution', executionArn, () =>
      this.#client.send(new DescribeExecutionCommand({ executionArn })),
    );
    return {
      status: found.status ?? 'UNKNOWN',
      input: found.input ?? '{}',
      output: found.output,
      error: found.error,
      cause: found.cause,
      startedAtMs: found.startDate?.getTime() ?? 0,
      stoppedAtMs: found.stopDate?.getTime(),
    };
  }

  /** ARNs of a state machine's running executions, newest first, 50 at most. */
  async running(stateMachineArn: string): Promise<readonly string[]> {
    const { executions = [] } = await this.#call('ListExecutions', stateMachineArn, () =>
      this.#client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: listedExecutions }),
      ),
    );
    return executions.flatMap(({ executionArn }) => executionArn ?? []);
  }

  /** The events after the one with that id, oldest first; they are read from the end, so an old history costs nothing. */
  async eventsAfter(executionArn: string, lastId: number): Promise<readonly HistoryEvent[]> {
    const newestFirst: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#call('GetExecutionHistory', executionArn, () =>
        this.#client.send(
          new GetExecutionHistoryCommand({
            executionArn,
            reverseOrder: true,
            includeExecutionData: true,
            maxResults: eventsPerPage,
            ...(nextToken !== undefined && { nextToken }),
          }),
        ),
      );
      const fresh = (page.events ?? []).filter(({ id = 0 }) => id > lastId);
      newestFirst.push(...fresh);
      nextToken = fresh.length === page.events?.length ? page.nextToken : undefined;
    } while (nextToken !== undefined);
    return newestFirst.reverse();
  }

  async #call<T>(operation: string, subject: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw translateError(error, { service: 'states', operation, region: this.region, subject });
    }
  }
}
