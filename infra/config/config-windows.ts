import type { ProtectedWindow } from '../../functions/config/protected-window.ts';

const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

interface Span {
  readonly window: ProtectedWindow;
  /** What a person calls it: `monday 13:00, 120 min`. */
  readonly label: string;
  /** Minutes of the week, Sunday 00:00 UTC on. */
  readonly startMinute: number;
  readonly endMinute: number;
}

const spansOf = (windows: readonly ProtectedWindow[]): readonly Span[] =>
  windows.flatMap((window) =>
    window.days.map((day) => {
      const [hours = 0, minutes = 0] = window.startUtc.split(':').map(Number);
      const startMinute = weekDays.indexOf(day) * dayMinutes + hours * 60 + minutes;
      const label = `"${window.reason}" (${day} ${window.startUtc}, ${window.durationMinutes} min)`;
      return { window, label, startMinute, endMinute: startMinute + window.durationMinutes };
    }),
  );

/** Whether two spans share a minute, past the end of the week as well. */
const overlap = (a: Span, b: Span): boolean =>
  [-weekMinutes, 0, weekMinutes].some(
    (shift) => a.startMinute < b.endMinute + shift && b.startMinute + shift < a.endMinute,
  );

/**
 * What is wrong with the protected windows of a pair together: two that claim the same time contradict each other about
 * how long it is protected and why, and windows that fill the week would never let anything be done by plan.
 */
export const windowProblems = (windows: readonly ProtectedWindow[]): readonly string[] => {
  const spans = spansOf(windows);
  const overlaps = spans.flatMap((span, index) =>
    spans
      .slice(index + 1)
      .filter((other) => overlap(span, other))
      .map((other) => `${span.label} and ${other.label} overlap: merge them, or let one end earlier`),
  );
  const protectedMinutes = spans.reduce((sum, { window }) => sum + window.durationMinutes, 0);
  const full =
    protectedMinutes >= weekMinutes
      ? [
          `the windows protect ${protectedMinutes} of the week's ${weekMinutes} minutes: no planned work could ever begin`,
        ]
      : [];
  return [...overlaps, ...full];
};
