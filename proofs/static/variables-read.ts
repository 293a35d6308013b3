import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import { inspectExpression } from '../../simulator/engine/expression/inspect-expression.ts';
import type { Json } from '../../simulator/engine/expression/json.ts';

const readBy = new WeakMap<object, readonly string[]>();

const functionsOfJsonata = (source: string): ReadonlySet<string> =>
  new Set(inspectExpression(source).calls.map(({ name }) => name));

const inText = (text: string): readonly string[] => {
  if (!isExpression(text)) return [];
  const source = expressionSource(text);
  const calls = functionsOfJsonata(source);
  return [...inspectExpression(source).variables].filter((name) => name !== 'states' && !calls.has(name));
};

const inObject = (template: object): readonly string[] => {
  const known = readBy.get(template);
  if (known !== undefined) return known;
  const found = Object.values(template).flatMap((member) => variablesRead(member));
  readBy.set(template, found);
  return found;
};

/** Names of the workflow variables that a template reads. */
export const variablesRead = (template: Json | undefined): readonly string[] => {
  if (typeof template === 'string') return inText(template);
  return typeof template === 'object' && template !== null ? inObject(template) : [];
};
