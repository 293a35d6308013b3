import { describe, expect, it } from 'vitest';
import { controlRegionFor } from '../../../../infra/config/regions.ts';

const us = ['us-east-1', 'us-east-2', 'us-west-2'];

describe('controlRegionFor', () => {
  it('is the Region itself where it has a replica', () => {
    expect(controlRegionFor('us-west-2', us, ['us-east-1'])).toEqual({ region: 'us-west-2' });
  });

  it('is a replica in no counterpart’s Region where it has none', () => {
    expect(controlRegionFor('us-west-1', us, ['us-east-1'])).toEqual({ region: 'us-east-2' });
    expect(controlRegionFor('us-west-1', us, ['us-east-1', 'us-east-2'])).toEqual({ region: 'us-west-2' });
  });

  it('is missing where every replica may be lost together with a counterpart', () => {
    expect(controlRegionFor('us-west-1', us, us)).toEqual({ missing: expect.stringContaining('us-east-1, us-east-2') });
  });
});
