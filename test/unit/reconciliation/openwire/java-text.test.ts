import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJavaText, encodeJavaText } from '../../../../functions/reconciliation/openwire/java-text.ts';
import { MalformedFrame } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';

const decode = (bytes: Buffer): string => decodeJavaText(bytes, 0, bytes.length);

describe('text as Java writes it', () => {
  it('comes back as it was, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 300 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(decode(encodeJavaText(text))).toBe(text);
      }),
    );
  });

  it('has no zero byte, and three bytes for each surrogate', () => {
    expect(encodeJavaText('\u0000').toString('hex')).toBe('c080');
    expect(encodeJavaText('\u{1f600}').toString('hex')).toBe('eda0bdedb880');
  });

  it('is read in standard UTF-8 too, as the broker stores what came by STOMP', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(decode(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
  });

  it('may be long', () => {
    const text = 'ä'.repeat(100_000);
    expect(decode(encodeJavaText(text))).toBe(text);
  });

  it.each(['80', 'c3', 'c341', 'e4b8', 'e4b841', 'f09f98', 'f8888080', 'f4908080', 'f0808080', 'ff'])(
    'is refused for the bytes %s',
    (hex) => {
      expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(MalformedFrame);
    },
  );
});
