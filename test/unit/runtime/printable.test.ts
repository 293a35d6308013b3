import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableText } from '../../../functions/runtime/printable.ts';
import { escapeHtml } from '../../../testbed/page/html.ts';

/** Erase the screen; C1's introducer of escape codes; right-to-left override and isolate; line and paragraph separator. */
const hostile = 'a\u001b[2J\u009bb\u202ec\u2066d\u200fe\u2028f\u2029g\u0000h';

describe('text on its way to a screen', () => {
  it('has a space for each run of characters that would act on it', () => {
    expect(printable(` ${hostile}\r\nz `)).toBe('a [2J b c d e f g h z');
  });

  it('keeps its lines and tabs where it has some', () => {
    expect(printableText(`\t${hostile}\nz`)).toBe('\ta [2J b c d e f g h\nz');
  });

  it('is escaped in JSON, whose value stays the same', () => {
    const text = printableJson({ reason: hostile });
    expect(text).toContain('\\u001b[2J\\u009bb\\u202ec');
    expect(JSON.parse(text)).toEqual({ reason: hostile });
  });

  it('is escaped in every JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const value: unknown = JSON.parse(json);
        expect(JSON.parse(printableJson(value))).toEqual(value);
        expect(printableText(printableJson(value))).toBe(printableJson(value));
      }),
    );
  });

  it('does not turn its direction on the report page', () => {
    expect(escapeHtml('<b>\u202eevil')).toBe('&lt;b&gt; evil');
  });
});
