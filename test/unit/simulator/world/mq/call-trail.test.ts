import { CreateBrokerCommand, DescribeBrokerCommand, MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../../../../testbed/testbed.ts';
import { createTestbed } from '../../../../support/testbed.ts';

const client = (testbed: Testbed, region: string): MqClient => testbed.client(MqClient, region);

const trail = (testbed: Testbed) =>
  testbed.aws.events.events.filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail');

describe('calls that change a broker', () => {
  it('reach the bus of their Region a while later, as CloudTrail writes them', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const { brokerId } = testbed.broker('orders-replica');
      await client(testbed, 'us-west-2').send(new PromoteCommand({ BrokerId: brokerId, Mode: 'SWITCHOVER' }));
      expect(trail(testbed)).toEqual([]);
      await testbed.clock.sleepMs(60_001);
      expect(trail(testbed)).toEqual([
        expect.objectContaining({
          source: 'aws.amazonmq',
          region: 'us-west-2',
          detail: expect.objectContaining({
            eventSource: 'amazonmq.amazonaws.com',
            eventName: 'Promote',
            eventTime: '2026-01-05T09:00:00Z',
            requestParameters: { 'broker-id': brokerId, mode: 'SWITCHOVER' },
            responseElements: { brokerId },
          }),
        }),
      ]);
    });
  });

  it('carry the code of a refusal', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      const promote = new PromoteCommand({ BrokerId: testbed.pair('orders').primaryId, Mode: 'FAILOVER' });
      await expect(client(testbed, 'us-east-1').send(promote)).rejects.toThrow();
      await testbed.clock.sleepMs(60_001);
      expect(trail(testbed)).toMatchObject([{ detail: { errorCode: 'BadRequestException', responseElements: null } }]);
    });
  });

  it('hide passwords', async () => {
    const testbed = await createTestbed();
    await testbed.play(async () => {
      await client(testbed, 'us-east-1').send(
        new CreateBrokerCommand({
          BrokerName: 'other',
          DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
          EngineType: 'ACTIVEMQ',
          EngineVersion: '5.18',
          HostInstanceType: 'mq.m5.large',
          PubliclyAccessible: false,
          Users: [{ Username: 'somebody', Password: 'very-Secret-4242' }],
        }),
      );
      await testbed.clock.sleepMs(60_001);
      expect(trail(testbed)).toMatchObject([{ detail: { eventName: 'CreateBroker' } }]);
      expect(JSON.stringify(trail(testbed))).not.toContain('very-Secret-4242');
    });
  });

  it('are the only ones: reading leaves no event', async () => {
    const testbed = await createTestbed();
    await testbed.play(async () => {
      await client(testbed, 'us-east-1').send(
        new DescribeBrokerCommand({ BrokerId: testbed.pair('orders').primaryId }),
      );
      await testbed.clock.sleepMs(60_001);
      expect(trail(testbed)).toEqual([]);
    });
  });
});
