/**
 * Characters that act on a screen instead of showing on it: a terminal's escape codes, line separators, and Unicode's
 * direction marks, which make a text read as another one (https://www.unicode.org/reports/tr36/).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach a screen
const acting = /[\u0000-\u001f\u007f-\u009f\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu;

/** As `acting`, but for tabs and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach a screen
const actingInText = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu;

/** Text from elsewhere as part of one line: reasons, causes and names could hold anything. */
export const printable = (text: string): string => text.replace(acting, ' ').trim();

/** Lines as they are, with a space for what would act on a screen in addition to ending a line. */
export const printableText = (text: string): string => text.replace(actingInText, ' ');

/** JSON in which what would act on a screen is escaped: the same value for a program, and harmless in a terminal. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(acting, (found) =>
    [...found].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
