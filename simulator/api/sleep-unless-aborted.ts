import type { VirtualClock } from '../clock/virtual-clock.ts';

/**
 * Sleeps on the virtual clock, but wakes at once when `signal` is aborted, which another actor does.
 *
 * @throws AbortError, named as the SDK's own request handlers name it
 */
export const sleepUnlessAborted = async (
  clock: VirtualClock,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (signal === undefined) return await clock.sleepMs(milliseconds);
  if (signal.aborted) throw abortError();
  const woken = clock.signal<'slept' | 'aborted'>();
  const sleeper = clock.spawn(`${clock.currentActorName() ?? 'call'}/answer`, async () => {
    await clock.sleepMs(milliseconds);
    woken.fire('slept');
  });
  const onAbort = (): void => woken.fire('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  const reason = await woken.wait();
  signal.removeEventListener('abort', onAbort);
  if (reason === 'slept') return;
  clock.kill(sleeper);
  throw abortError();
};

/** The error that an aborted SDK call rejects with. */
export const abortError = (): Error => {
  const error = new Error('Request aborted');
  error.name = 'AbortError';
  return error;
};
