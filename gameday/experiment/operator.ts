import { ControlItems } from '../../functions/control/control-items.ts';
import { globalScope, pairScope } from '../../functions/control/control-scopes.ts';
import { ControlTable } from '../../functions/control/control-table.ts';
import { GuardTable } from '../../functions/control/guard-table.ts';
import { FenceTable } from '../../functions/cutover/adapters/fence-table.ts';
import { currentRuntime } from '../../functions/runtime/runtime.ts';
import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { ExerciseStage } from './stage-port.ts';

/** Who acts, in the Control table's records. */
export const operatorName = 'game day';

/** An operator at the Control table, by the adapters that the command line uses too. */
export class Operator {
  readonly records: ControlTable;
  readonly fences: FenceTable;
  readonly #items: ControlItems;

  constructor(clock: VirtualClock, stage: ExerciseStage) {
    const runtime = { ...currentRuntime(), clock, random: () => stage.random(), aws: stage.aws };
    this.#items = new ControlItems(runtime, stage.control);
    this.records = new ControlTable(this.#items);
    this.fences = new FenceTable(this.#items);
  }

  /** Lock, freeze and epoch of a pair; without a pair those that concern everything. */
  guards(pair: string | undefined): GuardTable {
    return new GuardTable(this.#items, pair === undefined ? globalScope : pairScope(pair));
  }
}
