/** A time for a person, to the second: `2026-01-05T09:00:00Z`. @param atMs milliseconds since the Unix epoch */
export const isoSeconds = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
