import {
  CreateBrokerCommand,
  DescribeConfigurationCommand,
  DescribeConfigurationRevisionCommand,
  type MqClient,
  NotFoundException,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, ways, withAws } from '../support/aws-under-test.ts';
import { describeBroker, replicaRequest, request } from '../support/mq-requests.ts';

const current = async (client: MqClient, brokerId: string) => {
  const { Configurations } = await describeBroker(client, brokerId);
  return {
    ConfigurationId: Configurations?.Current?.Id,
    ConfigurationRevision: String(Configurations?.Current?.Revision),
  };
};

const textInUse = async (client: MqClient, brokerId: string): Promise<string> => {
  const answer = await client.send(new DescribeConfigurationRevisionCommand(await current(client, brokerId)));
  return Buffer.from(String(answer.Data), 'base64').toString('utf8');
};

describe.each(ways)('configurations in the Amazon MQ API, %s', (way) => {
  it('gives each revision its own text, base64-encoded, and names the newest', async () => {
    await withAws(way, async ({ aws, mq }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders', configurationXml: '<broker a="1"/>' });
      const first = await current(mq(), brokerId);
      aws.amendBroker(brokerId, { configurationXml: '<broker a="2"/>' });
      expect(first.ConfigurationRevision).toBe('1');
      expect(await textInUse(mq(), brokerId)).toBe('<broker a="2"/>');
      const old = await mq().send(new DescribeConfigurationRevisionCommand(first));
      expect(Buffer.from(String(old.Data), 'base64').toString()).toBe('<broker a="1"/>');
      const { ConfigurationId } = first;
      const described = await mq().send(new DescribeConfigurationCommand({ ConfigurationId }));
      expect(described).toMatchObject({ Id: ConfigurationId, EngineType: 'ActiveMQ', LatestRevision: { Revision: 2 } });
    });
  });

  it('copies the text of the primary once, when its replica is created', async () => {
    await withAws(way, async ({ aws, mq }) => {
      const primary = aws.addBroker({ region: A, brokerName: 'orders', configurationXml: '<broker a="1"/>' });
      const replica = await mq(B).send(new CreateBrokerCommand(replicaRequest(primary.brokerArn)));
      aws.amendBroker(primary.brokerId, { configurationXml: '<broker a="2"/>' });
      expect(await textInUse(mq(B), String(replica.BrokerId))).toBe('<broker a="1"/>');
    });
  });

  it('starts a broker of its own with a text without settings', async () => {
    await withAws(way, async ({ mq }) => {
      const { BrokerId } = await mq().send(new CreateBrokerCommand(request));
      expect(await textInUse(mq(), String(BrokerId))).toContain(
        '<broker xmlns="http://activemq.apache.org/schema/core"/>',
      );
    });
  });

  it('knows a configuration in its own Region only, and no revision that was never made', async () => {
    await withAws(way, async ({ aws, mq }) => {
      const { brokerId } = aws.addBroker({ region: A, brokerName: 'orders' });
      const known = await current(mq(), brokerId);
      for (const [region, asked] of [
        [B, known],
        [A, { ...known, ConfigurationRevision: '2' }],
        [A, { ...known, ConfigurationId: 'c-unknown' }],
      ] as const) {
        const refused = mq(region).send(new DescribeConfigurationRevisionCommand(asked));
        expect(await rejection(refused)).toBeInstanceOf(NotFoundException);
      }
      const unknown = mq().send(new DescribeConfigurationCommand({ ConfigurationId: 'c-unknown' }));
      expect(await rejection(unknown)).toBeInstanceOf(NotFoundException);
    });
  });
});
