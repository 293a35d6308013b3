import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import exampleConfig from '../../infra/config.example.ts';
import { BrokerPair, type DeploymentInput, parseDeployment } from '../../infra/index.ts';
import { pairRules } from '../../infra/triggers.ts';
import { expectRules } from '../support/infra/expect-rules.ts';
import { ofType, type Template as SynthesisedTemplate, synthesise } from '../support/infra/synthesised.ts';

const [examplePair] = exampleConfig.pairs ?? [];
if (examplePair === undefined) throw new TypeError('the example has a pair');

const arn = (region: string, name: string): string =>
  `arn:aws:mq:${region}:111122223333:broker:${name}:b-9a2b3c4d-0000-4000-8000-000000000009`;

const smallPair: NonNullable<DeploymentInput['pairs']>[number] = {
  name: 'payments',
  brokers: [arn('us-west-1', 'payments')],
  replica: {
    region: 'us-east-1',
    name: 'payments-replica',
    secretArns: ['arn:aws:secretsmanager:us-east-1:111122223333:secret:payments/console'],
  },
  access: 'public',
  rtoSeconds: 2_400,
  rpoSeconds: 60,
};

const small: DeploymentInput = {
  pairs: [smallPair],
  notifications: { page: [{ protocol: 'email', endpoint: 'on-call@example.com' }] },
};

describe('a deployment with a pair that has yet to be made, in a Region without a Control table', () => {
  const synthesised = synthesise({ network: {}, clusters: [], tags: {}, ...small });
  const template = synthesised.template('MqDrControl-us-west-1');

  it('uses the table of a Region that is not the counterpart’s', () => {
    const regions = ofType(template, 'AWS::Lambda::Function').map(
      ({ Properties }) => (Properties.Environment as { Variables: Record<string, string> }).Variables.CONTROL_REGION,
    );
    expect([...new Set(regions)].filter((region) => region !== undefined)).toEqual(['us-east-2']);
  });

  it('lets functions act on the replica by its name, since nobody knows its id', () => {
    const role = ofType(template, 'AWS::IAM::Role').find(
      ({ Properties }) => Properties.RoleName === 'mq-dr-observe-creation-us-west-1',
    );
    expect(JSON.stringify(role)).toContain('arn:aws:mq:us-east-1:111122223333:broker:payments-replica:*');
  });

  it('runs no function in a network', () => {
    for (const { Properties } of ofType(template, 'AWS::Lambda::Function'))
      expect(Properties).not.toHaveProperty('VpcConfig');
  });

  it('has no approvers, no cluster, and alarms on its own broker alone', () => {
    expect(ofType(template, 'AWS::IAM::Role').filter(({ id }) => id.includes('approver'))).toEqual([]);
    const alarms = synthesised.template('MqDrAlarms-us-west-1');
    const names = ofType(alarms, 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
      JSON.stringify(Properties.Dimensions),
    );
    expect(names.some((name) => name?.includes('payments-1'))).toBe(true);
    expect(names.some((name) => name?.includes('payments-replica'))).toBe(false);
  });
});

describe('a deployment with a cluster alone', () => {
  const template = synthesise({ pairs: [] }).template('MqDrControl-us-east-1');

  it('schedules nothing for pairs, and waits for no heartbeat', () => {
    const rules = ofType(template, 'AWS::Events::Rule').map(({ Properties }) => Properties.Name);
    expect(rules).toContain('mq-dr-cluster-call');
    expect(rules.filter((name) => /heartbeat|fencing|readiness|broker/.test(String(name)))).toEqual([]);
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(alarms.filter((name) => String(name).includes('heartbeat'))).toEqual([]);
  });
});

describe('a pair in a team’s own app', () => {
  it('gets its rules, its schedule, its alarms and its dashboard', () => {
    const stack = new Stack(new App(), 'Own', { env: { account: '111122223333', region: 'us-east-1' } });
    const [pair] = parseDeployment({ ...exampleConfig, pairs: [examplePair] }).pairs;
    if (pair === undefined) throw new TypeError('the example has a pair');
    const topic = new Topic(stack, 'Topic');
    new BrokerPair(stack, 'Orders', {
      pair,
      place: { partition: 'aws', accountId: '111122223333', region: 'us-east-1' },
      topics: { page: topic, notice: topic },
    });
    const template = Template.fromStack(stack);
    expectRules(template.toJSON() as SynthesisedTemplate, pairRules('orders', ['orders']));
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'mq-dr-orders-replica-wait-2',
      Namespace: 'AWS/AmazonMQ',
      Threshold: 180_000,
    });
  });
});

describe('as many pairs as a Region may have', () => {
  it('fit into the limits of stacks, roles and functions', () => {
    const pairs = Array.from({ length: 25 }, (_, index) => ({
      ...examplePair,
      name: `pair-${index}`,
      brokers: ['us-east-1', 'us-west-2'].map(
        (region, side) =>
          `arn:aws:mq:${region}:111122223333:broker:pair-${index}:b-9a2b3c4d-0000-4000-8000-00000000${index + 10}${side}0`,
      ),
    }));
    const many = synthesise({ pairs });
    for (const stack of ['MqDrControl-us-east-1', 'MqDrAlarms-us-east-1']) {
      expect(Object.keys(many.template(stack).Resources).length).toBeLessThanOrEqual(500);
    }
    // Some five thousand resources; half a minute on a busy machine.
  }, 240_000);
});
