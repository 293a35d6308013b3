import type { State } from '../definition/definition.ts';
import { EvaluationError } from '../expression/evaluator.ts';
import { unexpectedType } from '../expression/functions.ts';
import { isJsonObject, type Json, type JsonObject, jsonBytes, jsonTypeOf } from '../expression/json.ts';
import { maxPayloadBytes, maxVariablesBytes } from '../limits.ts';
import { contextObject } from './context-object.ts';
import type { Frame } from './frame.ts';
import { type ExecutionRun, record } from './run.ts';
import { StateFailure } from './state-failure.ts';

/** What a state leaves behind. */
export interface StateResult {
  readonly output: Json;
  /** New values of variables, all from one snapshot. */
  readonly assigned: JsonObject;
  /** How it was left; undefined at an end. */
  readonly transition: { readonly label: string; readonly next: string } | undefined;
}

/** Where a state with Next or End goes. */
export const transitionToNext = (state: { readonly Next?: string | undefined }): StateResult['transition'] =>
  state.Next === undefined ? undefined : { label: 'Next', next: state.Next };

/** What an evaluation sees in addition to input, context and variables. */
export interface StatesExtras {
  readonly result?: Json;
  readonly errorOutput?: JsonObject;
  /** `$states.context.Map` of an iteration that is about to begin. */
  readonly map?: JsonObject;
}

/** One visit of a state: evaluates its fields and words its failures. */
export class StateScope<S extends State = State> {
  readonly run: ExecutionRun;
  readonly frame: Frame;
  readonly state: S;
  /** 0 at the first try; undefined for states that cannot be retried. */
  retryCount: number | undefined;
  /** Whether this visit continues one that a redrive took up again. */
  readonly resumed: boolean;

  constructor(run: ExecutionRun, frame: Frame, state: S, resumed: boolean) {
    this.run = run;
    this.frame = frame;
    this.state = state;
    this.resumed = resumed;
    this.retryCount = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map' ? 0 : undefined;
  }

  /** @throws StateFailure States.QueryEvaluationError */
  async evaluate(template: Json, field: string, extras: StatesExtras = {}): Promise<Json> {
    const { map, ...members } = extras;
    const context = contextObject(this.run, this.frame, this.retryCount);
    const states = {
      input: this.frame.input,
      context: map === undefined ? context : { ...context, Map: map },
      ...members,
    };
    try {
      return await this.run.services.evaluator.evaluate(template, { states, variables: this.frame.variables }, field);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      throw this.evaluationFailed(error.message, error.location);
    }
  }

  /** As `evaluate`, for a field that must yield a number. @throws StateFailure States.QueryEvaluationError */
  async evaluateInteger(template: Json, field: string, min: number, max: number): Promise<number> {
    const value = await this.evaluate(template, field);
    if (typeof value !== 'number') throw this.wrongType(template, field, 'number', value);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw this.evaluationFailed(
        `The field '${field}' must be an integer from ${min} to ${max}, but was ${value}`,
        field,
      );
    }
    return value;
  }

  /** As `evaluate`, for a field that must yield a string. @throws StateFailure States.QueryEvaluationError */
  async evaluateString(template: string, field: string): Promise<string> {
    const value = await this.evaluate(template, field);
    if (typeof value !== 'string') throw this.wrongType(template, field, 'string', value);
    return value;
  }

  /**
   * Evaluates Assign and Output from one snapshot.
   *
   * @param fallback the output without an Output field
   * @param prefix of the fields' names in messages, e.g. `Catch[0]/`
   */
  async complete(
    fields: { readonly Assign?: JsonObject | undefined; readonly Output?: Json | undefined },
    fallback: Json,
    extras: StatesExtras = {},
    prefix = '',
  ): Promise<Pick<StateResult, 'output' | 'assigned'>> {
    const assigned = fields.Assign === undefined ? {} : await this.evaluate(fields.Assign, `${prefix}Assign`, extras);
    const output =
      fields.Output === undefined ? fallback : await this.evaluate(fields.Output, `${prefix}Output`, extras);
    this.requireSize(output);
    const assignedObject = isJsonObject(assigned) ? assigned : {};
    this.#requireVariablesFit(assignedObject);
    return { output, assigned: assignedObject };
  }

  /** @throws StateFailure States.DataLimitExceeded when the payload is larger than 256 KiB */
  requireSize(value: Json, source = this.frame.stateName): void {
    if (jsonBytes(value) <= maxPayloadBytes) return;
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${source}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }

  /** A failure of evaluation, recorded in the history. */
  evaluationFailed(message: string, location: string | undefined): StateFailure {
    const { stateName, enteredEventId } = this.frame;
    const cause = `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredEventId}). ${message}`;
    const error = 'States.QueryEvaluationError';
    record(this.run, this.frame, 'EvaluationFailed', {
      cause,
      error,
      ...(location === undefined ? {} : { location }),
      state: stateName,
    });
    return new StateFailure(error, cause);
  }

  /** A field that yielded another type than it must. */
  wrongType(template: Json, field: string, expected: string, value: Json): StateFailure {
    const source = typeof template === 'string' ? template.replace(/^\{%\s*|\s*%\}$/g, '') : jsonTypeOf(template);
    return this.evaluationFailed(
      `The JSONata expression '${source}' specified for the field '${field}' ${unexpectedType(expected, value)}`,
      field,
    );
  }

  #requireVariablesFit(assigned: JsonObject): void {
    const names = Object.keys(assigned);
    if (names.length === 0) return;
    const assignedBytes = jsonBytes(assigned);
    let totalBytes = assignedBytes;
    for (const [name, value] of this.frame.variables) if (!names.includes(name)) totalBytes += jsonBytes(value);
    if (assignedBytes <= maxPayloadBytes && totalBytes <= maxVariablesBytes) return;
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state '${this.frame.stateName}' assigns ${assignedBytes} bytes (limit ${maxPayloadBytes}), all variables ` +
        `would be ${totalBytes} bytes (limit ${maxVariablesBytes}); assign less, or keep the data elsewhere.`,
    );
  }
}
