import { ControlItems } from '../functions/control/control-items.ts';
import { ControlTable } from '../functions/control/control-table.ts';
import { FenceTable } from '../functions/control/fence-table.ts';
import { GuardTable } from '../functions/control/guard-table.ts';
import { HeartbeatTable } from '../functions/control/heartbeat-table.ts';
import type { Runtime } from '../functions/runtime/runtime.ts';
import { controlTableName } from '../infra/names.ts';

/** Region of the Control table's third replica, which no pair has a broker in. */
export const operatorRegion = 'us-east-2';

/** An operator at the Control table, by the adapters that the command line uses too. */
export class Operator {
  readonly items: ControlItems;
  readonly records: ControlTable;
  readonly fences: FenceTable;
  readonly heartbeats: HeartbeatTable;

  constructor(runtime: Runtime) {
    this.items = new ControlItems(runtime, { region: operatorRegion, tableName: controlTableName });
    this.records = new ControlTable(this.items);
    this.fences = new FenceTable(this.items);
    this.heartbeats = new HeartbeatTable(this.items);
  }

  /** Lock, freeze and epoch of a scope, such as `PAIR#orders` or `GLOBAL`. */
  guards(scope: string): GuardTable {
    return new GuardTable(this.items, scope);
  }
}
