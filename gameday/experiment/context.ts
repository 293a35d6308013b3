import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { Operator } from '../../testbed/operator.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Promotion } from '../journal/promotions.ts';
import type { JournalRecorder } from '../journal/recorder.ts';
import type { FaultControl } from './fault-control.ts';
import type { ScenarioOutline } from './scenario/schema.ts';
import type { TrafficControl } from './traffic-control.ts';
import type { WorkflowRuns } from './workflow-runs.ts';

/** Who acts, in the Control table's records. */
export const operatorName = 'game day';

/** What every action and probe of a running experiment may use. */
export interface ExperimentContext {
  readonly clock: VirtualClock;
  readonly testbed: Testbed;
  readonly operator: Operator;
  readonly scenario: ScenarioOutline;
  readonly recorder: JournalRecorder;
  readonly workflows: WorkflowRuns;
  readonly traffic: TrafficControl;
  readonly faults: FaultControl;
  /** The promotions so far. */
  promotions(): readonly Promotion[];
}
