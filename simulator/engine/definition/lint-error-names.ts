import { closest } from 'fastest-levenshtein';
import type { StateGraph } from './definition.ts';
import type { DefinitionProblem } from './invalid-definition-error.ts';
import { allStates } from './state-graphs.ts';

/**
 * Reserved error names that this engine raises or takes for a wildcard,
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html.
 */
export const knownErrorNames: readonly string[] = [
  'States.ALL',
  'States.DataLimitExceeded',
  'States.NoChoiceMatched',
  'States.QueryEvaluationError',
  'States.Runtime',
  'States.TaskFailed',
  'States.Timeout',
];

/** Reserved error names of what is not carried out here; ErrorEquals may name them. */
export const foreignErrorNames: readonly string[] = [
  'States.BranchFailed',
  'States.ExceedToleratedFailureThreshold',
  'States.HeartbeatTimeout',
  'States.Http.Socket',
  'States.ItemReaderFailed',
  'States.Permissions',
  'States.ResultWriterFailed',
];

const reservedErrorNames: readonly string[] = [...knownErrorNames, ...foreignErrorNames];

const nameProblem = (name: string): string | undefined => {
  if (name === 'States.Runtime') return '"States.Runtime" is never retried or caught; no state can handle it';
  if (!name.startsWith('States.') || reservedErrorNames.includes(name)) return undefined;
  return `unknown reserved error "${name}"; did you mean "${closest(name, [...reservedErrorNames])}"?`;
};

const lintHandlers = (
  handlers: readonly { readonly ErrorEquals: readonly string[] }[],
  path: string,
  problems: DefinitionProblem[],
): void => {
  for (const [index, { ErrorEquals }] of handlers.entries()) {
    const at = `${path}[${index}].ErrorEquals`;
    for (const name of ErrorEquals) {
      const message = nameProblem(name);
      if (message !== undefined) problems.push({ path: at, message });
    }
    if (!ErrorEquals.includes('States.ALL')) continue;
    if (ErrorEquals.length > 1) problems.push({ path: at, message: '"States.ALL" must stand alone' });
    if (index !== handlers.length - 1) problems.push({ path: at, message: '"States.ALL" must come last' });
  }
};

/** Error names that can never match, and `States.ALL` where it hides what follows. */
export const lintErrorNames = (definition: StateGraph, problems: DefinitionProblem[]): void => {
  for (const { state, path } of allStates(definition)) {
    if (!('Retry' in state || 'Catch' in state)) continue;
    const { Retry = [], Catch = [] } = state;
    lintHandlers(Retry, `${path}.Retry`, problems);
    lintHandlers(Catch, `${path}.Catch`, problems);
    for (const [index, retrier] of Retry.entries()) {
      const intervalSeconds = retrier.IntervalSeconds ?? 1;
      if (retrier.MaxDelaySeconds !== undefined && retrier.MaxDelaySeconds <= intervalSeconds) {
        problems.push({
          path: `${path}.Retry[${index}].MaxDelaySeconds`,
          message: `must be greater than IntervalSeconds (${intervalSeconds})`,
        });
      }
    }
  }
};
