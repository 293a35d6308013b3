import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../../../functions/reconciliation/openwire/frame-splitter.ts';
import { FrameTooLarge, MalformedFrame } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';

const withLength = (frame: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
};

const announced = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(length);
  return bytes;
};

describe('frames', () => {
  it('are the same wherever the network cuts them', () => {
    const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 10 });
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (expected, lengths) => {
        const bytes = Buffer.concat(expected.map(withLength));
        const splitter = new FrameSplitter(50);
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          found.push(...splitter.push(bytes.subarray(at, at + length)));
          at += length;
        }
        expect(found.map((frame) => frame.toString('hex'))).toEqual(
          expected.map((frame) => Buffer.from(frame).toString('hex')),
        );
        expect(splitter.inFrame).toBe(false);
      }),
    );
  });

  it.each([51, 104_857_601, 0x7fffffff])(
    'of %d bytes are refused beyond the limit, before their room is taken',
    (length) => {
      const splitter = new FrameSplitter(50);
      const before = process.memoryUsage().arrayBuffers;
      expect(() => [...splitter.push(announced(length))]).toThrow(FrameTooLarge);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    },
  );

  it.each([0, -1, -0x80000000])('of %d bytes are refused', (length) => {
    expect(() => [...new FrameSplitter(50).push(announced(length))]).toThrow(MalformedFrame);
  });

  it('have a new limit from the next one on', () => {
    const splitter = new FrameSplitter(1);
    const frames = splitter.push(Buffer.concat([withLength(Buffer.from([1])), withLength(Buffer.from([1, 2]))]));
    expect(frames.next().value).toEqual(Buffer.from([1]));
    splitter.limit(2);
    expect(frames.next().value).toEqual(Buffer.from([1, 2]));
  });

  it('are known to be cut off', () => {
    const splitter = new FrameSplitter(50);
    expect(splitter.inFrame).toBe(false);
    expect([...splitter.push(Buffer.from([0]))]).toEqual([]);
    expect(splitter.inFrame).toBe(true);
    expect([...splitter.push(Buffer.from([0, 0, 2, 7]))]).toEqual([]);
    expect(splitter.inFrame).toBe(true);
    expect([...splitter.push(Buffer.from([8]))]).toEqual([Buffer.from([7, 8])]);
    expect(splitter.inFrame).toBe(false);
  });
});
