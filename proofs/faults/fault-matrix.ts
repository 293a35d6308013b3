import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { baselineFor } from '../baseline/known-baseline.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { explore } from '../static/explore.ts';
import { historyBound } from '../static/history-budget.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import { childOutcomes } from '../static/task-steps.ts';
import { callFaultKinds } from './fault-kinds.ts';
import { judgeFault } from './judge-fault.ts';

/** What the machines that others start may answer. */
const outcomes = childOutcomes(loadMachines());

const statesOf = ({ definition }: ProvenMachine): readonly string[] =>
  allStates(definition)
    .filter(({ state }) => state.Type === 'Task')
    .map(({ name }) => name);

/**
 * Lets every call of every Task fail in every way, and checks how the run ends: in an end that its definition knows, with
 * its first error, within its budgets, with everything released; and that the next run with the same input leads where
 * the undisturbed one does.
 */
export const faultMatrix: Matrix = {
  proof: 'faults',
  columns: callFaultKinds,
  statesOf,
  casesOf: (machine, played) =>
    statesOf(machine).flatMap((state) => {
      const known = baselineFor(played, state);
      if (known === undefined) return [];
      return callFaultKinds.map((fault) => ({
        known,
        strike: { kind: 'fault', state, fault },
        state,
        column: fault,
        name: `${machine.name}, ${state}: ${fault}`,
      }));
    }),
  needsWithout: () => true,
  judgeOf: (machine) => {
    const bound = historyBound(machine, explore(machine, outcomes).exploration);
    return ({ known }, { answer, without }) => judgeFault(machine, answer, known.answer.played, without, bound);
  },
  figuresOf: () => ({ 'kinds of faults': callFaultKinds.length }),
};
