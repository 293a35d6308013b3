import type { CoverageGoals } from '../definition/transitions.ts';
import type { MachineCoverage } from './coverage.ts';

/** The visits of one test process, by machine name. */
export type CoverageRecord = Readonly<
  Record<string, Pick<MachineCoverage, 'statesVisited' | 'edgesVisited' | 'retriersTaken'>>
>;

/** What a suite has visited of one definition, and what it has not. */
export interface MachineReport extends MachineCoverage {
  /** States, edges and retriers that nothing visited. */
  readonly missing: readonly string[];
}

/**
 * Holds the visits of all records against what each definition has. Visits of machines that are no goal are ignored: tests
 * make up machines of their own.
 */
export const coverageReport = (
  goals: Readonly<Record<string, CoverageGoals>>,
  records: readonly CoverageRecord[],
): Readonly<Record<string, MachineReport>> =>
  Object.fromEntries(
    Object.entries(goals).map(([name, { states, edges, retriers }]) => {
      const visited = new Set(
        records.flatMap((record) => {
          const visits = record[name];
          return visits === undefined ? [] : [...visits.statesVisited, ...visits.edgesVisited, ...visits.retriersTaken];
        }),
      );
      const seen = (all: readonly string[]): readonly string[] => all.filter((goal) => visited.has(goal));
      const report: MachineReport = {
        states,
        statesVisited: seen(states),
        edges,
        edgesVisited: seen(edges),
        retriers,
        retriersTaken: seen(retriers),
        missing: [...states, ...edges, ...retriers].filter((goal) => !visited.has(goal)),
      };
      return [name, report];
    }),
  );
