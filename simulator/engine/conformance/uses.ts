import { expressionSource, isExpression } from '../expression/evaluator.ts';
import { type ExpressionFacts, ExpressionSyntaxError, inspectExpression } from '../expression/inspect-expression.ts';
import { isJsonObject, type Json, type JsonObject } from '../expression/json.ts';
import { definitionOf, expectationOf, type Vector } from './vector.ts';

/**
 * Something of the language that a vector uses: `Task.Resource`, `Retry.MaxAttempts`, `$uppercase`,
 * `$states.context.Execution.Id`, `event TaskFailed`; `field Parameters` is a field by its name alone.
 */
export type Use = `${string}.${string}` | `$${string}` | `${'resource' | 'error' | 'event' | 'field'} ${string}`;

const nested = ['Retry', 'Catch', 'Choices'];

/** What an expression refers to; nothing where it does not parse, as in a definition that is refused for it. */
const factsOf = (source: string): Pick<ExpressionFacts, 'variables' | 'statesPaths'> => {
  try {
    return inspectExpression(source);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return { variables: new Set(), statesPaths: [] };
  }
};

class Uses {
  readonly found = new Set<Use>();

  graph(graph: JsonObject, owner: 'Machine' | 'Branch' | 'ItemProcessor'): void {
    this.#fields(graph, owner);
    if (isJsonObject(graph.ProcessorConfig)) this.#fields(graph.ProcessorConfig, 'ProcessorConfig');
    for (const state of Object.values(isJsonObject(graph.States) ? graph.States : {})) {
      if (isJsonObject(state)) this.#state(state);
    }
  }

  #state(state: JsonObject): void {
    const { Branches, ItemProcessor, ...own } = state;
    this.#fields(state, String(state.Type));
    this.found.add(`resource ${String(state.Resource)}`);
    for (const name of nested) {
      for (const entry of Array.isArray(state[name]) ? state[name] : []) {
        if (!isJsonObject(entry)) continue;
        this.#fields(entry, name);
        for (const error of Array.isArray(entry.ErrorEquals) ? entry.ErrorEquals : []) {
          this.found.add(`error ${String(error)}`);
        }
      }
    }
    this.#expressions(own);
    for (const branch of Array.isArray(Branches) ? Branches : [])
      if (isJsonObject(branch)) this.graph(branch, 'Branch');
    if (isJsonObject(ItemProcessor)) this.graph(ItemProcessor, 'ItemProcessor');
  }

  #fields(holder: JsonObject, owner: string): void {
    for (const field of Object.keys(holder)) {
      this.found.add(`${owner}.${field}`);
      this.found.add(`field ${field}`);
    }
  }

  #expressions(value: Json): void {
    if (typeof value === 'string') {
      if (isExpression(value) && expressionSource(value) !== '') this.#expression(expressionSource(value));
    } else if (Array.isArray(value)) for (const element of value) this.#expressions(element);
    else if (isJsonObject(value)) for (const member of Object.values(value)) this.#expressions(member);
  }

  #expression(source: string): void {
    const facts = factsOf(source);
    for (const name of facts.variables) this.found.add(`$${name}`);
    for (const path of facts.statesPaths) {
      for (let length = 1; length <= path.length; length++) {
        this.found.add(`$states.${path.slice(0, length).join('.')}`);
      }
    }
  }
}

/** Everything of the language that a vector uses; of an execution also the events and the error that it expects. */
export const usesOf = (vector: Vector): ReadonlySet<Use> => {
  const uses = new Uses();
  uses.graph(definitionOf(vector), 'Machine');
  for (const machine of Object.values(vector.children ?? {})) uses.graph(definitionOf({ machine }), 'Machine');
  const { error, history = [], events = [] } = expectationOf(vector) ?? {};
  if (error !== undefined) uses.found.add(`error ${error}`);
  for (const type of [...history, ...events.map((event) => event.type)]) uses.found.add(`event ${type}`);
  return uses.found;
};
