import { isDeepStrictEqual } from 'node:util';
import * as sfn from '@aws-sdk/client-sfn';
import { checkOutput } from '../../api/input-check.ts';
import { readSdkModel } from '../../api/sdk-model.ts';
import { ApiFault } from '../../api/service.ts';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { InvalidDefinitionError } from '../definition/invalid-definition-error.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import { Engine, type ExecutionSummary } from '../engine.ts';
import { type Json, jsonBytes } from '../expression/json.ts';
import { TaskFailure } from '../ports.ts';
import { definitionOf, type Expectation, expectationOf, type Vector, type VectorAnswer } from './vector.ts';

const region = 'us-east-1';
/** When every execution starts. */
const startMs = Date.parse('2026-01-01T00:00:00Z');

type Members = Readonly<Record<string, unknown>>;
type Event = Members & { readonly type: string };
type Observed = { readonly [M in keyof Expectation]-?: unknown };

const model = readSdkModel(sfn);

/** How the answers of the API differ from what the service's own model allows. */
const unknownMembers = (operation: string, answer: Members): readonly string[] => {
  const described = model.get(operation);
  if (described === undefined) throw new TypeError(`the SDK has no operation ${operation}`);
  return checkOutput(described, answer).map(
    ({ message }) => `${operation} answers what the SDK does not know: ${message}`,
  );
};

const textOfBytes = (bytes: number): string => 'x'.repeat(bytes - '""'.length);

/** One execution of a vector, driven through the engine's API. */
class Rehearsal {
  readonly #vector: Vector;
  readonly #clock = new VirtualClock({ startMs });
  readonly #engine: Engine;
  readonly #calls = new Map<string, { readonly atSeconds: number; readonly payload: Json | undefined }[]>();
  readonly #deviations: string[] = [];

