// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach a terminal
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Text from elsewhere as one line: reasons, causes and names could hold line breaks or a terminal's escape codes. */
export const printable = (text: string): string => text.replace(controlCharacters, ' ').trim();

/** A time for a person, to the second: `2026-01-05T09:00:00Z`. @param atMs milliseconds since the Unix epoch */
export const isoSeconds = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
