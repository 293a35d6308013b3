import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { baselineFor } from '../baseline/known-baseline.ts';
import type { Matrix, MatrixCase, PlayedBaseline } from '../matrix/matrix.ts';
import { functionOf } from '../static/called.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import { judgeCrash } from './judge-crash.ts';

const statesOf = (machine: ProvenMachine): readonly string[] =>
  allStates(machine.definition)
    .filter(({ state }) => functionOf(state) !== undefined)
    .map(({ name }) => name);

/** Calls that change nothing, by the verbs of their operations. */
const reads = /^[a-z]+:(?:Get|Describe|List|Query|Scan|BatchGet|GET)/;

/**
 * Whether a kill with spent retries is a case of its own. Every later try dies at once, so what is left behind is what
 * was done before: dying anywhere among reads leaves the same as dying after the write before them, or, without one,
 * as dying before the first call.
 */
const isOwnCase = (when: 'before' | 'after', operation: string, isFirst: boolean): boolean =>
  when === 'after' ? !reads.test(operation) : isFirst;

/** Every kill at every call site, each at the first baseline that reaches it: first and last occurrence. */
const killsOf = (played: readonly PlayedBaseline[]): readonly MatrixCase[] => {
  const seen = new Set<string>();
  const states = new Set<string>();
  return played.flatMap((known) => {
    const { machine, answer } = known;
    return answer.sites.flatMap(({ state, operation, count }) => {
      if (baselineFor(played, state) !== known) return [];
      const isFirst = !states.has(state);
      states.add(state);
      if (seen.has(`${state} ${operation}`)) return [];
      seen.add(`${state} ${operation}`);
      const kill = (occurrence: number, when: 'before' | 'after', tries: 'once' | 'spent'): MatrixCase => ({
        known,
        strike: { kind: 'kill', state, operation, occurrence, when, tries },
        state,
        column: `${when}, ${tries === 'once' ? 'tried again' : 'retries spent'}`,
        name: `${machine}, ${state}: killed ${when} call ${occurrence} of ${operation}, ${tries}`,
      });
      return [...new Set([1, count])].flatMap((occurrence) =>
        (['before', 'after'] as const).flatMap((when) => [
          kill(occurrence, when, 'once'),
          ...(isOwnCase(when, operation, isFirst && occurrence === 1) ? [kill(occurrence, when, 'spent')] : []),
        ]),
      );
    });
  });
};

/** Every Task ended from outside, at the first baseline that enters it. */
const endsOf = (machine: ProvenMachine, played: readonly PlayedBaseline[]): readonly MatrixCase[] =>
  statesOf(machine).flatMap((state) => {
    const known = baselineFor(played, state);
    if (known === undefined) return [];
    return (['stopped', 'timed out'] as const).map((how) => ({
      known,
      strike: { kind: 'end', state, how },
      state,
      column: how,
      name: `${machine.name}, ${state}: ${how} in the middle of a call`,
    }));
  });

/** Every baseline that ends in a Fail state, redriven there. */
const redrivesOf = (played: readonly PlayedBaseline[]): readonly MatrixCase[] =>
  played.flatMap((known) => {
    const { machine, baseline, answer } = known;
    if (answer.played.first.status !== 'FAILED') return [];
    const state = Object.keys(answer.played.enteredAfter)[0] ?? '';
    const name = `${machine}: redriven after "${baseline}"`;
    return [{ known, strike: { kind: 'redrive' }, state, column: 'redrive', name }];
  });

/**
 * Kills the handler of every workflow before and after every call that it makes, ends every workflow from outside at every
 * Task, and redrives every failed one: each time the final state is that of the undisturbed baseline.
 */
export const crashMatrix: Matrix = {
  proof: 'crash',
  statesOf,
  casesOf: (machine, played) => [...killsOf(played), ...endsOf(machine, played), ...redrivesOf(played)],
  needsWithout: (strike) => strike.kind === 'kill' && strike.tries === 'spent',
  judgeOf: () => judgeCrash,
  figuresOf: (cases) => ({
    'call sites': new Set(
      cases.flatMap(({ known, state, strike }) =>
        strike.kind === 'kill' ? [`${known.machine} ${state} ${strike.operation}`] : [],
      ),
    ).size,
  }),
};
