import type { State, StateGraph } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import type { JsonObject } from '../../simulator/engine/expression/json.ts';
import type { GuardAnswer } from '../contracts/contract.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { type CountBound, incrementOf, treeOf } from './abstract-value.ts';
import { childOf, functionOf } from './called.ts';
import type { Context } from './context.ts';
import type { ProvenMachine } from './load-machines.ts';
import { relevantPaths } from './relevance.ts';
import type { StaticRule } from './violation.ts';

/** A way out of a state under what is known, with what it does to counts. */
export interface StateStep {
  readonly label: string;
  /** Undefined at an end. */
  readonly next: string | undefined;
  readonly context: Context;
  readonly counts: CountChange;
  /** Functions one of which has to be called on some way from here: what was asked for is not there yet. */
  readonly awaits?: readonly string[];
}

/** What a step does to counted paths. */
export interface CountChange {
  readonly increments: readonly string[];
  /** Variables that get another value; every count inside them is lost. */
  readonly resets: readonly string[];
  /** Bounds that hold where the step is taken. */
  readonly bounds: readonly CountBound[];
}

export const noCounts: CountChange = { increments: [], resets: [], bounds: [] };

/** Reports that a rule is broken at the state being checked. */
export type ReportViolation = (rule: StaticRule, message: string) => void;

/** What is asked of a machine again and again. */
export interface MachineFacts {
  readonly machine: ProvenMachine;
  readonly relevant: ReadonlySet<string>;
  /** Answers that guard a write of this machine: their fields are remembered. */
  readonly guarding: readonly GuardAnswer[];
  /** Guards by which a write was entered on some way; the exploration adds to it. */
  readonly passed: Set<readonly GuardAnswer[]>;
}

/** The guards of a state's write, or of the run that it starts; undefined where nothing is written. */
export const guardsOf = (state: State): readonly (readonly GuardAnswer[])[] | undefined => {
  const functionName = functionOf(state);
  const child = childOf(state);
  if (child !== undefined) return childContracts[child]?.guards ?? [];
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  return facts?.role === 'write' ? (facts.guards ?? []) : undefined;
};

export const machineFactsOf = (machine: ProvenMachine): MachineFacts => ({
  machine,
  relevant: relevantPaths(machine.definition),
  guarding: guardingOf(machine.definition),
  passed: new Set(),
});

/** Answers of other functions that the rules for a state ask for, in addition to the guards of a write. */
export const askedBy = (state: State): readonly GuardAnswer[] => {
  const functionName = functionOf(state);
  const facts = functionName === undefined ? undefined : functionContracts[functionName];
  const again = facts?.pollsAgainAfter;
  const precedes = childContracts[childOf(state) ?? '']?.precedes;
  return [
    ...(facts?.after === undefined ? [] : [facts.after]),
    ...(precedes === undefined ? [] : [precedes.when]),
    ...(again === undefined || functionName === undefined
      ? []
      : [{ function: functionName, field: again.field, go: again.values }]),
  ];
};

const guardingOf = (definition: StateGraph): readonly GuardAnswer[] =>
  allStates(definition).flatMap(({ state }) => [...(guardsOf(state) ?? []).flat(), ...askedBy(state)]);

/** What an Assign does to counts; `counted` are paths that the task's function counts by itself. */
export const countsOf = (
  assign: JsonObject | undefined,
  counted: readonly string[] = [],
): Pick<CountChange, 'increments' | 'resets'> => {
  const increments = [...counted];
  const resets: string[] = [];
  for (const [name, template] of Object.entries(assign ?? {})) {
    const tree =
      typeof template === 'string' && isExpression(template) ? treeOf(expressionSource(template)) : undefined;
    if (tree !== undefined && incrementOf(tree, name) !== undefined) increments.push(name);
    else if (!counted.some((path) => path === name || path.startsWith(`${name}.`))) resets.push(name);
  }
  return { increments, resets };
};
