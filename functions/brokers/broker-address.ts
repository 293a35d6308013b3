import * as z from 'zod/mini';

/** Which broker, and where. */
export interface BrokerAddress {
  readonly region: string;
  readonly brokerId: string;
}

/** A broker as the workflows pass it on. */
export interface NamedBroker extends BrokerAddress {
  readonly brokerName: string;
}

export const brokerAddressSchema = z.strictObject({
  region: z.string().check(z.minLength(1)),
  brokerId: z.string().check(z.startsWith('b-')),
  brokerName: z.string().check(z.minLength(1)),
});

/** The two brokers of a pair, by the role each has or will have. */
export const pairAddressesSchema = z.strictObject({ primary: brokerAddressSchema, replica: brokerAddressSchema });

/** What a workflow passes on of a broker. */
export const namedBroker = ({ region, brokerId, brokerName }: NamedBroker): NamedBroker => ({
  region,
  brokerId,
  brokerName,
});
