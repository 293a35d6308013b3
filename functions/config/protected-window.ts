import * as z from 'zod/mini';

const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const dayMinutes = 24 * 60;

/** A weekly time, in UTC, in which nothing may be rebooted or promoted by plan. */
export const protectedWindowSchema = z.strictObject({
  /** Why the time is protected; shown in refusals. */
  reason: z.string().check(z.minLength(1)),
  /** Days on which the window starts. */
  days: z.array(z.enum(weekDays)).check(z.minLength(1)),
  /** Start, `HH:MM` in UTC. */
  startUtc: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM in UTC, e.g. 22:30')),
  /** Length in minutes; it may run past midnight, at most a day. */
  durationMinutes: z.int().check(z.gte(1), z.lte(dayMinutes)),
});

export type ProtectedWindow = z.output<typeof protectedWindowSchema>;

const weekMinutes = 7 * dayMinutes;

/**
 * The windows in which the instant lies.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const windowsAt = (windows: readonly ProtectedWindow[], nowMs: number): readonly ProtectedWindow[] => {
  const now = new Date(nowMs);
  const minuteOfWeek = now.getUTCDay() * dayMinutes + now.getUTCHours() * 60 + now.getUTCMinutes();
  return windows.filter((window) => {
    const [hours, minutes] = window.startUtc.split(':').map(Number);
    return window.days.some((day) => {
      const start = weekDays.indexOf(day) * dayMinutes + (hours ?? 0) * 60 + (minutes ?? 0);
      return (minuteOfWeek - start + weekMinutes) % weekMinutes < window.durationMinutes;
    });
  });
};
