import type { PairConfig } from '../config/pair-config.ts';
import type { ControlEnvironment } from '../runtime/environment/control-environment.ts';
import type { Run } from '../runtime/run.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { controlPorts } from './control-ports.ts';

/**
 * Extends the lock, if the run holds one; called by every poll of a loop.
 *
 * @throws LockLost when another run has taken it, ServiceUnavailable
 */
export const renewLock = async (
  runtime: Runtime,
  environment: ControlEnvironment,
  pair: Pick<PairConfig, 'name'>,
  run: Run,
): Promise<void> => {
  if (run.fence === null) return;
  const lock = controlPorts(runtime, environment).guardsOf(pair.name);
  await lock.renew(run.executionArn, run.fence, runtime.clock.nowMs());
};

/** A lock lasts 420 s (`leaseSeconds`): six chances to extend it before it ends. */
const renewEveryMs = 60_000;

/**
 * Extends the lock when a minute has passed since the last time; to be called as often as one likes.
 *
 * @throws what `renew` throws, LockLost above all
 */
export const keepLockEvery = (renew: () => Promise<void>, nowMs: () => number): (() => Promise<void>) => {
  let renewedAtMs = nowMs();
  return async () => {
    if (nowMs() - renewedAtMs < renewEveryMs) return;
    renewedAtMs = nowMs();
    await renew();
  };
};
