import { type BillingTerms, childrenOf, executionUsage } from './execution-usage.ts';
import type { RecordedExecution, RecordedScenario } from './record-scenario.ts';
import { type CostItem, itemsOf, sumOf, totalUsd } from './usage.ts';

/** What one run of a workflow costs. */
export interface RunCost {
  readonly workflow: string;
  /** Rehearsal that the run was recorded in. */
  readonly scenario: string;
  readonly seconds: number;
  readonly stateTransitions: number;
  readonly historyEvents: number;
  /** Of the run alone. */
  readonly usd: number;
  /** Workflows that the run started. */
  readonly children: readonly string[];
  readonly withChildrenUsd: number;
  readonly items: readonly CostItem[];
}

/** Which rehearsal shows which workflow. */
export const rehearsals: Readonly<Record<string, readonly string[]>> = {
  'first-switchover': ['create-replica', 'switchover'],
  'failover-and-failback': ['watch', 'failover', 'failback', 'reconcile'],
  'drifted-cluster': ['policy-drift'],
  'late-handler': ['settle-run'],
  'tools/cost/scenarios/unpair.yaml': ['unpair'],
  'tools/cost/scenarios/quiet-pair.yaml': ['readiness'],
};

const costOf = (execution: RecordedExecution, recorded: RecordedScenario, terms: BillingTerms): RunCost => {
  const usage = executionUsage(execution, recorded, terms);
  const children = childrenOf(execution, recorded);
  const all = sumOf([usage, ...children.map((child) => executionUsage(child, recorded, terms))]);
  return {
    workflow: execution.machine,
    scenario: recorded.scenario,
    seconds: (execution.endedAtMs - execution.startedAtMs) / 1_000,
    stateTransitions: execution.stateTransitions,
    historyEvents: execution.historyEvents,
    usd: totalUsd(usage),
    children: children.map(({ machine }) => machine),
    withChildrenUsd: totalUsd(all),
    items: itemsOf(usage),
  };
};

/**
 * The longest run that succeeded of each workflow that is asked for: a first run may have found its work done.
 *
 * @throws Error when the rehearsal shows no such run
 */
export const runCosts = (
  workflows: readonly string[],
  recorded: RecordedScenario,
  terms: BillingTerms,
): readonly RunCost[] =>
  workflows.map((workflow) => {
    const [longest] = recorded.executions
      .filter(({ machine, status }) => machine === workflow && status === 'SUCCEEDED')
      .sort((a, b) => b.stateTransitions - a.stateTransitions);
    if (longest === undefined) throw new Error(`the rehearsal "${recorded.scenario}" has no finished ${workflow}`);
    return costOf(longest, recorded, terms);
  });
