import jsonata from 'jsonata';
import { boundEvaluation } from './bound-evaluation.ts';
import { type ExpressionRuntime, registerStepFunctionsFunctions, runtimeBinding } from './functions.ts';
import { copyJson, type Json, type JsonObject, NotJsonError } from './json.ts';

/** An expression could not be evaluated; `States.QueryEvaluationError` in the language. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** The state's field: `Output/result`, `Condition`; undefined where no single field is to blame. */
  readonly location: string | undefined;

  constructor(message: string, location: string | undefined) {
    super(message);
    this.location = location;
  }
}

/** What `$states` and the workflow variables hold during one evaluation. */
export interface Bindings {
  readonly states: JsonObject;
  readonly variables: ReadonlyMap<string, Json>;
}

const open = '{%';
const close = '%}';

/** Whether the whole string is wrapped in `{%` and `%}`; only then it is JSONata. */
export const isExpression = (text: string): boolean =>
  text.startsWith(open) && text.endsWith(close) && text.length >= open.length + close.length;

/** The JSONata source inside `{% … %}`. */
export const expressionSource = (text: string): string => text.slice(open.length, -close.length).trim();

const describeJsonataError = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
    return `${code}${String(error.message)}`;
  }
  return String(error);
};

/** A compiled expression, evaluated within bounds. */
type Evaluate = (bindings: Record<PropertyKey, unknown>) => Promise<unknown>;

/** Evaluates JSONata as Step Functions does. One instance per engine: it compiles each expression once. */
export class Evaluator {
  readonly #runtime: ExpressionRuntime;
  readonly #compiled = new Map<string, Evaluate>();

  constructor(runtime: ExpressionRuntime) {
    this.#runtime = runtime;
  }

  /**
   * A copy of `template` in which every string wrapped in `{% … %}` is replaced by its value.
   *
   * @param location where the template stands in its state, e.g. `Output`
   * @throws EvaluationError when an expression throws, yields nothing, or yields what JSON cannot carry
   */
  async evaluate(template: Json, bindings: Bindings, location: string): Promise<Json> {
    if (typeof template === 'string') {
      return isExpression(template) ? await this.#evaluateExpression(template, bindings, location) : template;
    }
    if (template === null || typeof template !== 'object') return template;
    if (Array.isArray(template)) {
      const elements: Json[] = [];
      for (const [index, element] of template.entries()) {
        elements.push(await this.evaluate(element, bindings, `${location}[${index}]`));
      }
      return elements;
    }
    const members: [string, Json][] = [];
    for (const [key, member] of Object.entries(template)) {
      members.push([key, await this.evaluate(member, bindings, `${location}/${key}`)]);
    }
    return Object.fromEntries(members);
  }

  async #evaluateExpression(text: string, bindings: Bindings, location: string): Promise<Json> {
    const source = expressionSource(text);
    const subject = `The JSONata expression '${source}' specified for the field '${location}'`;
    let result: unknown;
    try {
      result = await this.#compile(source)({
        ...Object.fromEntries(bindings.variables),
        states: bindings.states,
        [runtimeBinding]: this.#runtime,
      });
    } catch (error) {
      throw new EvaluationError(
        `${subject} threw an error during evaluation. ${describeJsonataError(error)}`,
        location,
      );
    }
    if (result === undefined) throw new EvaluationError(`${subject} returned nothing (undefined).`, location);
    try {
      return copyJson(result);
    } catch (error) {
      if (!(error instanceof NotJsonError)) throw error;
      throw new EvaluationError(`${subject} returned an unsupported result type.`, location);
    }
  }

  #compile(source: string): Evaluate {
    let evaluate = this.#compiled.get(source);
    if (evaluate === undefined) {
      const expression = jsonata(source);
      registerStepFunctionsFunctions(expression);
      evaluate = boundEvaluation(expression, source);
      this.#compiled.set(source, evaluate);
    }
    return evaluate;
  }
}
