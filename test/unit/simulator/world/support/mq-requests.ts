import {
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  DescribeBrokerCommand,
  type MqClient,
} from '@aws-sdk/client-mq';
import { A, B, users, type WorldUnderTest } from './world-under-test.ts';

export const MINUTE_MS = 60_000;

/** A request that makes an eligible primary. */
export const request: CreateBrokerCommandInput = {
  BrokerName: 'orders',
  DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
  EngineType: 'ACTIVEMQ',
  EngineVersion: '5.18',
  HostInstanceType: 'mq.m5.large',
  PubliclyAccessible: false,
  Users: users,
  CreatorRequestId: 'first',
};

/** A request in another Region that makes its replica. */
export const replicaRequest = (primaryArn: string): CreateBrokerCommandInput => ({
  ...request,
  BrokerName: 'orders-replica',
  CreatorRequestId: 'replica',
  DataReplicationMode: 'CRDR',
  DataReplicationPrimaryBrokerArn: primaryArn,
});

export const describeBroker = (client: MqClient, BrokerId: string) =>
  client.send(new DescribeBrokerCommand({ BrokerId }));

/** A running primary, and a replica that waits for the primary's reboot. */
export async function pendingPair({
  world,
  mq,
  pass,
}: WorldUnderTest): Promise<{ primaryId: string; replicaId: string }> {
  const primary = world.addBroker({ region: A, brokerName: 'orders' });
  const replica = await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
  await pass(30 * MINUTE_MS);
  return { primaryId: primary.brokerId, replicaId: String(replica.BrokerId) };
}

/** Two brokers that replicate already. */
export function activePair({ world }: WorldUnderTest): { primaryId: string; replicaId: string } {
  const primary = world.addBroker({ region: A, brokerName: 'orders' });
  const replica = world.addBroker({ region: B, brokerName: 'orders-replica' });
  world.pairBrokers(primary.brokerId, replica.brokerId);
  return { primaryId: primary.brokerId, replicaId: replica.brokerId };
}
