import { describe, expect, it } from 'vitest';
import { unpairSides } from '../../../functions/replica/unpair-sides.ts';
import type { RemovableReading } from '../../../functions/replica/unpairing.ts';
import { UnsafeTopology } from '../../../functions/runtime/errors.ts';
import { asRole, eastRef, known, pairedEast, pairedWest, unreadable, westRef } from '../../support/brokers.ts';

const east = (reading: RemovableReading) => ({ ref: eastRef, reading });
const west = (reading: RemovableReading) => ({ ref: westRef, reading });
const none = { role: 'none', roleText: undefined } as const;
const primaryIs = (...args: Parameters<typeof unpairSides>) => {
  const { primary, replica, proven } = unpairSides(...args);
  expect(primary.ref).not.toBe(replica.ref);
  return `${primary.ref.region}${proven ? '' : ', unproven'}`;
};

describe('unpairSides', () => {
  it('goes by the roles, and by one role where the other cannot be read', () => {
    const [primary, replica] = [east(known(pairedEast())), west(known(pairedWest()))];
    expect(primaryIs([primary, replica], undefined)).toBe('us-east-1');
    expect(primaryIs([replica, primary], undefined)).toBe('us-east-1');
    expect(primaryIs([primary, west(unreadable())], undefined)).toBe('us-east-1');
    expect(primaryIs([east(unreadable()), replica], undefined)).toBe('us-east-1');
    expect(primaryIs([replica, east(unreadable())], undefined)).toBe('us-east-1');
  });

  it('goes by the record once there are no roles, and says where there is none', () => {
    const members = [east(known(pairedEast(none))), west(known(pairedWest(none)))] as const;
    expect(primaryIs(members, { subject: westRef.brokerId })).toBe('us-west-2');
    expect(primaryIs(members, { subject: eastRef.brokerId })).toBe('us-east-1');
    expect(primaryIs(members, { subject: 'b-other' })).toBe('us-east-1, unproven');
    expect(primaryIs(members, undefined)).toBe('us-east-1, unproven');
  });

  it.each(['primary', 'replica'] as const)('is unsafe when both read %s', (role) => {
    const members = [east(known(pairedEast(asRole(role)))), west(known(pairedWest(asRole(role))))] as const;
    expect(() => unpairSides(members, undefined)).toThrow(UnsafeTopology);
  });
});
