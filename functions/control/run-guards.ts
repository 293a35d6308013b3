import type { PairConfig } from '../config/pair-config.ts';
import type { Run } from '../runtime/compose.ts';
import type { PairEnvironment } from '../runtime/environment/pair-environment.ts';
import type { Assessment } from '../runtime/finding.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { controlPorts } from './control-ports.ts';
import { judgeGuards } from './guard-findings.ts';
import { guardWrite } from './guard-write.ts';
import type { LastLook } from './issue-write.ts';
import { renewLock } from './renew-lock.ts';

/** The guards of a pair as they apply to one run. */
export interface RunGuards {
  /** What lock, freeze, enrolment and anti-flap say now, for a gate. */
  assess(preempts?: readonly string[]): Promise<Assessment>;
  /** The look right before a write; see `guardWrite`. */
  lastLook(preempts?: readonly string[]): ReturnType<LastLook>;
  /** See `renewLock`. */
  renew(): Promise<void>;
}

/** Binds the guards of a pair to a run. */
export const runGuards = (runtime: Runtime, environment: PairEnvironment, pair: PairConfig, run: Run): RunGuards => {
  const table = controlPorts(runtime, environment).guardsOf(pair.name);
  const nowMs = (): number => runtime.clock.nowMs();
  return {
    assess: async (preempts = []) => judgeGuards(await table.read(), { ...run, preempts }, pair, nowMs()),
    lastLook: (preempts = []) => guardWrite({ ...run, preempts }, pair, { readGuards: () => table.read(), nowMs }),
    renew: () => renewLock(runtime, environment, pair, run),
  };
};
