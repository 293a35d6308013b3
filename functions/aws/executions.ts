import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Runtime } from '../runtime/runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache((runtime, region, purpose) => new SFNClient(clientSettings(runtime, region, purpose)));

/** An execution as DescribeExecution shows it. */
export interface DescribedExecution {
  readonly executionArn: string;
  /** Name of its state machine. */
  readonly machine: string;
  readonly status: string;
  /** JSON text. */
  readonly input: string;
  /** JSON text; undefined until it has succeeded. */
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly redriveCount: number;
}

/** ARN that an execution of the machine gets with this name. */
export const executionArnOf = (machineArn: string, name: string): string =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** Newest events of a history that are searched for a report: the states that follow on one need a handful. */
const searchedEvents = 100;

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** Step Functions, as far as functions start and read executions. All ARNs are of one Region each, which is asked. */
export class Executions {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * Starts an execution with a name that stands for the decision, so that a repeated event starts nothing new:
   * `exists` means that the name was used in the last 90 days
   * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
   *
   * @throws ServiceUnavailable, AccessDenied, RequestRejected
   */
  async start(machineArn: string, name: string, input: unknown): Promise<'started' | 'exists'> {
    return await this.#call('StartExecution', machineArn, async (client) => {
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'exists';
        throw error;
      }
    });
  }

  /** @throws NotFound, ServiceUnavailable, AccessDenied, RequestRejected */
  async describe(executionArn: string): Promise<DescribedExecution> {
    const answer = await this.#call('DescribeExecution', executionArn, (client) =>
      client.send(new DescribeExecutionCommand({ executionArn })),
    );
    return {
      executionArn,
      machine: answer.stateMachineArn?.split(':').at(-1) ?? 'unknown',
      status: answer.status ?? 'unknown',
      input: answer.input ?? 'null',
      output: answer.output,
      error: answer.error,
      cause: answer.cause,
      redriveCount: answer.redriveCount ?? 0,
    };
  }

  /**
   * Name of the newest Task state whose name begins with `Report` and that succeeded: the run itself has notified
   * operators of its end. Undefined when there is none among the last events. @throws as `describe`
   */
  async reportedBy(executionArn: string): Promise<string | undefined> {
    const { events = [] } = await this.#call('GetExecutionHistory', executionArn, (client) =>
      client.send(
        new GetExecutionHistoryCommand({
          executionArn,
          maxResults: searchedEvents,
          reverseOrder: true,
          includeExecutionData: false,
        }),
      ),
    );
    const byId = new Map(events.map((event) => [event.id, event]));
    return events.find(
      (event) =>
        event.type === 'TaskStateExited' &&
        event.stateExitedEventDetails?.name?.startsWith('Report') === true &&
        byId.get(event.previousEventId ?? 0)?.type === 'TaskSucceeded',
    )?.stateExitedEventDetails?.name;
  }

  async #call<T>(operation: string, arn: string, send: (client: SFNClient) => Promise<T>): Promise<T> {
    const region = regionOf(arn);
    try {
      return await send(clients(this.#runtime, region, 'repeatable'));
    } catch (error) {
      throw translateError(error, { service: 'states', operation, region, subject: arn });
    }
  }
}
