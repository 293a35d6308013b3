import { describe, expect, it } from 'vitest';
import { cutoverOf, cutoverSchema } from '../../../functions/config/cutover-config.ts';

const uuid = '1b2c3d4e-0000-4000-8000-000000000001';
const functionIn = (region: string, name = 'hook') => `arn:aws:lambda:${region}:111122223333:function:${name}`;
const problemsOf = (value: unknown): readonly string[] =>
  cutoverSchema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the cutover settings', () => {
  it('leave consumers live and configure nothing, unless said otherwise', () => {
    const nothing = {
      consumers: 'live',
      holdMappings: {},
      holdFunctionArn: {},
      endpointParameter: {},
      fencingFunctionArn: {},
    };
    expect(cutoverSchema.parse({})).toEqual(nothing);
    expect(cutoverOf({})).toEqual(nothing);
  });

  it('take mappings, functions and a parameter for each Region', () => {
    const settings = {
      consumers: 'hold',
      holdMappings: { 'us-west-2': [uuid] },
      holdFunctionArn: { 'us-east-1': functionIn('us-east-1', 'team:live') },
      endpointParameter: { 'us-west-2': '/orders/mq.endpoint', 'us-east-1': 'orders-endpoint' },
      fencingFunctionArn: { 'us-gov-west-1': functionIn('us-gov-west-1').replace('aws', 'aws-us-gov') },
    };
    expect(cutoverSchema.parse(settings)).toEqual(settings);
    const parsed = cutoverSchema.parse(settings);
    expect(cutoverOf({ cutover: parsed })).toBe(parsed);
  });

  it('refuse a function that does not live in the Region it is for', () => {
    const elsewhere = { 'us-west-2': functionIn('us-east-1') };
    expect(problemsOf({ holdFunctionArn: elsewhere, fencingFunctionArn: elsewhere })).toEqual([
      expect.stringMatching(/^holdFunctionArn\.us-west-2: must be a function in us-west-2 itself, not arn:/),
      expect.stringMatching(/^fencingFunctionArn\.us-west-2: must be a function in us-west-2 itself, not arn:/),
    ]);
  });

  it.each([
    ['another way to treat consumers', { consumers: 'held' }],
    ['a mapping that is no id', { holdMappings: { 'us-west-2': ['mapping-1'] } }],
    ['a key that is no Region', { holdMappings: { west: [uuid] } }],
    ['a function that is no ARN', { holdFunctionArn: { 'us-west-2': 'team-hook' } }],
    ['a parameter name with a space', { endpointParameter: { 'us-west-2': 'orders endpoint' } }],
    ['a parameter that begins with aws', { endpointParameter: { 'us-west-2': '/aws/orders' } }],
    ['an unknown field', { holdMapping: {} }],
  ])('refuse %s', (_label, settings) => {
    expect(problemsOf(settings)).toHaveLength(1);
  });
});
