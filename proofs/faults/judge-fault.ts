import { errorCatalogue } from '../../functions/runtime/errors.ts';
import type { State } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { endOf, repeatedEffects, stateReasons } from '../baseline/compare.ts';
import type { Played } from '../baseline/play.ts';
import { ownErrors } from '../contracts/index.ts';
import type { ProvenMachine } from '../static/load-machines.ts';

/** Names that Step Functions and Lambda give to tasks that died or could not be called. */
const platformError = /^(?:States\.(?:Timeout|TaskFailed)|Lambda\.\w+|Sandbox\.Timedout|StepFunctions\.\w+)$/;

const isKnownError = (name: string): boolean =>
  Object.hasOwn(errorCatalogue, name) || ownErrors.includes(name) || platformError.test(name);

const outcomesOf = (machine: ProvenMachine): readonly string[] =>
  allStates(machine.definition).flatMap(({ state }) => {
    const output = state.Type === 'Succeed' ? state.Output : undefined;
    const outcome = typeof output === 'object' && output !== null && 'outcome' in output ? output.outcome : undefined;
    return typeof outcome === 'string' ? [outcome] : [];
  });

/** Whether a state's Catch keeps an error as the one that the run ends with. */
const keepsError = (state: State | undefined, error: string): boolean => {
  const catchers = state !== undefined && 'Catch' in state ? (state.Catch ?? []) : [];
  const catcher = catchers.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'));
  return catcher?.Assign?.failure !== undefined;
};

const firstError = (machine: ProvenMachine, { caught }: Played): Played['caught'][number] | undefined => {
  const states = new Map(allStates(machine.definition).map(({ name, state }) => [name, state]));
  return caught.find(({ state, error }) => keepsError(states.get(state), error));
};

/** Why the end itself is none that a run may have. */
const endReasons = (machine: ProvenMachine, played: Played): readonly string[] => {
  const { first, seconds } = played;
  const limit = machine.definition.TimeoutSeconds ?? 0;
  const slow = seconds > limit ? [`took ${seconds} s of ${limit}`] : [];
  if (first.status === 'SUCCEEDED') {
    const outcomes = outcomesOf(machine);
    const known = outcomes.some((outcome) => outcome.startsWith('{%')) || outcomes.includes(first.outcome ?? '');
    return known ? slow : [...slow, `succeeded as ${first.outcome}, which its definition does not know`];
  }
  if (first.status !== 'FAILED') return [...slow, `ended as ${first.status}`];
  const wanted = firstError(machine, played);
  if (wanted !== undefined && (wanted.error !== first.error || wanted.cause !== first.cause)) {
    return [...slow, `failed with ${first.error}, while the first error was ${wanted.error} at ${wanted.state}`];
  }
  return isKnownError(first.error ?? '') ? slow : [...slow, `failed with ${first.error}, which no list of errors has`];
};

/**
 * Why a case does not hold; nothing where it does.
 *
 * @param without final state of the baseline in which the state's function fails permanently; undefined where it must not
 */
export const judgeFault = (
  machine: ProvenMachine,
  { played, struck }: { readonly played: Played; readonly struck: boolean },
  expected: Played,
  without: readonly string[] | undefined,
  historyBound: number,
): readonly string[] => {
  if (!struck) return ['no call of the state met the fault'];
  const reasons = [...endReasons(machine, played)];
  const { recovery } = played;
  if (played.historyEvents > historyBound) {
    reasons.push(`${played.historyEvents} history events, while at most ${historyBound} are proved possible`);
  }
  if (recovery !== undefined && recovery.status !== 'SUCCEEDED') {
    const same = endOf(expected.recovery ?? expected.first) === endOf(recovery);
    if (!same) reasons.push(`the next run ended as ${endOf(recovery)}: ${recovery.cause ?? ''}`);
  }
  reasons.push(...stateReasons(expected.finalState, without, played.finalState));
  reasons.push(...repeatedEffects(expected.effects, played.effects));
  reasons.push(...played.endless.map((name) => `${name} never ends`));
  reasons.push(...played.answerProblems);
  reasons.push(...played.heldForGood);
  return reasons;
};
