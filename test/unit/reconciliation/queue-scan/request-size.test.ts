import { describe, expect, it } from 'vitest';
import { RequestSize } from '../../../../functions/reconciliation/queue-scan/request-size.ts';
import { chunkBytes, linkWindow } from '../../../../functions/reconciliation/queue-scan/scan-limits.ts';

const messages = (count: number, length: number) => Array.from({ length: count }, () => ({ bytes: { length } }));

describe('the size of a request', () => {
  it('grows tenfold from 10 to what one link holds, and never beyond the room', () => {
    const size = new RequestSize();
    expect([size.next(linkWindow), size.next(4)]).toEqual([10, 4]);
    size.arrived(messages(10, 100));
    expect(size.next(linkWindow)).toBe(100);
    for (let more = 0; more < 3; more++) size.arrived(messages(10, 100));
    expect(size.next(10 * linkWindow)).toBe(linkWindow);
  });

  it('asks for no more than fit when they are as large as the largest that came last', () => {
    const size = new RequestSize();
    for (let more = 0; more < 3; more++) size.arrived(messages(10, 100));
    size.arrived([...messages(1, chunkBytes / 8), ...messages(3, 10)]);
    expect(size.next(linkWindow)).toBe(8);
    size.arrived(messages(1, 2 * chunkBytes));
    expect(size.next(linkWindow)).toBe(1);
    size.arrived([]);
    expect(size.next(linkWindow)).toBe(1);
  });
});
