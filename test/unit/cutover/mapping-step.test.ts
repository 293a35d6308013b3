import { describe, expect, it } from 'vitest';
import { mappingStep } from '../../../functions/cutover/mapping-step.ts';

describe('mappingStep', () => {
  it.each([
    ['Enabled', 'write', 'done'],
    ['Disabled', 'done', 'write'],
    ['Disabling', 'wait', 'wait'],
    ['Enabling', 'wait', 'wait'],
    ['Creating', 'wait', 'wait'],
    ['Updating', 'wait', 'wait'],
    ['Deleting', 'gone', 'gone'],
    ['Paused', 'unknown', 'unknown'],
    [undefined, 'unknown', 'unknown'],
  ] as const)('of a mapping that is %s is %s to hold it and %s to release it', (state, hold, release) => {
    expect(mappingStep(state, 'hold')).toBe(hold);
    expect(mappingStep(state, 'release')).toBe(release);
  });
});
