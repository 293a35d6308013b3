import { describe, expect, it } from 'vitest';
import { OutcomeUnknown } from '../../../functions/runtime/errors.ts';
import { applyChangeWriter } from '../../support/writers.ts';

describe('applyNextChange', () => {
  it.each([
    ['before its record', 1, []],
    ['after its record', 2, ['open', 'not-effective']],
  ])('overwrites nothing that a person writes %s, and judges anew', async (_label, read, log) => {
    const writer = applyChangeWriter();
    writer.guards.beforeRead = (reads) => reads === read && writer.writeByHand();
    await expect(writer.run()).rejects.toThrow(OutcomeUnknown);
    expect(writer.log).toEqual(log);
    expect((await writer.run()).outcome).toBe('written');
    expect(writer.log.slice(log.length)).toEqual(['open', 'call', 'issued']);
  });
});
