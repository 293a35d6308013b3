import { CreateBrokerCommand, DescribeBrokerCommand, MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { WorkflowStage } from '../../../../support/workflow-stage.ts';

const client = (stage: WorkflowStage, region: string): MqClient =>
  new MqClient({ ...stage.stage.aws.clientSettings(), region, maxAttempts: 1 });

const trail = (stage: WorkflowStage) =>
  stage.stage.aws.events.events.filter((event) => event['detail-type'] === 'AWS API Call via CloudTrail');

describe('calls that change a broker', () => {
  it('reach the bus of their Region a while later, as CloudTrail writes them', async () => {
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      const { brokerId } = stage.broker('orders-replica');
      await client(stage, 'us-west-2').send(new PromoteCommand({ BrokerId: brokerId, Mode: 'SWITCHOVER' }));
      expect(trail(stage)).toEqual([]);
      await stage.stage.clock.sleepMs(60_001);
      expect(trail(stage)).toEqual([
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
    const stage = await WorkflowStage.create({ paired: true });
    await stage.play(async () => {
      const promote = new PromoteCommand({ BrokerId: stage.primaryId, Mode: 'FAILOVER' });
      await expect(client(stage, 'us-east-1').send(promote)).rejects.toThrow();
      await stage.stage.clock.sleepMs(60_001);
      expect(trail(stage)).toMatchObject([{ detail: { errorCode: 'BadRequestException', responseElements: null } }]);
    });
  });

  it('hide passwords', async () => {
    const stage = await WorkflowStage.create();
    await stage.play(async () => {
      await client(stage, 'us-east-1').send(
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
      await stage.stage.clock.sleepMs(60_001);
      expect(trail(stage)).toMatchObject([{ detail: { eventName: 'CreateBroker' } }]);
      expect(JSON.stringify(trail(stage))).not.toContain('very-Secret-4242');
    });
  });

  it('are the only ones: reading leaves no event', async () => {
    const stage = await WorkflowStage.create();
    await stage.play(async () => {
      await client(stage, 'us-east-1').send(new DescribeBrokerCommand({ BrokerId: stage.primaryId }));
      await stage.stage.clock.sleepMs(60_001);
      expect(trail(stage)).toEqual([]);
    });
  });
});
