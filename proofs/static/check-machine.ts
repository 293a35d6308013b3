import type { AnswerValue } from '../contracts/contract.ts';
import { explore } from './explore.ts';
import { graphViolations } from './graph-rules.ts';
import { historyBound, historyViolations } from './history-budget.ts';
import type { ProvenMachine } from './load-machines.ts';
import { payloadBound, payloadViolations } from './payload-budget.ts';
import { stateViolations } from './state-rules.ts';
import { childOutcomes } from './task-steps.ts';
import type { Violation } from './violation.ts';

/** What a machine is checked with, in addition to itself. */
export interface MachineContext {
  readonly machines: readonly ProvenMachine[];
  /** Outcomes of each machine that another one may start. */
  readonly outcomes: ReadonlyMap<string, readonly AnswerValue[]>;
}

export const machineContextOf = (machines: readonly ProvenMachine[]): MachineContext => ({
  machines,
  outcomes: childOutcomes(machines),
});

/** The first rule, but for the two budgets, that a machine is found to break. */
export const firstViolation = (
  machine: ProvenMachine,
  { machines, outcomes }: MachineContext,
): Violation | undefined => {
  const [ofState] = stateViolations(machine, machines);
  if (ofState !== undefined) return ofState;
  const { exploration, violations } = explore(machine, outcomes, 1);
  return violations[0] ?? graphViolations(machine, exploration)[0];
};

/** What was found about one machine. */
export interface MachineCheck {
  readonly machine: string;
  readonly violations: readonly Violation[];
  readonly states: number;
  /** Distinct places that the exploration reached. */
  readonly places: number;
  readonly steps: number;
  /** The most events that an execution's history can reach. */
  readonly historyBound: number;
  /** The most bytes that a payload can reach. */
  readonly payloadBound: number;
}

/** All rules, and the figures that they come to. */
export const checkMachine = (machine: ProvenMachine, { machines, outcomes }: MachineContext): MachineCheck => {
  const { exploration, violations } = explore(machine, outcomes);
  const nodes = [exploration, ...exploration.nested.values()].flatMap((each) => each.nodes);
  return {
    machine: machine.name,
    violations: [
      ...stateViolations(machine, machines),
      ...violations,
      ...graphViolations(machine, exploration),
      ...historyViolations(machine, exploration),
      ...payloadViolations(machine, exploration),
    ],
    states: new Set(nodes.map(({ state }) => state)).size,
    places: nodes.length,
    steps: nodes.reduce((sum, { edges }) => sum + edges.length, 0),
    historyBound: historyBound(machine, exploration),
    payloadBound: payloadBound(machine, exploration),
  };
};
