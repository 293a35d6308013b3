import type { State, StateGraph } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import type { JsonObject } from '../../simulator/engine/expression/json.ts';
import { type Node, pathOf, treeOf } from './abstract-value.ts';
import { answerField, templatePath } from './assignments.ts';

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every plain path that a condition reads. */
const pathsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (!isNode(value)) return [];
  const path = pathOf(value);
  return path === undefined ? Object.values(value).flatMap(pathsIn) : [path];
};

/** All Assign fields of a state. */
export const assignsOf = (state: State): readonly JsonObject[] =>
  [
    'Assign' in state ? state.Assign : undefined,
    ...(state.Type === 'Choice' ? state.Choices.map((rule) => rule.Assign) : []),
    ...('Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Assign) : []),
  ].filter((assign) => assign !== undefined);

/** Paths of variables that a branch depends on, directly or via another variable. */
export const relevantPaths = (definition: StateGraph): ReadonlySet<string> => {
  const states = allStates(definition).map(({ state }) => state);
  const relevant = new Set(
    states.flatMap((state) =>
      state.Type === 'Choice'
        ? state.Choices.flatMap(({ Condition }) =>
            typeof Condition === 'string' && isExpression(Condition)
              ? pathsIn(treeOf(expressionSource(Condition)))
              : [],
          )
        : [],
    ),
  );
  const copies = states.flatMap(assignsOf).flatMap((assign) =>
    Object.entries(assign).flatMap(([name, template]) => {
      const source = answerField(template) === undefined ? templatePath(template) : undefined;
      return source === undefined ? [] : [{ name, source }];
    }),
  );
  for (let before = -1; before < relevant.size; ) {
    before = relevant.size;
    for (const { name, source } of copies) {
      for (const path of [...relevant]) {
        if (path === name || path.startsWith(`${name}.`)) relevant.add(`${source}${path.slice(name.length)}`);
      }
    }
  }
  return relevant;
};
