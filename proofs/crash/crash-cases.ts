import type { State } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/walk.ts';
import { type KnownRehearsal, rehearsalFor, wantedOutcome } from '../baseline/known-rehearsal.ts';
import { functionOf } from '../static/called.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import type { CrashAnswer, CrashJob } from './crash-job.ts';

/** An undisturbed rehearsal with all that it showed. */
export type KnownCrash = KnownRehearsal<CrashAnswer>;

/** A disturbed rehearsal, and the undisturbed one that it is compared with. */
export interface CrashCase {
  readonly job: Exclude<CrashJob, { readonly kind: 'undisturbed' | 'without' }>;
  readonly known: KnownCrash;
  readonly state: string;
  /** Column of the matrix. */
  readonly column: string;
  readonly name: string;
}

const tasksOf = (machine: ProvenMachine): readonly { readonly name: string; readonly state: State }[] =>
  allStates(machine.definition).filter(({ state }) => functionOf(state) !== undefined);

/** Calls that change nothing, by the verbs of their operations. */
const reads = /^[a-z]+:(?:Get|Describe|List|Query|Scan|BatchGet|GET)/;

/**
 * Whether a kill with spent retries is a case of its own. Every later try dies at once, so what is left behind is what
 * was done before: dying anywhere among reads leaves the same as dying after the write before them, or, without one,
 * as dying before the first call.
 */
const isOwnCase = (when: 'before' | 'after', operation: string, isFirst: boolean): boolean =>
  when === 'after' ? !reads.test(operation) : isFirst;

/** Every kill at every call site, each at the first rehearsal that reaches it: first and last occurrence. */
const killsOf = (rehearsed: readonly KnownCrash[]): readonly CrashCase[] => {
  const seen = new Set<string>();
  const states = new Set<string>();
  return rehearsed.flatMap((known) => {
    const { machine, rehearsal, answer } = known;
    return answer.sites.flatMap(({ state, operation, count }) => {
      if (rehearsalFor(rehearsed, state) !== known) return [];
      const isFirst = !states.has(state);
      states.add(state);
      if (seen.has(`${state} ${operation}`)) return [];
      seen.add(`${state} ${operation}`);
      const kill = (occurrence: number, when: 'before' | 'after', tries: 'once' | 'spent'): CrashCase => ({
        job: {
          kind: 'kill',
          machine,
          rehearsal,
          wanted: wantedOutcome(known),
          kill: { state, operation, occurrence, when, tries },
        },
        known,
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

/** Every Task ended from outside, at the first rehearsal that enters it. */
const endsOf = (machine: ProvenMachine, rehearsed: readonly KnownCrash[]): readonly CrashCase[] =>
  tasksOf(machine).flatMap(({ name: state }) => {
    const known = rehearsalFor(rehearsed, state);
    if (known === undefined) return [];
    return (['stopped', 'timed out'] as const).map(
      (how): CrashCase => ({
        job: {
          kind: 'end',
          machine: machine.name,
          rehearsal: known.rehearsal,
          wanted: wantedOutcome(known),
          state,
          how,
        },
        known,
        state,
        column: how,
        name: `${machine.name}, ${state}: ${how} in the middle of a call`,
      }),
    );
  });

/** Every rehearsal that ends in a Fail state, redriven there. */
const redrivesOf = (rehearsed: readonly KnownCrash[]): readonly CrashCase[] =>
  rehearsed.flatMap((known) => {
    const { machine, rehearsal, answer } = known;
    if (answer.played.first.status !== 'FAILED') return [];
    const state = Object.keys(answer.played.enteredAfter)[0] ?? '';
    const job = { kind: 'redrive', machine, rehearsal } as const;
    return [{ job, known, state, column: 'redrive', name: `${machine}: redriven after "${rehearsal}"` }];
  });

/** All cases of one machine. */
export const crashCasesOf = (machine: ProvenMachine, rehearsed: readonly KnownCrash[]): readonly CrashCase[] => [
  ...killsOf(rehearsed),
  ...endsOf(machine, rehearsed),
  ...redrivesOf(rehearsed),
];

/** Tasks that no rehearsal enters: nothing is shown about them. */
export const unrehearsed = (machine: ProvenMachine, rehearsed: readonly KnownCrash[]): readonly string[] =>
  tasksOf(machine)
    .map(({ name }) => name)
    .filter((name) => !rehearsed.some(({ answer }) => answer.played.enteredAfter[name] !== undefined));
