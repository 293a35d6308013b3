import type { PairConfig } from '../config/pair-config.ts';
import type { PairEnvironment } from '../runtime/environment/pair-environment.ts';
import type { Run } from '../runtime/run.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { controlPorts } from './control-ports.ts';
import { finalCheck } from './final-check.ts';
import { renewLock } from './renew-lock.ts';

/** The guards of a pair as they apply to one run. */
export const runGuards = (runtime: Runtime, environment: PairEnvironment, pair: PairConfig, run: Run) => {
  const table = controlPorts(runtime, environment).guardsOf(pair.name);
  const nowMs = (): number => runtime.clock.nowMs();
  return {
    /** The check right before a write; see `finalCheck`. */
    finalCheck: (preempts: readonly string[] = []) =>
      finalCheck({ ...run, preempts }, pair, { readGuards: () => table.read(), nowMs }),
    /** See `renewLock`. */
    renew: () => renewLock(runtime, environment, pair, run),
  };
};
