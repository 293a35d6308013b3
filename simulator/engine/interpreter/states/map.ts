import type { MapState } from '../../definition/definition.ts';
import type { Json } from '../../expression/json.ts';
import { maxInlineConcurrency, maxSeconds } from '../../limits.ts';
import { newFrame } from '../frame.ts';
import { record, recordAside } from '../run.ts';
import { type RunFrame, runBranches } from '../run-branches.ts';
import { type StateResult, type StateScope, transitionToNext } from '../state-scope.ts';
import { withHandlers } from '../with-handlers.ts';

const itemsOf = async (scope: StateScope<MapState>): Promise<readonly Json[]> => {
  const { Items } = scope.state;
  if (Items === undefined) {
    const { input } = scope.frame;
    if (Array.isArray(input)) return input;
    throw scope.evaluationFailed(`Map state input must be an array but was: ${JSON.stringify(input)}`, undefined);
  }
  const items = await scope.evaluate(Items, 'Items');
  if (!Array.isArray(items)) throw scope.wrongType(Items, 'Items', 'array', items);
  return items;
};

const concurrencyOf = async (scope: StateScope<MapState>): Promise<number> => {
  const asked = await scope.evaluateInteger(scope.state.MaxConcurrency ?? 0, 'MaxConcurrency', 0, maxSeconds);
  return asked === 0 ? maxInlineConcurrency : Math.min(asked, maxInlineConcurrency);
};

const startIterations = async (scope: StateScope<MapState>): Promise<void> => {
  const { run, frame, state } = scope;
  const items = await itemsOf(scope);
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) {
    const map = { Item: { Index: index, Value: item, Source: 'STATE_DATA' } };
    const selector = state.ItemSelector;
    inputs.push(selector === undefined ? item : await scope.evaluate(selector, 'ItemSelector', { map }));
  }
  record(run, frame, 'MapStateStarted', { length: items.length });
  frame.children = inputs.map((input, index) =>
    newFrame(state.ItemProcessor, input, {
      label: `${frame.label}/${frame.stateName}[${index}]`,
      index,
      lastEventId: frame.lastEventId,
      variables: frame.variables,
    }),
  );
};

/** https://states-language.net/spec.html#map-state, INLINE mode. A redrive runs only the iterations that did not succeed. */
export const runMap = (scope: StateScope<MapState>, runFrame: RunFrame): Promise<StateResult> => {
  const { run, frame, state } = scope;
  return withHandlers(
    scope,
    async (attempt) => {
      if (attempt > 1 || !scope.resumed || frame.children.length === 0) await startIterations(scope);
      let lastSucceededId: number | undefined;
      const detailsOf = (index: number) => ({ index, name: frame.stateName });
      await runBranches(scope, runFrame, await concurrencyOf(scope), {
        started: (child) => {
          child.lastEventId = frame.lastEventId;
          record(run, child, 'MapIterationStarted', detailsOf(child.index));
        },
        succeeded: (child) => {
          lastSucceededId = recordAside(run, child, 'MapIterationSucceeded', detailsOf(child.index));
        },
        failed: (child) => {
          recordAside(run, child, 'MapIterationFailed', detailsOf(child.index));
        },
        aborted: (child) => {
          record(run, child, 'MapIterationAborted', detailsOf(child.index));
        },
      });
      frame.lastEventId = lastSucceededId ?? frame.lastEventId;
      recordAside(run, frame, 'MapStateSucceeded');
      const result = frame.children.map((child) => child.output);
      scope.requireSize(result);
      return { ...(await scope.complete(state, result, { result })), transition: transitionToNext(state) };
    },
    (failure) => {
      if (failure.error === 'States.DataLimitExceeded') frame.children = [];
      record(run, frame, 'MapStateFailed');
    },
  );
};
