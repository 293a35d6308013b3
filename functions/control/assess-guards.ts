import { Executions } from '../aws/executions.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { ControlEnvironment } from '../runtime/environment/control-environment.ts';
import type { Assessment } from '../runtime/finding.ts';
import type { Run } from '../runtime/run.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { controlPorts } from './control-ports.ts';
import { judgeGuards } from './guard-findings.ts';
import type { GuardReading } from './guards.ts';
import { withoutLeftOverLock } from './lock-owner.ts';

/** A run, and the Region that it acts in. */
interface Asking {
  readonly runtime: Runtime;
  readonly environment: ControlEnvironment;
  readonly region: string;
}

/** The guards of a pair for a run; a lock that a run of this Region left over when it ended counts as none. */
export const readLiveGuards = async (
  { runtime, environment, region }: Asking,
  pair: string,
  executionArn: string,
): Promise<GuardReading> => {
  const reading = await controlPorts(runtime, environment).guardsOf(pair).read();
  const asking = { executionArn, region, nowMs: runtime.clock.nowMs() };
  return await withoutLeftOverLock(reading, asking, new Executions(runtime));
};

/** What lock, freeze, enrolment and anti-flap say now, for a gate. */
export const assessGuards = async (
  asking: Asking,
  pair: PairConfig,
  run: Pick<Run, 'executionArn' | 'automatic' | 'overrideControl'>,
  preempts: readonly string[] = [],
): Promise<Assessment> => {
  const reading = await readLiveGuards(asking, pair.name, run.executionArn);
  return judgeGuards(reading, { ...run, preempts }, pair, asking.runtime.clock.nowMs());
};
