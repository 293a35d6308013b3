import { describe, expect, it } from 'vitest';
import {
  addCounts,
  type Manifest,
  type ManifestLine,
  manifestHashSchema,
  manifestKey,
  noMessages,
  readLines,
  readManifest,
  readScannedQueue,
  sha256,
  writeLines,
  writeManifest,
} from '../../../functions/reconciliation/manifest.ts';
import { manifest, manifestLine, queueScan } from '../../support/manifests.ts';

const hashOf = (document: Manifest): string => sha256(writeManifest(document));

describe('a manifest', () => {
  it('is read as it was written, under the hash that names it', () => {
    const text = writeManifest(manifest());
    expect(readManifest(text, sha256(text))).toEqual(manifest());
    expect(manifestKey('orders', sha256(text))).toBe(`manifests/orders/${sha256(text)}.json`);
  });

  it('has another hash for any other content', () => {
    const others: readonly Manifest[] = [
      manifest({ pair: 'bills' }),
      manifest({ epoch: 4 }),
      manifest({ brokerId: 'b-2' }),
      manifest({ createdAtMs: 1 }),
      manifest({ queues: [] }),
      manifest({ queues: [queueScan({ parts: [] })] }),
    ];
    expect(new Set([manifest(), ...others].map(hashOf)).size).toBe(others.length + 1);
  });

  it('is refused when it was changed since, with both hashes', () => {
    const text = writeManifest(manifest());
    const changed = text.replace('"epoch":3', '"epoch":4');
    expect(() => readManifest(changed, sha256(text))).toThrow(
      expect.objectContaining({
        name: 'InvalidInput',
        message: expect.stringMatching(`${sha256(text)} has the hash ${sha256(changed)}: it was changed`),
      }),
    );
  });

  it.each([
    ['no JSON', 'hello', /is not JSON/],
    ['another version', writeManifest({ ...manifest(), version: 2 } as unknown as Manifest), /version/],
    ['an unknown field', writeManifest({ ...manifest(), more: 1 } as Manifest), /more/],
    ['an unknown class of counts', writeManifest(manifest()).replace('"uncertain"', '"unclear"'), /counts/],
  ])('with %s is none that this version writes', (_what, text, message) => {
    expect(() => readManifest(text, sha256(text))).toThrow(
      expect.objectContaining({ name: 'UnexpectedAnswer', message: expect.stringMatching(message) }),
    );
  });

  it('is named by 64 lower-case hexadecimal digits', () => {
    const hash = sha256('x');
    const valid = [hash, hash.toUpperCase(), hash.slice(1), `${hash}0`, '../../etc/passwd', ''].map(
      (text) => manifestHashSchema.safeParse(text).success,
    );
    expect(valid).toEqual([true, false, false, false, false, false]);
  });
});

describe('the lines of a part', () => {
  const lines: readonly ManifestLine[] = [
    manifestLine({ id: 'ID:a|b"\\\n\u0000é' }),
    manifestLine({ position: 1, id: null, class: 'uncertain', processed: null }),
    manifestLine({ position: 2, id: `ID:${'x'.repeat(65_536)}` }),
  ];
  const text = writeLines(lines);
  const part = { key: 'scan-0-00000.ndjson', sha256: sha256(text), messages: 3 };

  it('are one JSON object each, whatever their ids hold', () => {
    expect(text.trimEnd().split('\n').length).toBe(3);
    expect(readLines(text, part)).toEqual(lines);
    expect(readLines('', { ...part, sha256: sha256('') })).toEqual([]);
  });

  it('are refused when they were changed since', () => {
    const changed = text.replace('"uncertain"', '"processed"');
    expect(() => readLines(changed, part)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('scan-0-00000.ndjson') }),
    );
  });

  it('are refused when no version wrote them', () => {
    const foreign = text.replace('"position":0', '"place":0');
    expect(() => readLines(foreign, { ...part, sha256: sha256(foreign) })).toThrow(
      expect.objectContaining({ name: 'UnexpectedAnswer' }),
    );
  });
});

describe('the scan of a queue', () => {
  it('is read as it was stored', () => {
    expect(readScannedQueue(JSON.stringify(queueScan()), 'key')).toEqual(queueScan());
    expect(() => readScannedQueue('{}', 'runs/scan-0.json')).toThrow(
      /runs\/scan-0\.json was not written by this version/,
    );
  });

  it('has counts that add up by class', () => {
    const one = { processed: 1, unprocessed: 2, uncertain: 3, expired: 4 };
    expect(addCounts(one, addCounts(one, noMessages))).toEqual({
      processed: 2,
      unprocessed: 4,
      uncertain: 6,
      expired: 8,
    });
  });
});
