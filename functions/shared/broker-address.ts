import * as z from 'zod';

/** A broker as the workflows pass it on. */
export const brokerAddressSchema = z.strictObject({
  region: z.string().min(1),
  brokerId: z.string().startsWith('b-'),
  brokerName: z.string().min(1),
});

/** The two brokers of a pair, by the role each has or will have. */
export const pairAddressesSchema = z.strictObject({ primary: brokerAddressSchema, replica: brokerAddressSchema });
