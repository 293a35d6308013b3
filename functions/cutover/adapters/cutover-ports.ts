import type { PairConfig } from '../../config/pair-config.ts';
import { controlPorts } from '../../control/control-ports.ts';
import { renewLock } from '../../control/renew-lock.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import type { Run } from '../../runtime/run.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/** What the functions of a cutover share; each adds the service of the own Region that it acts on. */
export const cutoverPorts = (runtime: Runtime, environment: ControlEnvironment, pair: PairConfig) => {
  const ports = controlPorts(runtime, environment);
  const guards = ports.guardsOf(pair.name);
  return {
    ...ports,
    readGuards: () => guards.read(),
    nowMs: () => runtime.clock.nowMs(),
  };
};

/** The same for a step of a workflow, whose lock each poll extends. */
export const cutoverRunPorts = (runtime: Runtime, environment: ControlEnvironment, pair: PairConfig, run: Run) => ({
  ...cutoverPorts(runtime, environment, pair),
  renewLock: () => renewLock(runtime, environment, pair, run),
});
