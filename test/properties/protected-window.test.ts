import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProtectedWindow, windowsAt } from '../../functions/config/protected-window.ts';

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const minuteMs = 60_000;
const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;
/** A Sunday at 00:00 UTC. */
const weekStartMs = Date.UTC(2026, 10, 1);

const window: fc.Arbitrary<ProtectedWindow> = fc.record({
  reason: fc.constant('close'),
  days: fc.uniqueArray(fc.constantFrom(...days), { minLength: 1, maxLength: 7 }),
  startUtc: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`),
  durationMinutes: fc.integer({ min: 1, max: dayMinutes }),
});

/** Every minute of the week that the window protects, by walking through each of its minutes. */
const minutesOf = ({ days: on, startUtc, durationMinutes }: ProtectedWindow): Set<number> => {
  const minutes = new Set<number>();
  const inDay = Number(startUtc.slice(0, 2)) * 60 + Number(startUtc.slice(3));
  for (const day of on) {
    const start = days.indexOf(day) * dayMinutes + inDay;
    for (let minute = 0; minute < durationMinutes; minute++) minutes.add((start + minute) % weekMinutes);
  }
  return minutes;
};

describe('windowsAt', () => {
  it('agrees with a walk through every minute of a week', () => {
    fc.assert(
      fc.property(
        window,
        fc.integer({ min: -3_000, max: 3_000 }),
        fc.integer({ min: 0, max: 59_999 }),
        (given, week, ms) => {
          const inside = minutesOf(given);
          // Every border and a spread of other minutes; all 10,080 for each of the runs would only repeat them.
          for (let minute = week & 7; minute < weekMinutes; minute += 13) check(given, inside, minute, week, ms);
          for (const minute of inside) {
            if (inside.has((minute + 1) % weekMinutes) && inside.has((minute + weekMinutes - 1) % weekMinutes))
              continue;
            for (const near of [-1, 0, 1]) check(given, inside, (minute + near + weekMinutes) % weekMinutes, week, ms);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const check = (given: ProtectedWindow, inside: Set<number>, minute: number, week: number, ms: number): void => {
    const nowMs = weekStartMs + week * weekMinutes * minuteMs + minute * minuteMs + ms;
    if (windowsAt([given], nowMs).length !== (inside.has(minute) ? 1 : 0)) {
      expect.fail(`minute ${minute} of the week is judged wrongly for ${JSON.stringify(given)}`);
    }
  };
});
