import { describe, expect, it } from 'vitest';
import { counted, dollars, duration, elapsed } from '../../../../gameday/report/format.ts';
import { escapeHtml, html, Markup } from '../../../../gameday/report/html.ts';
import { niceCeiling } from '../../../../gameday/report/plot-svg.ts';
import { percentAt, ticks } from '../../../../gameday/report/time-scale.ts';

describe('formats', () => {
  it.each([
    [0, '0 s'],
    [940, '0.9 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [61_000, '1 min 1 s'],
    [3_599_600, '1 h'],
    [4_320_000, '1 h 12 min'],
  ])('writes %i ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it('writes time since the start', () => {
    expect(elapsed(0)).toBe('0:00:00');
    expect(elapsed(3_723_499)).toBe('1:02:03');
    expect(elapsed(59_960, true)).toBe('0:01:00.0');
    expect(elapsed(36_160, true)).toBe('0:00:36.2');
  });

  it('counts nouns and money', () => {
    expect([counted(1, 'run'), counted(1_200, 'run')]).toEqual(['1 run', '1,200 runs']);
    expect([dollars(0.00265), dollars(12)]).toEqual(['$0.0027', '$12.00']);
  });
});

describe('html', () => {
  it('escapes what is put in, and joins lists and markup', () => {
    const hostile = `<img src=x onerror="alert('1')">&`;
    expect(html`<p title="${hostile}">${[hostile, html`<b>${1}</b>`, undefined]}</p>`.text).toBe(
      `<p title="${escapeHtml(hostile)}">${escapeHtml(hostile)}<b>1</b></p>`,
    );
    expect(escapeHtml(hostile)).not.toMatch(/[<>"']/);
    expect(html`${new Markup('<i>')}`.text).toBe('<i>');
  });
});

describe('scales', () => {
  it('keeps instants inside the picture', () => {
    const window = { fromMs: 1_000, toMs: 3_000 };
    expect([0, 1_000, 2_000, 9_000].map((atMs) => percentAt(window, atMs))).toEqual([0, 0, 50, 100]);
    expect(percentAt({ fromMs: 5, toMs: 5 }, 5)).toBe(0);
  });

  it.each([10_000, 90_000, 3_000_000, 86_400_000, 2_592_000_000])(
    'labels %i ms at round times, never too many',
    (lengthMs) => {
      const shown = ticks({ fromMs: 12_345, toMs: 12_345 + lengthMs }, 0, 8);
      expect(shown.length).toBeGreaterThan(2);
      expect(shown.length).toBeLessThanOrEqual(9);
      expect(shown.every((atMs) => atMs % 1_000 === 0)).toBe(true);
    },
  );

  it('rounds the top of a plot up to a round number', () => {
    expect([0, 0.7, 1, 3, 11, 61, 99, 1_001].map(niceCeiling)).toEqual([1, 0.8, 1, 4, 20, 80, 100, 2_000]);
  });
});
