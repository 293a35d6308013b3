import type { Context } from 'aws-lambda';
import { type Runtime, runWithRuntime } from '../functions/runtime/runtime.ts';
import { functions, functionTimeoutSeconds } from '../infra/catalogue.ts';
import { functionArnOf } from '../infra/names.ts';
import { ActorKilledError } from '../simulator/clock/actor.ts';
import type { VirtualClock } from '../simulator/clock/virtual-clock.ts';
import { type TaskCall, TaskFailure } from '../simulator/engine/ports.ts';
import type { LambdaHandler } from './handlers.ts';

/** What one invocation gets from the test bed in addition to its event. */
export interface Invocation {
  readonly functionName: string;
  readonly region: string;
}

/** What a function answered, and to what; both as they went through JSON. */
export interface FunctionAnswer extends Invocation {
  readonly event: unknown;
  readonly answer: unknown;
}

/** What an invocation runs in, and what happens when its process dies. */
export interface InvocationRuntime {
  readonly runtime: Runtime;
  /** Breaks off the connections that the process had open, as the kernel does. */
  died(): void;
}

export interface LambdaOptions {
  readonly clock: VirtualClock;
  readonly handlers: ReadonlyMap<string, LambdaHandler>;
  readonly accountId: string;
  /** Asked before each try of a Task state; what it gives instead is what the state sees, and no function runs. */
  readonly replaceTask: (call: TaskCall) => TaskFailure | { readonly result: unknown } | undefined;
  /** Whether the function's time limit ends this actor; a fault may let it run on. */
  readonly enforcesLimit: (actorName: string) => boolean;
  /** Told what each function answered; it must not wait. */
  readonly onAnswer: (answer: FunctionAnswer) => void;
  /** What one invocation in its Region runs in. */
  readonly runtimeFor: (invocation: Invocation) => InvocationRuntime;
}

/** ARN of a deployed function. */
export const functionArn = (accountId: string, region: string, name: string): string =>
  functionArnOf({ partition: 'aws', accountId, region }, name);

/**
 * Calls the deployed functions as Lambda would: the exported handler, with an event that went through JSON, a context
 * and the function's own timeout. A function that dies gives the errors that Step Functions would show.
 */
export class EmbeddedLambda {
  readonly #options: LambdaOptions;
  #invocations = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** @throws TaskFailure with the error's name and Lambda's JSON cause */
  readonly invokeTask = async (call: TaskCall): Promise<unknown> => {
    const replacement = this.#options.replaceTask(call);
    if (replacement instanceof TaskFailure) throw replacement;
    if (replacement !== undefined) return replacement.result;
    const { FunctionName: arn, Payload: payload } = call.arguments;
    const [, , , region = '', , , name = ''] = String(arn).split(':');
    const functionName = name.replace(/^mq-dr-/, '');
    const handler = this.#options.handlers.get(functionName);
    if (handler === undefined) throw new TaskFailure('Lambda.ResourceNotFoundException', `no function ${String(arn)}`);
    const execution = call.executionArn.split(':').at(-1) ?? '';
    const actorName = `${call.machineName} ${execution}: ${functionName}`;
    return await this.#run(actorName, { functionName, region }, handler, roundTrip(payload ?? null));
  };

  /**
   * Calls a function as an event source does.
   *
   * @throws TaskFailure as `invokeTask`; TypeError for a function that is not deployed
   */
  async invoke(invocation: Invocation, event: unknown): Promise<unknown> {
    const handler = this.#options.handlers.get(invocation.functionName);
    if (handler === undefined) throw new TypeError(`no function "${invocation.functionName}" is deployed`);
    return await this.#run(
      `event ${invocation.region}: ${invocation.functionName}`,
      invocation,
      handler,
      roundTrip(event),
    );
  }

  async #run(actorName: string, invocation: Invocation, handler: LambdaHandler, event: unknown): Promise<unknown> {
    const { clock, runtimeFor } = this.#options;
    this.#invocations += 1;
    const requestId = `invocation-${this.#invocations}`;
    const limitSeconds = timeoutOf(invocation.functionName);
    const deadlineMs = clock.nowMs() + limitSeconds * 1_000;
    const { runtime, died } = runtimeFor(invocation);
    const actor = clock.spawn(actorName, () =>
      runWithRuntime(runtime, () => handler(event, lambdaContext(invocation, requestId, clock, deadlineMs))),
    );
    const limit = clock.spawn(`${actorName} (time limit)`, async () => {
      await clock.sleepMs(limitSeconds * 1_000);
      if (this.#options.enforcesLimit(actor.name)) clock.kill(actor);
    });
    try {
      const answer = roundTrip((await clock.join(actor)) ?? null);
      this.#options.onAnswer({ ...invocation, event, answer });
      return answer;
    } catch (error) {
      if (error instanceof ActorKilledError) died();
      throw taskFailure(error, requestId, clock.nowMs() >= deadlineMs ? limitSeconds : undefined);
    } finally {
      clock.kill(limit);
    }
  }
}

const timeoutOf = (functionName: string): number =>
  functions.find(({ name }) => name === functionName)?.timeoutSeconds ?? functionTimeoutSeconds;

const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** @param timedOutAfterSeconds undefined for a function that did not reach its limit */
const taskFailure = (error: unknown, requestId: string, timedOutAfterSeconds: number | undefined): TaskFailure => {
  if (error instanceof ActorKilledError) {
    return timedOutAfterSeconds !== undefined
      ? new TaskFailure(
          'Sandbox.Timedout',
          JSON.stringify({
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timedOutAfterSeconds}.00 seconds`,
          }),
        )
      : new TaskFailure(
          'Lambda.Unknown',
          'The cause could not be determined because Lambda did not return an error type.',
        );
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new TaskFailure(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
};

const lambdaContext = (
  { functionName, region }: Invocation,
  requestId: string,
  clock: VirtualClock,
  deadlineMs: number,
): Context => ({
  functionName: `mq-dr-${functionName}`,
  functionVersion: '$LATEST',
  invokedFunctionArn: functionArn('', region, functionName),
  memoryLimitInMB: '256',
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/mq-dr-${functionName}`,
  logStreamName: requestId,
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => deadlineMs - clock.nowMs(),
  done: () => {},
  fail: () => {},
  succeed: () => {},
});
