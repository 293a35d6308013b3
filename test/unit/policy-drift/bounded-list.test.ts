import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitting, shortEvidence, shortened } from '../../../functions/policy-drift/bounded-list.ts';

describe('what fits into a share of a payload', () => {
  it('is the beginning of a list, never longer than its share, whatever the items hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 400 })),
        fc.nat(20),
        fc.nat(4_000),
        (items, most, bytes) => {
          const kept = fitting(items, most, bytes);
          expect(kept).toEqual(items.slice(0, kept.length));
          expect(kept.length).toBeLessThanOrEqual(most);
          if (kept.length > 0) expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(bytes + 1);
          if (kept.length < Math.min(items.length, most)) {
            const more = JSON.stringify(items.slice(0, kept.length + 1));
            expect(Buffer.byteLength(more)).toBeGreaterThan(bytes);
          }
        },
      ),
      { numRuns: 300, seed: 61 },
    );
  });

  it('says where a text or a piece of evidence was cut', () => {
    expect(shortened('short')).toBe('short');
    expect(shortened('x'.repeat(700))).toMatch(/^x{599}…$/);
    expect(shortEvidence({ queues: 3 })).toEqual({ queues: 3 });
    expect(shortEvidence({ names: 'x'.repeat(2_000) })).toEqual({
      beginning: expect.stringMatching(/^\{"names":"x+…$/),
    });
  });
});
