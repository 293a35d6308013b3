/** Seconds of each unit of a stream's `max-age`: rabbit_amqqueue, unit_value_in_ms/1. */
const unitSeconds: Readonly<Record<string, number>> = {
  Y: 365 * 86_400,
  M: 30 * 86_400,
  D: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
};

/** A stream's `max-age`, such as `7D`, in seconds; undefined for text that is none. */
export const parseMaxAgeSeconds = (text: string): number | undefined => {
  const [, count, unit = ''] = /^(\d+)([YMDhms])$/.exec(text) ?? [];
  const seconds = unitSeconds[unit];
  return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
};
