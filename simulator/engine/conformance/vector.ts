import * as z from 'zod';
import { historyEventTypes } from '../execution/history.ts';
import { isJsonObject, type Json, type JsonObject } from '../expression/json.ts';

const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' });
const seconds = z.number().min(0);
const bytes = z.int().min(2);

/** What the function of a Task state does at one call; by default it returns null at once. */
const functionAnswer = z.strictObject({
  afterSeconds: seconds.optional(),
  payload: json.optional(),
  /** Returns a text whose JSON has so many bytes. */
  payloadBytes: bytes.optional(),
  /** Fails with this name. */
  error: z.string().optional(),
  cause: z.string().optional(),
});

/** A call of the Step Functions API while the execution runs, or after. */
const step = z.strictObject({
  /** Since the start of the execution. */
  atSeconds: seconds,
  call: z.enum(['StopExecution', 'RedriveExecution']),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** Code of the fault that the call must answer with. */
  refused: z.string().optional(),
});

const event = z.looseObject({ type: z.enum(historyEventTypes) });

const expectation = z.strictObject({
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  output: json.optional(),
  /** Bytes of the output's JSON. */
  outputBytes: bytes.optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** Regular expression. */
  causeMatches: z.string().optional(),
  /** Types of all history events, in order. */
  history: z.array(z.enum(historyEventTypes)).optional(),
  /** Events that must be in the history in this order, with the members that are given. */
  events: z.array(event).optional(),
  durationSeconds: seconds.optional(),
  /** State transitions as they are billed. */
  transitions: z.int().optional(),
  redriveCount: z.int().optional(),
  /** By state: seconds from the start to each call of its function. */
  callsAtSeconds: z.record(z.string(), z.array(seconds)).optional(),
  /** By state: what its function was called with. */
  payloads: z.record(z.string(), z.array(json)).optional(),
  /** By machine: status of each execution that a Task started, in order. */
  children: z.record(z.string(), z.array(z.string())).optional(),
});

const refusal = z.strictObject({
  /** Place in the definition. */
  path: z.string(),
  /** Part of the message. */
  says: z.string().min(1),
});

const vector = z
  .strictObject({
    /** What is claimed: one row of the table. */
    claim: z.string().min(1),
    /** Public address of the text that says so; `engine` for a limit of the engine's own. */
    source: z.union([z.url(), z.literal('engine')]),
    /** A whole definition. */
    definition: jsonObject.optional(),
    /** A definition without its QueryLanguage, which is JSONata. */
    machine: jsonObject.optional(),
    /** The only state of a machine; it is called `Only`. */
    state: jsonObject.optional(),
    /** JSONata without `{%` and `%}`: the Output of the only state. */
    expression: z.string().optional(),
    /** `{}` by default. */
    input: json.optional(),
    /** By state: answers in the order of the calls; the last one repeats. */
    functions: z.record(z.string(), z.array(functionAnswer).min(1)).optional(),
    /** Other machines by name, each as under `machine`. */
    children: z.record(z.string(), jsonObject).optional(),
    /** Every random number; 0.5 by default. */
    random: z.number().min(0).lt(1).optional(),
    steps: z.array(step).optional(),
    expect: expectation.optional(),
    /** What the expression yields: short for an expectation. */
    yields: json.optional(),
    /** Everything that is wrong with the definition, in order. */
    refused: z.array(refusal).min(1).optional(),
  })
  .check(({ value, issues }) => {
    const subjects = [value.definition, value.machine, value.state, value.expression];
    const outcomes = [value.expect, value.yields, value.refused];
    if (subjects.filter((subject) => subject !== undefined).length !== 1) {
      issues.push({ code: 'custom', input: value, message: 'needs one of definition, machine, state, expression' });
    }
    if (outcomes.filter((outcome) => outcome !== undefined).length !== 1) {
      issues.push({ code: 'custom', input: value, message: 'needs one of expect, yields, refused' });
    }
  });

/** Vectors about one part of the language; a section of the table. */
export const vectorGroup = z.strictObject({
  title: z.string().min(1),
  about: z.string().min(1).optional(),
  vectors: z.array(vector).min(1),
});

/** One claim about the engine, with what shows it. */
export type Vector = z.output<typeof vector>;
export type VectorGroup = z.output<typeof vectorGroup>;
export type Expectation = z.output<typeof expectation>;
export type VectorAnswer = z.output<typeof functionAnswer>;

/** The whole definition that a vector is about. */
export const definitionOf = (subject: Pick<Vector, 'definition' | 'machine' | 'state' | 'expression'>): JsonObject => {
  if (subject.definition !== undefined) return subject.definition;
  if (subject.machine !== undefined) return { QueryLanguage: 'JSONata', ...subject.machine };
  const state = subject.state ?? { Type: 'Pass', Output: `{% ${subject.expression} %}`, End: true };
  return { QueryLanguage: 'JSONata', StartAt: 'Only', States: { Only: state } };
};

/** What must come of a vector's execution; undefined for a definition that is refused. */
export const expectationOf = (subject: Vector): Expectation | undefined =>
  subject.yields === undefined ? subject.expect : { status: 'SUCCEEDED', output: subject.yields };
