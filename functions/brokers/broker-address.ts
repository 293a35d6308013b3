import * as z from 'zod/mini';

/** A broker as the workflows pass it on. */
export const brokerAddressSchema = z.strictObject({
  region: z.string().check(z.minLength(1)),
  brokerId: z.string().check(z.startsWith('b-')),
  brokerName: z.string().check(z.minLength(1)),
});

/** The two brokers of a pair, by the role each has or will have. */
export const pairAddressesSchema = z.strictObject({ primary: brokerAddressSchema, replica: brokerAddressSchema });
