import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import { isJsonObject, type Json, type JsonObject } from '../../simulator/engine/expression/json.ts';
import type { AnswerValue } from '../contracts/contract.ts';
import { pathOf, treeOf } from './abstract-value.ts';

/** Where a task's answer stands among `$states`: `states.result.Payload` for a function, `…Output` for a child run. */
export const answerRoots: readonly string[] = ['states.result.Payload', 'states.result.Output'];

const isUnder = (path: string, root: string): boolean => path === root || path.startsWith(`${root}.`);

/** The plain path that a template is, `{% $a.b %}` → `a.b`; undefined for everything else. */
export const templatePath = (template: Json | undefined): string | undefined =>
  typeof template === 'string' && isExpression(template) ? pathOf(treeOf(expressionSource(template))) : undefined;

/** The field of the task's answer that a template copies; '' for the whole of it. */
export const answerField = (template: Json): string | undefined => {
  const path = templatePath(template);
  const root = path === undefined ? undefined : answerRoots.find((candidate) => isUnder(path, candidate));
  return path === undefined || root === undefined ? undefined : path.slice(root.length + 1);
};

type Learn = (path: string, value: AnswerValue) => void;

/** Stands for a value that is an object: it equals nothing that a condition compares with, `null` among it. */
const anObject = '(an object)';

/** Passes `learn` what a template says about a variable's path, as far as it is known. */
const learnFrom = (
  path: string,
  template: Json,
  known: ReadonlyMap<string, AnswerValue>,
  answer: ReadonlyMap<string, AnswerValue>,
  learn: Learn,
): void => {
  if (isJsonObject(template)) {
    learn(path, anObject);
    for (const [member, inner] of Object.entries(template)) {
      learnFrom(`${path}.${member}`, inner, known, answer, learn);
    }
    return;
  }
  const isConstant = typeof template === 'string' && !isExpression(template);
  if (template === null || typeof template === 'boolean' || isConstant) {
    learn(path, template);
    return;
  }
  if (typeof template !== 'string') return;
  const field = answerField(template);
  const source = field ?? templatePath(template);
  if (source === undefined) return;
  // Functions and machines answer with objects.
  if (field === '') learn(path, anObject);
  for (const [from, value] of field === undefined ? known : answer) {
    if (source === '') learn(`${path}.${from}`, value);
    else if (isUnder(from, source)) learn(`${path}${from.slice(source.length)}`, value);
  }
};

/**
 * What is known after an Assign.
 *
 * @param answer what the task answered, by path; empty where no answer is at hand
 * @param relevant the paths that branches depend on; nothing else is remembered
 */
export const afterAssign = (
  assign: JsonObject | undefined,
  known: ReadonlyMap<string, AnswerValue>,
  answer: ReadonlyMap<string, AnswerValue>,
  relevant: ReadonlySet<string>,
): ReadonlyMap<string, AnswerValue> => {
  if (assign === undefined) return known;
  const names = Object.keys(assign);
  const next = new Map([...known].filter(([path]) => !names.some((name) => isUnder(path, name))));
  for (const [name, template] of Object.entries(assign)) {
    learnFrom(name, template, known, answer, (path, value) => {
      if (relevant.has(path)) next.set(path, value);
    });
  }
  return next;
};

/** The names that are assigned after an Assign. */
export const withNames = (assigned: ReadonlySet<string>, assign: JsonObject | undefined): ReadonlySet<string> =>
  assign === undefined ? assigned : new Set([...assigned, ...Object.keys(assign)]);
