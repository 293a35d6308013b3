import { describe, expect, it } from 'vitest';
import { exceededLimits, maxColdRatio, maxKib, maxSizeRatio } from '../../../../../tools/bench/bundles/limits.ts';

const measured = { function: 'scan-queues', kib: maxKib.withoutAmqp, sizeRatio: maxSizeRatio, coldRatio: maxColdRatio };

describe('exceededLimits', () => {
  it('finds nothing in what just keeps every limit, or has nothing to compare with', () => {
    expect(exceededLimits(measured, false)).toEqual([]);
    expect(exceededLimits({ ...measured, kib: maxKib.withAmqp }, true)).toEqual([]);
    expect(exceededLimits({ ...measured, sizeRatio: null, coldRatio: null }, false)).toEqual([]);
  });

  it('says of each limit what was found and what is allowed', () => {
    const heavy = { ...measured, kib: 700.1, sizeRatio: 1.401, coldRatio: 1.301 };
    expect(exceededLimits(heavy, true)).toEqual([
      'scan-queues has 700.1 KiB with AMQP; 700 are allowed',
      'scan-queues has 1.401 times the size of a bare handler; 1.4 are allowed',
      'scan-queues has 1.301 times the import of a bare handler; 1.3 are allowed',
    ]);
    expect(exceededLimits({ ...measured, kib: 550.1 }, false)).toEqual([
      'scan-queues has 550.1 KiB without AMQP; 550 are allowed',
    ]);
  });
});