  constructor(vector: Vector) {
    this.#vector = vector;
    this.#engine = new Engine({
      clock: this.#clock,
      random: () => vector.random ?? 0.5,
      accountId: '111122223333',
      invokeTask: async ({ stateName, arguments: { Payload } }) => await this.#callFunction(stateName, Payload),
    });
  }

  async deviations(wanted: Expectation): Promise<readonly string[]> {
    for (const [name, machine] of Object.entries(this.#vector.children ?? {})) {
      this.#engine.createStateMachine({ name, region: region, definition: definitionOf({ machine }) });
    }
    const stateMachineArn = this.#engine.createStateMachine({
      name: 'machine',
      region: region,
      definition: definitionOf(this.#vector),
    });
    const observed = await this.#clock.run('vector', async () => await this.#carryOut(stateMachineArn));
    return [...this.#deviations, ...differences(wanted, observed)];
  }

  async #carryOut(stateMachineArn: string): Promise<Observed> {
    const input = JSON.stringify(this.#vector.input ?? {});
    const executionArn = String(
      (await this.#call('StartExecution', { stateMachineArn, name: 'run', input })).executionArn,
    );
    for (const step of this.#vector.steps ?? []) {
      await this.#clock.sleepMs(startMs + step.atSeconds * 1_000 - this.#clock.nowMs());
      const { call, error, cause, refused } = step;
      const fault = await this.#faultOf(call, { executionArn, ...(error && { error }), ...(cause && { cause }) });
      if (fault !== refused) this.#deviations.push(`${call} at ${step.atSeconds} s: expected ${refused}, got ${fault}`);
    }
    await this.#engine.waitForEnd(executionArn);
    const described = await this.#call('DescribeExecution', { executionArn });
    const { events } = await this.#call('GetExecutionHistory', { executionArn, maxResults: 1_000 });
    const summaries = this.#engine.executions();
    const summary = summaries.find((candidate) => candidate.executionArn === executionArn);
    if (summary === undefined) throw new Error(`the engine lost the execution ${executionArn}`);
    return this.#observe(described, events as readonly Event[], summary, summaries);
  }

  #observe(
    described: Members,
    events: readonly Event[],
    summary: ExecutionSummary,
    summaries: readonly ExecutionSummary[],
  ): Observed {
    const output: Json | undefined = described.output === undefined ? undefined : JSON.parse(String(described.output));
    const callsOf = <T>(read: (call: { atSeconds: number; payload: Json | undefined }) => T): Record<string, T[]> =>
      Object.fromEntries([...this.#calls].map(([state, calls]) => [state, calls.map(read)]));
    const started = summaries.filter(({ parentExecutionArn }) => parentExecutionArn === summary.executionArn);
    const children = Object.groupBy(started, ({ machineName }) => machineName);
    return {
      status: described.status,
      output,
      outputBytes: output === undefined ? undefined : jsonBytes(output),
      error: described.error,
      cause: described.cause,
      causeMatches: described.cause,
      history: events.map(({ type }) => type),
      events,
      durationSeconds: ((summary.stoppedAtMs ?? Number.NaN) - startMs) / 1_000,
      transitions: summary.transitions,
      redriveCount: summary.redriveCount,
      callsAtSeconds: callsOf(({ atSeconds }) => atSeconds),
      payloads: callsOf(({ payload }) => payload),
      children: Object.fromEntries(
        Object.entries(children).map(([name, executions = []]) => [name, executions.map(({ status }) => status)]),
      ),
    };
  }

  async #callFunction(stateName: string, payload: Json | undefined): Promise<Json> {
    const calls = this.#calls.get(stateName) ?? [];
    this.#calls.set(stateName, calls);
    const answers: readonly VectorAnswer[] = this.#vector.functions?.[stateName] ?? [{}];
    const answer = answers[Math.min(calls.length, answers.length - 1)] ?? {};
    calls.push({ atSeconds: (this.#clock.nowMs() - startMs) / 1_000, payload });
    await this.#clock.sleepMs((answer.afterSeconds ?? 0) * 1_000);
    if (answer.error !== undefined) throw new TaskFailure(answer.error, answer.cause ?? '');
    return answer.payloadBytes === undefined ? (answer.payload ?? null) : textOfBytes(answer.payloadBytes);
  }

  async #call(operation: string, input: Members): Promise<Members> {
    const answer = await this.#engine.service.handle({ region, operation, input, caller: undefined });
    this.#deviations.push(...unknownMembers(operation, answer));
    return answer;
  }

  async #faultOf(operation: string, input: Members): Promise<string | undefined> {
    try {
      await this.#call(operation, input);
      return undefined;
    } catch (error) {
      if (error instanceof ApiFault) return error.code;
      throw error;
    }
  }
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 2_000 ? `${text.slice(0, 2_000)} … (${text.length} characters)` : text;
};

/** Whether `found` has everything that `wanted` has; lists must agree in full. */
const includes = (found: unknown, wanted: unknown): boolean => {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return isDeepStrictEqual(found, wanted);
  if (typeof found !== 'object' || found === null) return false;
  const members: Members = { ...found };
  return Object.entries(wanted).every(([name, value]) => includes(members[name], value));
};

/** The first wanted event that is not in the history after the one before it. */
const missingEvent = (found: readonly unknown[], wanted: readonly unknown[]): unknown => {
  let from = 0;
  for (const event of wanted) {
    const offset = found.slice(from).findIndex((candidate) => includes(candidate, event));
    if (offset === -1) return event;
    from += offset + 1;
  }
  return undefined;
};

const differences = (wanted: Expectation, observed: Observed): readonly string[] => {
  const found: string[] = [];
  if (wanted.error !== observed.error) {
    found.push(`error: expected ${show(wanted.error)}, got ${show(observed.error)}: ${show(observed.cause)}`);
  }
  const members = Object.keys(wanted) as (keyof Expectation)[];
  for (const member of members) {
    if (member === 'events') {
      const missing = missingEvent(observed.events as readonly Event[], wanted.events ?? []);
      if (missing !== undefined) found.push(`the history lacks ${show(missing)}; it is ${show(observed.events)}`);
    } else if (member === 'causeMatches') {
      const cause = String(observed.cause);
      if (!new RegExp(wanted.causeMatches ?? '').test(cause))
        found.push(`cause: no match for ${wanted.causeMatches} in ${cause}`);
    } else if (member !== 'error' && !isDeepStrictEqual(observed[member], wanted[member])) {
      found.push(`${member}: expected ${show(wanted[member])}, got ${show(observed[member])}`);
    }
  }
  return found;
};

const refusalDeviations = (vector: Vector): readonly string[] => {
  const wanted = vector.refused ?? [];
  try {
    parseDefinition(JSON.stringify(definitionOf(vector)));
    return ['the definition was accepted'];
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    const { problems } = error;
    const agrees =
      problems.length === wanted.length &&
      problems.every(({ path, message }, index) => {
        const expected = wanted[index];
        return expected !== undefined && path === expected.path && message.includes(expected.says);
      });
    return agrees ? [] : [`expected ${show(wanted)}, got ${show(problems)}`];
  }
};

/**
 * Runs one vector on an engine of its own.
 *
 * @returns everything in which the engine differs from the claim; nothing where it holds
 */
export const deviationsOf = async (vector: Vector): Promise<readonly string[]> => {
  const wanted = expectationOf(vector);
  return wanted === undefined ? refusalDeviations(vector) : await new Rehearsal(vector).deviations(wanted);
};
