import type { Expression } from 'jsonata';
import { maxEvaluationDepth, maxEvaluationSteps } from '../limits.ts';

/** Where JSONata 2.0.6 looks for functions to call before and after it evaluates a node of its syntax tree. */
const beforeNode = Symbol.for('jsonata.__evaluate_entry');
const afterNode = Symbol.for('jsonata.__evaluate_exit');

/**
 * Evaluates an expression so that it ends: the service gives up on an endless one with `Stack overflow error` or
 * `Expression evaluation timeout`, https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. It counts steps
 * rather than time, so that a run repeats exactly.
 *
 * @param source the expression's text; without a function of its own an expression cannot go on for ever
 */
export const boundEvaluation = (
  expression: Expression,
  source: string,
): ((bindings: Record<PropertyKey, unknown>) => Promise<unknown>) => {
  if (!/function|λ/.test(source)) return async (bindings) => await expression.evaluate(undefined, bindings);
  let depth = 0;
  let steps = 0;
  // The library takes symbols as names here, though its types say strings.
  const assign = expression.assign as (name: string | symbol, value: unknown) => void;
  assign(beforeNode, () => {
    depth++;
    steps++;
    if (depth > maxEvaluationDepth) throw new Error('Stack overflow error');
    if (steps > maxEvaluationSteps) throw new Error('Expression evaluation timeout');
  });
  assign(afterNode, () => {
    depth--;
  });
  return async (bindings) => {
    depth = 0;
    steps = 0;
    return await expression.evaluate(undefined, bindings);
  };
};
