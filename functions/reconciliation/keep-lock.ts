/** A lock lasts 420 s (control/guards.ts): six chances to extend it before it ends. */
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
