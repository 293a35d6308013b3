import { describe, expect, it } from 'vitest';
import { isSuperseded, publishedEpoch } from '../../../functions/cutover/endpoint-document.ts';

describe('a published endpoint', () => {
  it.each([
    ['nothing', undefined, undefined],
    ['a text of a person', 'amqp+ssl://host:5671', undefined],
    ['another JSON', '{"host":"a"}', undefined],
    ['a document without an epoch', '{"epoch":null}', undefined],
    ['a document', '{"epoch":4,"brokerId":"b-1"}', 4],
  ])('of %s has the epoch it names', (_label, text, epoch) => {
    expect(publishedEpoch(text)).toBe(epoch);
  });

  it('is superseded only by a later epoch', () => {
    const published = '{"epoch":4}';
    expect(isSuperseded(published, 3)).toBe(true);
    expect(isSuperseded(published, 4)).toBe(false);
    expect(isSuperseded(published, 5)).toBe(false);
    expect(isSuperseded(published, null)).toBe(false);
    expect(isSuperseded('written by hand', 1)).toBe(false);
  });
});
