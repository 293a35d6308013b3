import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { Promotion } from '../journal/promotions.ts';
import type { Recorder } from '../journal/recorder.ts';
import type { FaultControl } from './fault-control.ts';
import type { Operator } from './operator.ts';
import type { ScenarioOutline } from './scenario/schema.ts';
import type { ExerciseStage } from './stage-port.ts';
import type { TrafficControl } from './traffic-control.ts';
import type { WorkflowRuns } from './workflow-runs.ts';

/** What every action and probe of a running exercise may use. */
export interface ExerciseContext {
  readonly clock: VirtualClock;
  readonly stage: ExerciseStage;
  readonly scenario: ScenarioOutline;
  readonly recorder: Recorder;
  readonly workflows: WorkflowRuns;
  readonly operator: Operator;
  readonly traffic: TrafficControl;
  readonly faults: FaultControl;
  /** The promotions so far. */
  promotions(): readonly Promotion[];
}
