import {
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  DescribeBrokerCommand,
  type MqClient,
} from '@aws-sdk/client-mq';
import { A, type AwsUnderTest, B, users } from './aws-under-test.ts';

export const minuteMs = 60_000;

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
export const pendingPair = async ({
  aws,
  mq,
  pass,
}: AwsUnderTest): Promise<{ primaryId: string; replicaId: string }> => {
  const primary = aws.addBroker({ region: A, brokerName: 'orders' });
  const replica = await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
  await pass(30 * minuteMs);
  return { primaryId: primary.brokerId, replicaId: String(replica.BrokerId) };
};

/** Two brokers that replicate already. */
export const activePair = ({ aws }: AwsUnderTest): { primaryId: string; replicaId: string } => {
  const primary = aws.addBroker({ region: A, brokerName: 'orders' });
  const replica = aws.addBroker({ region: B, brokerName: 'orders-replica' });
  aws.pairBrokers(primary.brokerId, replica.brokerId);
  return { primaryId: primary.brokerId, replicaId: replica.brokerId };
};
