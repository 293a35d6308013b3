import { describe, expect, it } from 'vitest';
import { sidesIn, sidesOf } from '../../../functions/brokers/pair-sides.ts';
import { eastRef, ordersPair, westRef } from '../../support/brokers.ts';

const noRecords = { readMembers: async () => undefined };

describe('sidesIn', () => {
  it('tells the broker of a Region from its counterpart, in whatever order they are named', () => {
    for (const members of [[eastRef, westRef] as const, [westRef, eastRef] as const]) {
      expect(sidesIn(members, eastRef.region)).toEqual({ here: eastRef, there: westRef });
      expect(sidesIn(members, westRef.region)).toEqual({ here: westRef, there: eastRef });
    }
  });

  it('says nothing for a Region of neither', () => {
    expect(sidesIn([eastRef, westRef], 'us-east-2')).toBeUndefined();
  });
});

describe('sidesOf', () => {
  it('reads the members from the records where the settings name none', async () => {
    const records = { readMembers: async () => [westRef.arn, eastRef.arn] };
    const sides = await sidesOf(ordersPair({ brokers: undefined }), eastRef.region, records);
    expect(sides).toEqual({ here: eastRef, there: westRef });
  });

  it('refuses a Region of neither and names those of the pair', async () => {
    await expect(sidesOf(ordersPair(), 'us-east-2', noRecords)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'pair "orders" has no broker in us-east-2; its Regions are us-east-1 and us-west-2',
    });
  });

  it('refuses a pair without brokers', async () => {
    await expect(sidesOf(ordersPair({ brokers: undefined }), 'us-east-1', noRecords)).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});
