/** A stretch of virtual time that a chart shows from edge to edge; milliseconds since the Unix epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Position of an instant within a window, in percent of its width, kept inside it. */
export const percentAt = (window: TimeWindow, atMs: number): number => {
  const share = (atMs - window.fromMs) / Math.max(1, window.toMs - window.fromMs);
  return Math.round(Math.min(1, Math.max(0, share)) * 100_000) / 1_000;
};

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** Instants for axis labels: round in time since `originMs`, at most `most` of them. */
export const ticks = (window: TimeWindow, originMs: number, most: number): readonly number[] => {
  const seconds = (window.toMs - window.fromMs) / 1_000;
  const stepMs = (steps.find((step) => seconds / step <= most) ?? Math.ceil(seconds / most / 86_400) * 86_400) * 1_000;
  const first = Math.ceil((window.fromMs - originMs) / stepMs) * stepMs + originMs;
  const result: number[] = [];
  for (let atMs = first; atMs <= window.toMs; atMs += stepMs) result.push(atMs);
  return result;
};
