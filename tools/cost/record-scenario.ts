import { createExerciseStage } from '../../gameday/experiment/exercise-stage.ts';
import { runGameDay } from '../../gameday/experiment/run-game-day.ts';
import { findScenario } from '../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/experiment/scenario/load.ts';
import type {
  ExerciseStage,
  StageApiCall,
  StageLog,
  StageStatusChange,
  StageTransition,
} from '../../gameday/experiment/stage-port.ts';

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

/** Everything in a rehearsal that AWS would bill mq-dr for. */
export interface RecordedScenario {
  readonly scenario: string;
  readonly executions: readonly RecordedExecution[];
  readonly transitions: readonly StageTransition[];
  readonly calls: readonly StageApiCall[];
  readonly logs: readonly StageLog[];
}

/** Messages of clients cost mq-dr nothing, and take most of a rehearsal's time. */
const ratePerSecond = 0.2;

/** Plays an embedded scenario, or the file that is named, and keeps what it shows. */
export const recordScenario = async (asked: string): Promise<RecordedScenario> => {
  const { name, file } = await findScenario(asked);
  const loaded = await loadScenario(name, file);
  const { traffic } = loaded.outline;
  const outline = { ...loaded.outline, ...(traffic !== undefined && { traffic: { ...traffic, ratePerSecond } }) };
  const transitions: StageTransition[] = [];
  const calls: StageApiCall[] = [];
  const logs: StageLog[] = [];
  const changes = new Map<string, StageStatusChange[]>();
  const figures = new Map<string, ReturnType<ExerciseStage['executionFigures']>>();
  const { outcome } = await runGameDay({
    scenario: { ...loaded, outline },
    seed: outline.seed,
    createStage: async (plan) => {
      const stage = await createExerciseStage(plan);
      return {
        ...stage,
        observe: (observer) =>
          stage.observe({
            brokersChanged: () => observer.brokersChanged(),
            notification: (notification) => observer.notification(notification),
            apiCall: (call) => {
              calls.push(call);
              observer.apiCall(call);
            },
            transition: (transition) => {
              transitions.push(transition);
              observer.transition(transition);
            },
            log: (log) => {
              logs.push(log);
              observer.log(log);
            },
            statusChange: (change) => {
              changes.set(change.executionArn, [...(changes.get(change.executionArn) ?? []), change]);
              observer.statusChange(change);
            },
          }),
        close: async () => {
          for (const arn of changes.keys()) figures.set(arn, stage.executionFigures(arn));
          await stage.close();
        },
      };
    },
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
  });
  if (outcome === 'aborted') throw new Error(`the rehearsal "${asked}" was aborted, so there is nothing to count`);
  return {
    scenario: name,
    transitions,
    calls,
    logs,
    executions: [...changes].flatMap(([executionArn, [first, ...more]]) => {
      const last = more.at(-1);
      // One that still ran when the rehearsal ended has no whole bill.
      if (first === undefined || last === undefined) return [];
      const { transitions: stateTransitions = 0, historyEvents = 0 } = figures.get(executionArn) ?? {};
      const { machine, region, atMs: startedAtMs } = first;
      const { status, atMs: endedAtMs } = last;
      return [{ executionArn, machine, region, status, startedAtMs, endedAtMs, stateTransitions, historyEvents }];
    }),
  };
};
