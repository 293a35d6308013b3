import { describe, expect, it } from 'vitest';
import { describeWindow, windowsOverlap } from '../../../functions/readiness/maintenance-window.ts';
import { noonMs } from '../../support/brokers.ts';

const window = (dayOfWeek: string, timeOfDay: string, timeZone = 'UTC') => ({ dayOfWeek, timeOfDay, timeZone });

describe('windowsOverlap', () => {
  it.each([
    ['the same time', window('SUNDAY', '02:00'), window('SUNDAY', '02:00'), true],
    ['the last minute', window('SUNDAY', '02:00'), window('SUNDAY', '03:59'), true],
    ['one after the other', window('SUNDAY', '02:00'), window('SUNDAY', '04:00'), false],
    ['another day', window('SUNDAY', '02:00'), window('MONDAY', '02:00'), false],
    ['the turn of the week', window('SATURDAY', '23:30'), window('SUNDAY', '01:00'), true],
    ['a zone west of UTC', window('SUNDAY', '02:00'), window('SATURDAY', '18:00', 'America/Los_Angeles'), true],
    ['the hour of the day alone', window('SUNDAY', '02:00'), window('SUNDAY', '02:00', 'America/Los_Angeles'), false],
    ['an offset', window('SUNDAY', '02:00'), window('SUNDAY', '11:00', '+09:00'), true],
    ['an offset with its name', window('SUNDAY', '02:00'), window('SUNDAY', '11:00', 'UTC+09:00'), true],
    ['another spelling of the day', window('Sunday', '02:00'), window('SUNDAY', '02:00'), true],
  ])('sees %s', (_label, a, b, expected) => {
    expect(windowsOverlap(a, b, noonMs)).toBe(expected);
    expect(windowsOverlap(b, a, noonMs)).toBe(expected);
  });

  it('follows the zone into its summer time', () => {
    const a = window('SUNDAY', '10:00');
    const b = window('SUNDAY', '05:00', 'America/New_York');
    // Ten o'clock in winter, nine in summer: two hours from seven begin to meet only then.
    const c = window('SUNDAY', '07:30');
    expect(windowsOverlap(b, c, Date.UTC(2026, 0, 4))).toBe(false);
    expect(windowsOverlap(b, c, Date.UTC(2026, 6, 5))).toBe(true);
    expect(windowsOverlap(a, b, Date.UTC(2026, 0, 4))).toBe(true);
  });

  it.each([window('SUNDAY', '02:00', 'Mars/Olympus'), window('NEVERDAY', '02:00'), window('SUNDAY', 'two')])(
    'does not understand %o',
    (odd) => {
      expect(windowsOverlap(odd, window('SUNDAY', '02:00'), noonMs)).toBeUndefined();
    },
  );
});

it('writes a window as people do', () => {
  expect(describeWindow(window('SUNDAY', '02:00'))).toBe('SUNDAY 02:00 UTC');
});
