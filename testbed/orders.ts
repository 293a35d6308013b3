import type { Testbed } from './testbed.ts';
import type { PairPlan } from './testbed-plan.ts';

/** Regions of the pair `orders`; the primary begins in the east. */
export const east = 'us-east-1';
export const west = 'us-west-2';

/** Region and name of the brokers of `orders`. */
export const ordersPlaces = {
  primary: { region: east, brokerName: 'orders' },
  replica: { region: west, brokerName: 'orders-replica' },
} as const;

/** The pair `orders`, which replicates unless the changes say otherwise. */
export const orders = (changes: Partial<PairPlan> = {}): { readonly orders: PairPlan } => ({
  orders: { ...ordersPlaces, paired: true, ...changes },
});

/** Input of create-replica for `orders`. */
export const createReplicaInput = (testbed: Testbed, more: Readonly<Record<string, unknown>> = {}) => ({
  pair: 'orders',
  primaryBrokerArn: testbed.pair('orders').primaryArn,
  replicaRegion: west,
  replicaName: ordersPlaces.replica.brokerName,
  consoleUserSecretArn: testbed.secrets.console,
  replicationUserSecretArn: testbed.secrets.replication,
  applicationUserSecretArns: [testbed.secrets.application],
  reason: 'test',
  ...more,
});
