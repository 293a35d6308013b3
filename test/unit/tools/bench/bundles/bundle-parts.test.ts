import { describe, expect, it } from 'vitest';
import { bareHandler } from '../../../../../tools/bench/bundles/bare-handler.ts';
import { bundleParts } from '../../../../../tools/bench/bundles/bundle-parts.ts';

const used = { bytesInOutput: 1 };
const unused = { bytesInOutput: 0 };

describe('the parts of a bundle', () => {
  it('are the clients and commands that it took something of, and rhea', () => {
    const parts = bundleParts({
      inputs: {
        'functions/a.ts': used,
        'node_modules/@aws-sdk/client-mq/dist-es/MqClient.js': used,
        'node_modules/@aws-sdk/client-mq/dist-es/commands/PromoteCommand.js': used,
        'node_modules/@aws-sdk/client-mq/dist-es/commands/DescribeBrokerCommand.js': used,
        'node_modules/@aws-sdk/client-mq/dist-es/commands/RebootBrokerCommand.js': unused,
        'node_modules/@aws-sdk/client-dynamodb/dist-es/DynamoDBClient.js': used,
        'node_modules/@aws-sdk/client-sns/dist-es/SNSClient.js': unused,
        'node_modules/@aws-sdk/nested-clients/dist-es/submodules/sts/STSClient.js': used,
        'node_modules/rhea/lib/container.js': used,
      },
    });
    expect([...parts.clients]).toEqual([
      ['@aws-sdk/client-dynamodb', { client: 'DynamoDBClient', commands: [] }],
      ['@aws-sdk/client-mq', { client: 'MqClient', commands: ['DescribeBrokerCommand', 'PromoteCommand'] }],
    ]);
    expect(parts.amqp).toBe(true);
  });

  it('are none in a function that calls nobody', () => {
    expect(bundleParts({ inputs: { 'functions/a.ts': used } })).toEqual({ clients: new Map(), amqp: false });
  });
});

describe('a bare handler', () => {
  const clients = new Map([['@aws-sdk/client-mq', { client: 'MqClient', commands: ['PromoteCommand'] }]]);

  it('sends each command and does nothing else', () => {
    expect(bareHandler({ clients, amqp: false })).toBe(
      [
        "import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';",
        'export const handler = async (event) => {',
        '  await new MqClient({}).send(new PromoteCommand(event));',
        '};',
        '',
      ].join('\n'),
    );
  });

  it('connects by AMQP where the function does', () => {
    expect(bareHandler({ clients, amqp: true })).toContain("import rhea from 'rhea';");
  });
});
