import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functions, type MachineSpec, machines } from '../catalogue.ts';
import type { PairDeployment } from '../config/config-fields.ts';
import { renderDefinition } from '../definition.ts';
import { projectRoot } from '../project-root.ts';
import { flowOf } from './flow.ts';
import { type BudgetItem, type Deadline, longestWay } from './longest-way.ts';

/** The longest that something can take, and how long it may take. */
export interface RtoBudget {
  /** What is counted: `failover of orders, until the promoted broker serves`. */
  readonly title: string;
  readonly items: readonly BudgetItem[];
  readonly seconds: number;
  readonly allowedSeconds: number;
}

/** ARNs do not matter for time. */
const anyArns = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `arn:${name}`]));

const flowNamed = (name: string, specs: readonly MachineSpec[]) => {
  const spec = specs.find((machine) => machine.name === name);
  if (spec === undefined) throw new TypeError(`no machine "${name}" is deployed`);
  const text = readFileSync(join(projectRoot, spec.definition), 'utf8');
  return flowOf(
    renderDefinition(spec, text, anyArns(functions.map((each) => each.name)), anyArns(specs.map((each) => each.name))),
  );
};

/** Here the run has seen the promoted broker serve. */
const promotedState = 'RecordEpoch';

/**
 * The ways on which clients wait: a failover that a person starts; one that starts by itself, from its first signal on;
 * and a switchover that is overtaken by one without asking anybody. A person's own time is not counted.
 *
 * @param specs machines with their parameters; those that are deployed, unless given
 */
export const rtoBudgets = (pair: PairDeployment, specs: readonly MachineSpec[] = machines): readonly RtoBudget[] => {
  const budget = (title: string, items: readonly BudgetItem[]): RtoBudget => ({
    title,
    items,
    seconds: items.reduce((sum, { seconds }) => sum + seconds, 0),
    allowedSeconds: pair.rtoSeconds,
  });
  const way = (machine: string, milestone: string, deadlines: readonly Deadline[] = []) =>
    longestWay(flowNamed(machine, specs), milestone, deadlines);
  const failover = way('failover', promotedState);
  const signals: Deadline = {
    state: 'WaitForSignals',
    seconds: pair.watchSeconds,
    what: 'the second signal (watchSeconds)',
  };
  const deadline: Deadline = {
    state: 'WaitForExchange',
    seconds: pair.switchover.deadlineSeconds,
    what: 'the exchange of roles (switchover.deadlineSeconds)',
  };
  return [
    budget(`failover of ${pair.name}, until the promoted broker serves`, failover),
    ...(pair.automaticFailover
      ? [
          budget(`automatic failover of ${pair.name}, from its first signal until the promoted broker serves`, [
            ...way('watch', 'ChooseFailover', [signals]),
            ...failover,
          ]),
        ]
      : []),
    ...(pair.escalation.mode === 'auto'
      ? [
          budget(`switchover of ${pair.name} that is escalated, until the promoted broker serves`, [
            ...way('switchover', promotedState, [deadline]),
          ]),
        ]
      : []),
  ];
};
