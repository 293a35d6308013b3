const pad = (value: number): string => String(value).padStart(2, '0');

/** Time since the start of the run: `0:25:13`; with tenths of a second when asked. */
export const elapsed = (milliseconds: number, tenths = false): string => {
  const rounded = tenths ? Math.round(milliseconds / 100) * 100 : Math.round(milliseconds / 1_000) * 1_000;
  const hours = Math.floor(rounded / 3_600_000);
  const minutes = Math.floor((rounded % 3_600_000) / 60_000);
  const seconds = Math.floor((rounded % 60_000) / 1_000);
  const fraction = tenths ? `.${Math.floor((rounded % 1_000) / 100)}` : '';
  return `${hours}:${pad(minutes)}:${pad(seconds)}${fraction}`;
};

/** A length of time for reading: `0 s`, `9.8 s`, `4 min 2 s`, `1 h 12 min`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds === 0) return '0 s';
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const totalSeconds = Math.round(milliseconds / 1_000);
  if (totalSeconds < 3_600) {
    const seconds = totalSeconds % 60;
    return seconds === 0 ? `${totalSeconds / 60} min` : `${Math.floor(totalSeconds / 60)} min ${seconds} s`;
  }
  const totalMinutes = Math.round(totalSeconds / 60);
  const minutes = totalMinutes % 60;
  return minutes === 0 ? `${totalMinutes / 60} h` : `${Math.floor(totalMinutes / 60)} h ${minutes} min`;
};

/** `12,345` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `1 promotion`, `2 promotions` */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Dollars with as many digits as a small amount needs. */
export const dollars = (usd: number): string => (usd >= 1 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(4)}`);
