import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InvalidInput } from '../../../functions/runtime/errors.ts';
import { parseInput } from '../../../functions/runtime/parse-input.ts';

const schema = z.strictObject({
  targetRegion: z.string().min(1),
  reason: z.string(),
  dryRun: z.boolean().default(false),
  network: z.strictObject({ subnetIds: z.array(z.string()) }).optional(),
  escalation: z.enum(['never', 'ask', 'auto']).optional(),
  accepted: z.literal(true).optional(),
  windows: z.array(z.strictObject({ startUtc: z.string() })).default([]),
});

const problemOf = (value: unknown): string => {
  try {
    parseInput(schema, value, 'input of switchover');
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as InvalidInput).message;
  }
};

describe('parseInput', () => {
  it('returns the parsed value with its defaults', () => {
    expect(parseInput(schema, { targetRegion: 'us-west-2', reason: 'drill' }, 'x')).toEqual({
      targetRegion: 'us-west-2',
      reason: 'drill',
      dryRun: false,
      windows: [],
    });
  });

  it('names an unknown value with the nearest one that is allowed', () => {
    const known = { targetRegion: 'us-west-2', reason: 'drill' };
    expect(problemOf({ ...known, escalation: 'neverr' })).toContain(
      'escalation: unknown value "neverr" (did you mean "never"?)',
    );
    expect(problemOf({ ...known, escalation: 'x' })).toContain('unknown value "x" (allowed: never, ask, auto)');
    expect(problemOf({ ...known, escalation: 1 })).toContain('escalation: Invalid option');
    expect(problemOf({ ...known, accepted: 'yes' })).toContain('accepted: Invalid input');
  });

  it('names every problem at once', () => {
    const message = problemOf({ targetRegoin: 'us-west-2', dryRun: 'yes', network: {} });
    expect(message).toMatch(/^input of switchover was refused: /);
    for (const part of ['targetRegion: ', 'reason: ', 'dryRun: ', 'network.subnetIds: ', '"targetRegoin"']) {
      expect(message).toContain(part);
    }
  });

  it.each<[string, object, string]>([
    ['at the top', { targetRegoin: 1 }, '"targetRegoin" (did you mean "targetRegion"?)'],
    ['inside an optional object', { network: { subnetIDs: [] } }, '"network.subnetIDs" (did you mean "subnetIds"?)'],
    [
      'inside an array with a default',
      { windows: [{ startUTC: '' }] },
      '"windows.0.startUTC" (did you mean "startUtc"?)',
    ],
    [
      'without a near name',
      { banana: 1 },
      '"banana" (allowed: targetRegion, reason, dryRun, network, escalation, accepted, windows)',
    ],
  ])('suggests a name for an unknown field %s', (_label, value, hint) => {
    expect(problemOf(value)).toContain(`unknown field ${hint}`);
  });

  it('names each of several unknown fields', () => {
    const message = problemOf({ reasn: 1, dryrun: 1 });
    expect(message).toContain('did you mean "reason"?');
    expect(message).toContain('did you mean "dryRun"?');
  });

  it('refuses something that is no object', () => {
    expect(problemOf(null)).toContain('input: ');
  });
});
