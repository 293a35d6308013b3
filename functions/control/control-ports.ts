import type { ControlEnvironment } from '../runtime/environment/control-environment.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ControlItems } from './control-items.ts';
import { pairScope } from './control-scopes.ts';
import { ControlTable } from './control-table.ts';
import { FenceTable } from './fence-table.ts';
import { GuardTable } from './guard-table.ts';
import { HeartbeatTable } from './heartbeat-table.ts';

/** The Control table as the function's environment names it. */
export const controlItems = (runtime: Runtime, environment: ControlEnvironment): ControlItems =>
  new ControlItems(runtime, { region: environment.CONTROL_REGION, tableName: environment.CONTROL_TABLE });

/** What the Control table knows of a pair. Functions bundle the clients that they import: those that ask no broker take this. */
export const controlPorts = (runtime: Runtime, environment: ControlEnvironment) => ({
  control: new ControlTable(controlItems(runtime, environment)),
  heartbeats: new HeartbeatTable(controlItems(runtime, environment)),
  fences: new FenceTable(controlItems(runtime, environment)),
  clock: runtime.clock,
  /** Lock, freeze and epoch of a pair. */
  guardsOf: (pair: string) => new GuardTable(controlItems(runtime, environment), pairScope(pair)),
});
