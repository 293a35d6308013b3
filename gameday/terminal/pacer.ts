import { setImmediate as nextLoopTurn, setTimeout as sleep } from 'node:timers/promises';
import type { LiveView } from '../experiment/run-game-day.ts';

/** Wall milliseconds of one nap; short, so that Ctrl-C and the display are served while a run is slowed down. */
const napMs = 50;

/**
 * Lets the host's event loop turn, and with a `factor` holds the run back so that at most that many virtual seconds
 * pass in one second of wall time.
 */
export const pacer = (factor: number | undefined, frame: (view: LiveView) => void, interrupt: AbortSignal) => {
  let startedMs: number | undefined;
  return async (view: LiveView): Promise<void> => {
    startedMs ??= performance.now();
    frame(view);
    await nextLoopTurn();
    if (factor === undefined) return;
    const dueMs = startedMs + (view.nowMs - view.startMs) / factor;
    while (performance.now() < dueMs && !interrupt.aborted) {
      await sleep(Math.min(napMs, Math.max(1, dueMs - performance.now())));
      frame(view);
    }
  };
};
