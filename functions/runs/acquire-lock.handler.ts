import * as z from 'zod';
import { pairPorts } from '../shared/adapters/pair-ports.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { pairEnvironmentSchema } from '../shared/environment.ts';
import { LockHeld } from '../shared/errors.ts';
import { findPair } from '../shared/find-pair.ts';

/** What each workflow may take the lock from: a person's failover interrupts a switchover, nothing else interrupts. */
const preemptions: Readonly<Record<string, readonly string[]>> = { failover: ['switchover'] };

/**
 * Takes the pair's lock for the root execution and hands back the run with its fence. A dry run takes none, and a run
 * that overrides the Control table cannot. A run started by a child workflow brings its root's fence and keeps it.
 *
 * @throws LockHeld when another run has the lock
 */
export const handler = composeHandler({
  name: 'acquire-lock',
  input: z.strictObject({ pair: z.string(), workflow: z.string(), dryRun: z.boolean(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, workflow, dryRun, run }, { runtime, environment, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    if (dryRun || run.overrideControl !== null) return { run };
    const preempts = run.automatic ? [] : (preemptions[workflow] ?? []);
    const guards = pairPorts(runtime, environment).guardsOf(pair.name);
    const { acquired, lock } = await guards.acquire(run.executionArn, workflow, nowMs, preempts);
    logDecision('lock', { pair: pair.name, workflow, acquired, fence: lock.fence, owner: lock.owner });
    if (!acquired) {
      throw new LockHeld(
        `a run of ${lock.purpose} holds the lock of ${pair.name}: ${lock.owner}; wait until it has ended`,
        {
          ...lock,
        },
      );
    }
    return { run: { ...run, fence: lock.fence } };
  },
});
