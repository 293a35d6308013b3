import { Executions } from '../../aws/executions.ts';
import type { LockResult } from '../../control/guard-table.ts';
import { isLeftOver } from '../../control/lock-owner.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { watchLease } from './watch-lease.ts';

/**
 * Takes the watch of a pair for an execution: free, expired, its own already, or left over by a watch of this Region that
 * has ended. A signal must not find a pair watched that nobody watches.
 */
export const claimWatch = async (
  { runtime, environment, region }: { runtime: Runtime; environment: ControlEnvironment; region: string },
  pair: string,
  executionArn: string,
): Promise<LockResult> => {
  const lease = watchLease(runtime, environment, pair);
  const nowMs = runtime.clock.nowMs();
  const first = await lease.acquire(executionArn, 'watch', nowMs);
  if (first.acquired) return first;
  const leftOver = await isLeftOver(first.lock, { executionArn, region, nowMs }, new Executions(runtime));
  return leftOver ? await lease.acquire(executionArn, 'watch', nowMs, [], first.lock) : first;
};
