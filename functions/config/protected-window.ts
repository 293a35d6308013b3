import * as z from 'zod/mini';

const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const dayMinutes = 24 * 60;

/** Who a window keeps from acting: `planned` people's reboots and promotions by plan · `automatic` automatic runs. */
export type WindowCover = 'planned' | 'automatic';

/** A weekly time, in UTC, in which nothing may be rebooted or promoted by plan, or nothing may act automatically. */
export const protectedWindowSchema = z.strictObject({
  /** Why the time is protected; shown in refusals. */
  reason: z.string().check(z.minLength(1)),
  /** Days on which the window starts. */
  days: z.array(z.enum(weekDays)).check(z.minLength(1)),
  /** Start, `HH:MM` in UTC. */
  startUtc: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM in UTC, e.g. 22:30')),
  /** Length in minutes; it may run past midnight, at most a day. */
  durationMinutes: z.int().check(z.gte(1), z.lte(dayMinutes)),
  /** What it covers; `planned` unless set. An automatic failover is an emergency: it is covered only where a window says so. */
  covers: z.optional(z.array(z.enum(['planned', 'automatic'])).check(z.minLength(1))),
});

export type ProtectedWindow = z.output<typeof protectedWindowSchema>;

const weekMinutes = 7 * dayMinutes;

/**
 * The windows in which the instant lies, of those that cover what is asked for.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const windowsAt = (
  windows: readonly ProtectedWindow[],
  nowMs: number,
  cover: WindowCover = 'planned',
): readonly ProtectedWindow[] => {
  const now = new Date(nowMs);
  const minuteOfWeek = now.getUTCDay() * dayMinutes + now.getUTCHours() * 60 + now.getUTCMinutes();
  return windows.filter((window) => {
    if (!(window.covers ?? ['planned']).includes(cover)) return false;
    const [hours, minutes] = window.startUtc.split(':').map(Number);
    return window.days.some((day) => {
      const start = weekDays.indexOf(day) * dayMinutes + (hours ?? 0) * 60 + (minutes ?? 0);
      return (minuteOfWeek - start + weekMinutes) % weekMinutes < window.durationMinutes;
    });
  });
};
