import { type GridEntry, gridOf } from '../runner/grid.ts';
import type { ProofFailure, ProofResult } from '../runner/proof-result.ts';
import { rateOf, startStopwatch } from '../runner/stopwatch.ts';
import {
  checkMachine,
  firstViolation,
  type MachineCheck,
  type MachineContext,
  machineContextOf,
} from './check-machine.ts';
import { equivalentMutants } from './equivalent-mutants.ts';
import { loadMachines, type ProvenMachine } from './load-machines.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { staleFacts } from './state-rules.ts';
import { staticRules, type Violation } from './violation.ts';

/** A mutant, and the rule that found it out; `undefined` where none did. */
interface JudgedMutant {
  readonly mutant: Mutant;
  readonly killedBy: string | undefined;
}

const isEquivalent = ({ machine, name }: Mutant): boolean =>
  equivalentMutants.some((known) => known.machine === machine && known.name === name);

const judge = (mutant: Mutant, context: MachineContext): JudgedMutant => ({
  mutant,
  killedBy: firstViolation({ name: mutant.machine, definition: mutant.definition }, context)?.rule,
});

const failureOf = ({ rule, machine, state, message, path }: Violation): ProofFailure => ({
  name: `${rule}: ${machine}${state === undefined ? '' : `, ${state}`}`,
  reasons: [message],
  path,
});

/** A list of equivalents that is out of date says so: every entry must exist and survive. */
const staleEquivalents = (judged: readonly JudgedMutant[]): readonly ProofFailure[] =>
  equivalentMutants.flatMap(({ machine, name }) => {
    const found = judged.find(({ mutant }) => mutant.machine === machine && mutant.name === name);
    if (found !== undefined && found.killedBy === undefined) return [];
    const why = found === undefined ? 'does not exist' : 'is found out by a rule';
    return [{ name: `equivalent mutant: ${machine}, ${name}`, reasons: [`the listed mutant ${why}`] }];
  });

const ruleGrid = (checks: readonly MachineCheck[]) =>
  gridOf(
    'Rules by machine',
    checks.flatMap(({ machine, violations }) =>
      staticRules.map((rule): GridEntry => {
        const broken = violations.find((violation) => violation.rule === rule);
        return { row: machine, column: rule, ...(broken !== undefined && { reason: broken.message }) };
      }),
    ),
    staticRules,
  );

const mutantGrid = (judged: readonly JudgedMutant[]) =>
  gridOf(
    'Mutants by the rule that detected them',
    judged.map(
      ({ mutant: { machine, name }, killedBy }): GridEntry => ({
        row: machine,
        column: killedBy ?? 'survived',
        ...(killedBy === undefined && { reason: name }),
      }),
    ),
  );

/**
 * Holds every definition against every rule, and then every definition that lacks one of its safeguards: each of those
 * must break a rule.
 *
 * @throws InvalidDefinitionError, SubstitutionError for a definition that cannot be deployed at all
 */
export const proveStatic = (machines: readonly ProvenMachine[] = loadMachines()): ProofResult => {
  const elapsed = startStopwatch();
  const context = machineContextOf(machines);
  const checks = machines.map((machine) => checkMachine(machine, context));
  const stale = staleFacts(machines);
  const all = machines.flatMap(mutantsOf).map((mutant) => judge(mutant, context));
  const judged = all.filter(({ mutant }) => !isEquivalent(mutant));
  const survivors = judged.filter(({ killedBy }) => killedBy === undefined);
  const failures = [
    ...checks.flatMap(({ violations }) => violations.map(failureOf)),
    ...stale.map(failureOf),
    ...staleEquivalents(all),
    ...survivors.map(({ mutant }) => ({
      name: `mutant: ${mutant.machine}, ${mutant.name}`,
      reasons: ['breaks no rule: the safeguard that it lacks is not proved'],
    })),
  ];
  const cases = machines.length * staticRules.length + 1;
  const broken = new Set(
    checks.flatMap(({ machine, violations }) => violations.map(({ rule }) => `${machine} ${rule}`)),
  );
  const failed = broken.size + (stale.length > 0 ? 1 : 0);
  const { seconds, cpuSeconds } = elapsed();
  return {
    proof: 'static',
    cases,
    passed: cases - failed,
    failed,
    mutants: judged.length,
    mutantsKilled: judged.length - survivors.length,
    command: 'npm run prove -- static',
    unit: 'definitions',
    perSecond: rateOf(machines.length + all.length, seconds),
    seconds,
    cpuSeconds,
    failures,
    grids: [ruleGrid(checks), mutantGrid(judged)],
    figures: Object.fromEntries(
      checks.flatMap(({ machine, states, places, steps, historyBound, payloadBound }) => [
        [`${machine}: states`, states],
        [`${machine}: places and steps walked`, `${places} and ${steps}`],
        [`${machine}: most history events`, historyBound],
        [`${machine}: largest payload, bytes`, payloadBound],
      ]),
    ),
  };
};
