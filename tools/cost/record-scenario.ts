import { runGameDay } from '../../gameday/experiment/run-game-day.ts';
import { findScenario } from '../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/experiment/scenario/load.ts';
import type { ApiCall } from '../../simulator/api/api-call.ts';
import type { TransitionEvent } from '../../simulator/engine/ports.ts';
import type { FunctionLog } from '../../testbed/events.ts';
import type { Testbed } from '../../testbed/testbed.ts';

/** One execution of a scenario. */
export interface RecordedExecution {
  readonly executionArn: string;
  readonly machine: string;
  readonly region: string;
  readonly status: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** State transitions that AWS would bill. */
  readonly stateTransitions: number;
  readonly historyEvents: number;
}

/** Everything in a scenario that AWS would bill mq-dr for. */
export interface RecordedScenario {
  readonly scenario: string;
  readonly executions: readonly RecordedExecution[];
  readonly transitions: readonly TransitionEvent[];
  readonly calls: readonly ApiCall[];
  readonly logs: readonly FunctionLog[];
}

/** Messages of clients cost mq-dr nothing, and take most of a scenario's time. */
const ratePerSecond = 0.2;

/** Plays an embedded scenario, or the file that is named, and keeps what it shows. */
export const recordScenario = async (asked: string): Promise<RecordedScenario> => {
  const { name, file } = await findScenario(asked);
  const loaded = await loadScenario(name, file);
  const { traffic } = loaded.outline;
  const outline = { ...loaded.outline, ...(traffic !== undefined && { traffic: { ...traffic, ratePerSecond } }) };
  const logs: FunctionLog[] = [];
  // Kept here: a game day's own test bed forgets its calls.
  const calls: ApiCall[] = [];
  const testbeds: Testbed[] = [];
  const { outcome } = await runGameDay({
    scenario: { ...loaded, outline },
    seed: outline.seed,
    onTestbed: (testbed) => {
      testbeds.push(testbed);
      testbed.observe({ log: (log) => logs.push(log), apiCall: (call) => calls.push(call) });
    },
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
  });
  if (outcome === 'aborted') throw new Error(`the scenario "${asked}" was aborted, so there is nothing to count`);
  return {
    scenario: name,
    transitions: testbeds.flatMap(({ transitions }) => transitions),
    calls,
    logs,
    executions: testbeds.flatMap(({ engine }) =>
      engine.executions().flatMap((execution) => {
        const { executionArn, machineName: machine, region, status, startedAtMs, stoppedAtMs: endedAtMs } = execution;
        // One that still ran when the scenario ended has no whole bill.
        if (endedAtMs === undefined) return [];
        const { transitions: stateTransitions, historyEvents } = execution;
        return [{ executionArn, machine, region, status, startedAtMs, endedAtMs, stateTransitions, historyEvents }];
      }),
    ),
  };
};
