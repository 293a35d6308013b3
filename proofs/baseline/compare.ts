import type { WorkflowEnd } from '../../testbed/testbed.ts';
import { differences } from './final-state.ts';

/** The outcome of a run, whatever its execution is called. */
export const endOf = ({ status, outcome, error }: WorkflowEnd): string => `${status} ${outcome ?? error ?? ''}`;

/** Effects that took place more often than in the undisturbed run. */
export const repeatedEffects = (expected: readonly string[], found: readonly string[]): readonly string[] => {
  const count = (effects: readonly string[], effect: string): number =>
    effects.filter((each) => each === effect).length;
  return [...new Set(found)]
    .filter((effect) => count(found, effect) > count(expected, effect))
    .map((effect) => `${effect} took effect ${count(found, effect)} times instead of ${count(expected, effect)}`);
};

/**
 * Why a final state is not the expected one. Where a step may fail permanently, each line is that of the undisturbed run or of
 * the run without the step: a step that died half-way has done a part of what it does.
 *
 * @param without final state of the run in which the step fails permanently; undefined where it must not
 */
export const stateReasons = (
  expected: readonly string[],
  without: readonly string[] | undefined,
  found: readonly string[],
): readonly string[] => {
  if (without === undefined) return differences(expected, found);
  const needed = expected.filter((line) => without.includes(line));
  const allowed = new Set([...expected, ...without]);
  return [
    ...needed.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
    ...found.filter((line) => !allowed.has(line)).map((line) => `unexpected: ${line}`),
  ];
};
