import type { Run } from '../compose.ts';
import type { PairEnvironment } from '../environment.ts';
import type { HookRequest } from '../hook.ts';
import type { PairConfig } from '../pair-config.ts';
import type { Runtime } from '../runtime.ts';
import { callHook } from './call-hook.ts';
import { type BusEvent, putEvent } from './event-bus.ts';
import { EventSourceMappings } from './event-source-mappings.ts';
import { FenceTable } from './fence-table.ts';
import { controlItems, pairPorts } from './pair-ports.ts';
import { Parameters } from './parameters.ts';
import { runGuards } from './run-guards.ts';

/** The adapters that functions of a cutover share: everything they touch is in `region`, but the Control table. */
export const cutoverPorts = (
  runtime: Runtime,
  environment: PairEnvironment,
  { pair, region }: { readonly pair: PairConfig; readonly region: string },
) => {
  const ports = pairPorts(runtime, environment);
  const guards = ports.guardsOf(pair.name);
  return {
    ...ports,
    fences: new FenceTable(controlItems(runtime, environment)),
    mappings: new EventSourceMappings(runtime, region),
    parameters: new Parameters(runtime, region),
    readGuards: () => guards.read(),
    nowMs: () => runtime.clock.nowMs(),
    callHook: (functionArn: string, request: HookRequest) => callHook(runtime, functionArn, request),
    putEvent: (event: BusEvent) => putEvent(runtime, region, event),
  };
};

/** The same for a step of a workflow, whose lock each look extends. */
export const cutoverRunPorts = (
  runtime: Runtime,
  environment: PairEnvironment,
  { pair, region, run }: { readonly pair: PairConfig; readonly region: string; readonly run: Run },
) => ({
  ...cutoverPorts(runtime, environment, { pair, region }),
  renewLock: () => runGuards(runtime, environment, pair, run).renew(),
});
