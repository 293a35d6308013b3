import { describe, expect, it } from 'vitest';
import { pairConfigSchema, pairConfigsSchema } from '../../../functions/config/pair-config.ts';
import { readinessSchema } from '../../../functions/config/readiness-config.ts';
import { pairEnvironmentSchema } from '../../../functions/runtime/environment/pair-environment.ts';
import { eastRef, westRef } from '../../support/brokers.ts';

describe('pairConfigSchema', () => {
  it('needs a name only', () => {
    expect(pairConfigSchema.parse({ name: 'orders' })).toEqual({
      name: 'orders',
      protectedWindows: [],
      brokerDomains: [],
      rebootApproval: 'none',
      approvalSeconds: 3_600,
      automaticFailover: false,
      antiFlapSeconds: 3_600,
      escalation: { mode: 'never' },
      switchover: { deadlineSeconds: 3_600, stallSeconds: 300, minimumEventsPerSecond: 0 },
      watchSeconds: 600,
      readiness: readinessSchema.parse({}),
    });
  });

  it('fills in the limit that a switchover policy leaves out', () => {
    const { switchover } = pairConfigSchema.parse({ name: 'orders', switchover: { deadlineSeconds: 120 } });
    expect(switchover).toEqual({ deadlineSeconds: 120, stallSeconds: 300, minimumEventsPerSecond: 0 });
  });

  it('takes the brokers apart', () => {
    const { brokers } = pairConfigSchema.parse({ name: 'orders', brokers: [eastRef.arn, westRef.arn] });
    expect(brokers?.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2']);
  });

  it.each([
    ['a name with capitals', { name: 'Orders' }],
    ['a name of 51 characters', { name: 'x'.repeat(51) }],
    ['one broker', { name: 'orders', brokers: [eastRef.arn] }],
    ['a deadline of more than a day', { name: 'orders', switchover: { deadlineSeconds: 86_401 } }],
    ['an escalation without a budget', { name: 'orders', escalation: { mode: 'auto' } }],
    ['an escalation of another kind', { name: 'orders', escalation: { mode: 'automatic' } }],
    ['a budget below nothing', { name: 'orders', escalation: { mode: 'auto', lossBudgetEvents: -1 } }],
    ['a rate below nothing', { name: 'orders', switchover: { minimumEventsPerSecond: -1 } }],
    ['a watch of more than an hour', { name: 'orders', watchSeconds: 3_601 }],
    ['a stall limit below a minute', { name: 'orders', switchover: { stallSeconds: 59 } }],
    ['an unknown kind of approval', { name: 'orders', rebootApproval: 'maybe' }],
    ['an unknown field', { name: 'orders', rebootAproval: 'required' }],
    ['an unknown field of the canary', { name: 'orders', canary: { secretArn: 'arn:x', que: 'a' } }],
    [
      'a window without a day',
      { name: 'orders', protectedWindows: [{ reason: 'a', days: [], startUtc: '00:00', durationMinutes: 1 }] },
    ],
    [
      'a window at 24:00',
      { name: 'orders', protectedWindows: [{ reason: 'a', days: ['sunday'], startUtc: '24:00', durationMinutes: 1 }] },
    ],
    [
      'a window of more than a day',
      {
        name: 'orders',
        protectedWindows: [{ reason: 'a', days: ['sunday'], startUtc: '00:00', durationMinutes: 1_441 }],
      },
    ],
  ])('refuses %s', (_label, config) => {
    expect(pairConfigSchema.safeParse(config).success).toBe(false);
  });

  it('refuses a pair that is configured twice, by name', () => {
    const result = pairConfigsSchema.safeParse([{ name: 'orders' }, { name: 'stock' }, { name: 'orders' }]);
    expect(result.error?.issues[0]?.message).toBe('pair "orders" is configured twice');
  });
});

describe('pairEnvironmentSchema', () => {
  const environment = { PAIRS: '[{"name":"orders"}]', CONTROL_TABLE: 'control', CONTROL_REGION: 'us-east-2' };

  it('reads the pairs from JSON', () => {
    expect(pairEnvironmentSchema.parse(environment).PAIRS[0]?.name).toBe('orders');
  });

  it.each([
    ['that is no JSON', '[{', 'is not JSON'],
    ['with an unknown field', '[{"name":"orders","colour":1}]', 'colour'],
  ])('refuses PAIRS %s', (_label, PAIRS, message) => {
    const result = pairEnvironmentSchema.safeParse({ ...environment, PAIRS });
    expect(result.error?.issues[0]?.message).toContain(message);
  });
});
