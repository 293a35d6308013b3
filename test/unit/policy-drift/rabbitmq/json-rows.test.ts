import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonRows } from '../../../../functions/policy-drift/rabbitmq/json-rows.ts';
import type { Row } from '../../../../functions/policy-drift/rabbitmq/rabbit-rows.ts';

const read = (text: string, cuts: readonly number[] = []): readonly Row[] => {
  const found: Row[] = [];
  const rows = new JsonRows('GET /api/queues', (row) => void found.push(row));
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  places.slice(1).forEach((end, index) => {
    rows.feed(bytes.subarray(places[index], end));
  });
  rows.end();
  return found;
};

describe('rows that are read as they arrive', () => {
  it('are what JSON.parse makes of the whole, wherever the bytes are cut', () => {
    const row = fc.dictionary(
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '}', '[', 'é', '\n') }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.nat(2),
        (rows, cuts, space) => {
          const text = JSON.stringify(rows, undefined, space);
          expect(read(text, cuts)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 500, seed: 51 },
    );
  });

  it.each(['', '{}', '[', '[{}', '[1]', '["a"]', '[{]}]', '[{}] x', 'no JSON', '[[{}]]'])('refuse %j', (text) => {
    expect(() => read(text)).toThrow(/list of objects/);
  });
});
