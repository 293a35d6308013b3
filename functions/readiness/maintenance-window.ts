import type { MaintenanceWindow } from '../brokers/broker-snapshot.ts';

const days: readonly string[] = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

/** A window lasts up to two hours; docs/amazon-mq.md 7.4. */
const windowMinutes = 120;

/** Minutes by which a zone is ahead of UTC at an instant; undefined for a zone that nobody knows. */
const offsetMinutes = (timeZone: string, nowMs: number): number | undefined => {
  const zone = timeZone.replace(/^(UTC|GMT)(?=[+-])/, '');
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(nowMs);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return undefined;
  }
};

/** Minute of the week, in UTC, at which a window begins. */
const startMinute = ({ dayOfWeek, timeOfDay, timeZone }: MaintenanceWindow, nowMs: number): number | undefined => {
  const day = days.indexOf(dayOfWeek.toUpperCase());
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(timeOfDay) ?? [];
  const offset = offsetMinutes(timeZone, nowMs);
  if (day < 0 || hours === undefined || minutes === undefined || offset === undefined) return undefined;
  return (day * dayMinutes + Number(hours) * 60 + Number(minutes) - offset + weekMinutes) % weekMinutes;
};

/**
 * Whether two weekly windows have a time in common, at the zones' offsets of now; undefined when one is not understood.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const windowsOverlap = (a: MaintenanceWindow, b: MaintenanceWindow, nowMs: number): boolean | undefined => {
  const [startA, startB] = [startMinute(a, nowMs), startMinute(b, nowMs)];
  if (startA === undefined || startB === undefined) return undefined;
  const apart = (startA - startB + weekMinutes) % weekMinutes;
  return apart < windowMinutes || apart > weekMinutes - windowMinutes;
};

/** A window as a person writes it: `SUNDAY 02:00 UTC`. */
export const describeWindow = ({ dayOfWeek, timeOfDay, timeZone }: MaintenanceWindow): string =>
  `${dayOfWeek} ${timeOfDay} ${timeZone}`;
