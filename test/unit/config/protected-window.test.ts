import { describe, expect, it } from 'vitest';
import { type ProtectedWindow, windowsAt } from '../../../functions/config/protected-window.ts';

const window = (days: ProtectedWindow['days'], startUtc: string, durationMinutes: number): ProtectedWindow => ({
  reason: 'close',
  days,
  startUtc,
  durationMinutes,
});

// 2026-11-01 is a Sunday.
const at = (day: number, time: string): number => Date.parse(`2026-11-0${day}T${time}Z`);

describe('windowsAt', () => {
  it.each<[string, ProtectedWindow, number, boolean]>([
    ['begins with its first millisecond', window(['wednesday'], '10:30', 60), at(4, '10:30:00.000'), true],
    ['has not begun a millisecond earlier', window(['wednesday'], '10:30', 60), at(4, '10:29:59.999'), false],
    ['lasts to its last millisecond', window(['wednesday'], '10:30', 60), at(4, '11:29:59.999'), true],
    ['is over after its duration', window(['wednesday'], '10:30', 60), at(4, '11:30:00.000'), false],
    ['is on its days only', window(['wednesday'], '10:30', 60), at(5, '10:30:00'), false],
    ['runs past midnight', window(['wednesday'], '23:30', 60), at(5, '00:29:59'), true],
    ['ends after midnight', window(['wednesday'], '23:30', 60), at(5, '00:30:00'), false],
    ["runs past the week's end", window(['saturday'], '23:30', 60), at(1, '00:29:59'), true],
    ["ends after the week's end", window(['saturday'], '23:30', 60), at(1, '00:30:00'), false],
    ['may take a whole day', window(['saturday'], '12:00', 1_440), at(1, '11:59:59'), true],
    ['takes no more than its day', window(['saturday'], '12:00', 1_440), at(1, '12:00:00'), false],
    ['begins at midnight', window(['sunday'], '00:00', 1), at(1, '00:00:00'), true],
  ])('%s', (_label, given, nowMs, inside) => {
    expect(windowsAt([given], nowMs)).toEqual(inside ? [given] : []);
  });

  it('returns every window that holds', () => {
    const [a, b, c] = [
      window(['monday', 'wednesday'], '10:00', 60),
      window(['tuesday'], '11:00', 1_440),
      window(['wednesday'], '12:00', 60),
    ] as const;
    expect(windowsAt([a, b, c], at(4, '10:15:00'))).toEqual([a, b]);
  });
});
