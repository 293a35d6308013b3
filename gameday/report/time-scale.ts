import { scaleLinear } from 'd3-scale';

/** A stretch of virtual time that a chart shows from edge to edge; milliseconds since the Unix epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Positions of instants within a window, in percent of its width, kept inside it. */
export const percentScale = ({ fromMs, toMs }: TimeWindow): ((atMs: number) => number) => {
  const scale = scaleLinear([fromMs, toMs], [0, 100]).clamp(true);
  return (atMs) => Number(scale(atMs).toFixed(3));
};

/** d3-time has no step of 2 or 10 seconds, which most close-ups need. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** Instants for axis labels: round in time since `originMs`, at most `most` of them. */
export const ticks = ({ fromMs, toMs }: TimeWindow, originMs: number, most: number): readonly number[] => {
  const seconds = (toMs - fromMs) / 1_000;
  const stepMs = (steps.find((step) => seconds / step <= most) ?? Math.ceil(seconds / most / 86_400) * 86_400) * 1_000;
  const first = Math.ceil((fromMs - originMs) / stepMs) * stepMs + originMs;
  return Array.from({ length: Math.floor((toMs - first) / stepMs) + 1 }, (_, index) => first + index * stepMs);
};
