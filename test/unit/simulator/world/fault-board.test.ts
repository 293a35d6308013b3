import { describe, expect, it } from 'vitest';
import { FaultBoard, FaultRejectedError, fits } from '../../../../simulator/world/fault-board.ts';
import type { FaultInput } from '../../../../simulator/world/fault-schema.ts';
import { randomStream } from '../../../../simulator/world/seeded-random.ts';

const newBoard = () => new FaultBoard(randomStream(1, 'faults'));
const always = () => true;

describe('FaultBoard', () => {
  it('ends a fault after its count and tells listeners', () => {
    const board = newBoard();
    const told: string[] = [];
    board.onChange((event, id) => told.push(`${event} ${id}`));
    board.start({ id: 'busy', kind: 'throttling', count: 2 });
    expect([1, 2, 3].map(() => board.hit('throttling', always)?.kind)).toEqual(['throttling', 'throttling', undefined]);
    expect(told).toEqual(['started busy', 'stopped busy']);
  });

  it('counts only occasions that it meets', () => {
    const board = newBoard();
    board.start({ kind: 'throttling', count: 1, region: 'us-east-1' });
    expect(board.hit('throttling', (fault) => fault.region === 'us-west-2')).toBeUndefined();
    expect(board.hit('throttling', (fault) => fault.region === 'us-east-1')).toBeDefined();
  });

  it('takes effect with its probability, and alike with the same seed', () => {
    const hits = () => {
      const board = newBoard();
      board.start({ kind: 'throttling', probability: 0.25 });
      return Array.from({ length: 400 }, () => board.hit('throttling', always) !== undefined);
    };
    const first = hits();
    expect(first.filter(Boolean).length).toBeGreaterThan(70);
    expect(first.filter(Boolean).length).toBeLessThan(130);
    expect(hits()).toEqual(first);
  });

  it('rejects unknown kinds, members, values and ids by name', () => {
    const board = newBoard();
    const start = (fault: object) => () => board.start(fault as FaultInput);
    expect(start({ kind: 'throtling' })).toThrow('unknown fault kind "throtling"; did you mean "throttling"?');
    expect(start({ kind: 'throttling', operatoin: 'Promote' })).toThrow('operatoin');
    expect(start({ kind: 'throttling', probability: 2 })).toThrow('probability');
    expect(start({ kind: 'slow-answer' })).toThrow('delayMs');
    expect(start({ kind: 'connection-reset', when: 'during' })).toThrow('when');
    board.start({ id: 'one', kind: 'throttling' });
    expect(start({ id: 'one', kind: 'access-denied' })).toThrow(FaultRejectedError);
    expect(() => board.stop('two')).toThrow('no fault with the id "two" is in force; in force: one');
  });

  it('stops all faults and numbers those without an id', () => {
    const board = newBoard();
    expect([board.start({ kind: 'malformed-answer' }), board.start({ kind: 'malformed-answer' })]).toEqual([
      'malformed-answer-1',
      'malformed-answer-2',
    ]);
    board.stopAll();
    expect(board.active('malformed-answer')).toEqual([]);
  });
});

describe('fits', () => {
  it.each<[string | undefined, string | undefined, boolean]>([
    [undefined, 'anything', true],
    [undefined, undefined, true],
    ['mq', undefined, false],
    ['mq', 'mq', true],
    ['mq', 'mqtt', false],
    ['Describe*', 'DescribeBroker', true],
    ['*Broker', 'DescribeBrokers', false],
    ['a.c', 'abc', false],
  ])('pattern %s and value %s: %s', (pattern, value, expected) => {
    expect(fits(pattern, value)).toBe(expected);
  });
});
