import * as z from 'zod/mini';
import { Executions } from '../aws/executions.ts';
import { findPair } from '../brokers/find-pair.ts';
import { controlPorts } from '../control/control-ports.ts';
import { isLeftOver } from '../control/lock-owner.ts';
import { takenOverByFailover } from '../control/preemptions.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { LockHeld } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';

/**
 * Takes the pair's lock for the root execution and hands back the run with its fence. A lock that a run of this Region left
 * over when it ended is taken over. A dry run takes none, and a run
 * that overrides the Control table cannot. A run that is a step of another one keeps that one's lock and fence.
 *
 * @throws LockHeld when another run has the lock, LockLost when the run whose step this is has it no more
 */
export const handler = composeHandler({
  name: 'acquire-lock',
  input: z.strictObject({ pair: z.string(), workflow: z.string(), dryRun: z.boolean(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, workflow, dryRun, run }, { runtime, environment, region, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    if (dryRun || run.overrideControl !== null) return { run };
    const preempts = workflow === 'failover' && !run.automatic ? takenOverByFailover : [];
    const guards = controlPorts(runtime, environment).guardsOf(pair.name);
    if (run.child && run.fence !== null) {
      await guards.renew(run.executionArn, run.fence, nowMs);
      return { run };
    }
    const first = await guards.acquire(run.executionArn, workflow, nowMs, preempts);
    const asking = { executionArn: run.executionArn, region, nowMs };
    const leftOver = !first.acquired && (await isLeftOver(first.lock, asking, new Executions(runtime)));
    const { acquired, lock } = leftOver
      ? await guards.acquire(run.executionArn, workflow, nowMs, preempts, first.lock)
      : first;
    logDecision('lock', { pair: pair.name, workflow, acquired, leftOver, fence: lock.fence, owner: lock.owner });
    if (!acquired) {
      throw new LockHeld(
        `a run of ${lock.purpose} holds the lock of ${pair.name}: ${lock.owner}; wait until that run has ended`,
        {
          ...lock,
        },
      );
    }
    return { run: { ...run, fence: lock.fence } };
  },
});
