import { describe, expect, it } from 'vitest';
import { valueScale } from '../../../../gameday/report/plot-svg.ts';
import { percentScale, ticks } from '../../../../gameday/report/time-scale.ts';
import { counted, dollars, duration, elapsed } from '../../../../testbed/page/format.ts';
import { escapeHtml, html, Markup } from '../../../../testbed/page/html.ts';

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
    const position = percentScale({ fromMs: 1_000, toMs: 3_000 });
    expect([0, 1_000, 2_000, 9_000].map(position)).toEqual([0, 0, 50, 100]);
    expect(percentScale({ fromMs: 5, toMs: 5 })(5)).toBe(50);
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

  it('rounds the top of a plot up to a gridline with a round number', () => {
    const tops = [0, 0.7, 1, 3, 11, 61, 99, 1_001].map((highest) => {
      const scale = valueScale([highest / 2, highest], 100);
      const top = scale.domain()[1] ?? 0;
      expect([scale(0), scale(top), scale.ticks(3).at(-1)]).toEqual([100, 0, top]);
      return top;
    });
    expect(tops).toEqual([1, 0.8, 1, 3, 15, 80, 100, 1_500]);
  });
});
