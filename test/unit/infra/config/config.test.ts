import { describe, expect, it } from 'vitest';
import { clusterConfigsSchema } from '../../../../functions/config/cluster-config.ts';
import { pairConfigsSchema } from '../../../../functions/config/pair-config.ts';
import { type DeploymentInput, parseDeployment } from '../../../../infra/config/config.ts';
import { ConfigurationError } from '../../../../infra/config/config-issues.ts';
import exampleConfig from '../../../../infra/config.example.ts';

/** The example with changes, as plain data that may be wrong. */
const changed = (change: (config: Wrong) => void): unknown => {
  const copy = structuredClone(exampleConfig) as unknown as Wrong;
  change(copy);
  return copy;
};

interface Wrong {
  pairs: Record<string, unknown>[];
  clusters: Record<string, unknown>[];
  network: Record<string, unknown>;
  [member: string]: unknown;
}

const problemsOf = (input: unknown): readonly string[] => {
  try {
    parseDeployment(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
};

const first = (list: Record<string, unknown>[]): Record<string, unknown> => list[0] ?? {};
const arn = (region: string, name: string, account = '111122223333') =>
  `arn:aws:mq:${region}:${account}:broker:${name}:b-9a2b3c4d-0000-4000-8000-00000000000${name.length}`;

describe('the configuration', () => {
  it('of the example is complete and right', () => {
    expect(problemsOf(exampleConfig)).toEqual([]);
    const named = Object.keys(exampleConfig.pairs?.[0] ?? {});
    expect(named).toEqual(expect.arrayContaining(['approvers', 'cutover', 'escalation', 'protectedWindows', 'canary']));
  });

  it('gives functions settings that they can parse', () => {
    const { pairSettings, clusterSettings } = parseDeployment(exampleConfig);
    expect(pairConfigsSchema.parse(JSON.parse(JSON.stringify(pairSettings)))).toHaveLength(1);
    expect(clusterConfigsSchema.parse(JSON.parse(JSON.stringify(clusterSettings)))).toHaveLength(1);
    expect(pairSettings[0]).not.toHaveProperty('rtoSeconds');
  });

  it('leaves the brokers of a pair out of the settings until both are there', () => {
    const alone = changed(({ pairs }) => {
      const pair = first(pairs);
      pair.brokers = (pair.brokers as string[]).slice(0, 1);
      pair.replica = {
        region: 'us-west-2',
        name: 'orders-replica',
        secretArns: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:orders/console'],
      };
    });
    expect(parseDeployment(alone).pairSettings[0]).not.toHaveProperty('brokers');
  });

  it.each<[string, (config: Wrong) => void, string]>([
    [
      'an unknown Region',
      (config) => {
        config.state = { region: 'us-est-1' };
      },
      'state.region: "us-est-1" is not an AWS Region (did you mean "us-east-1"?)',
    ],
    [
      'a broker in an unknown Region',
      ({ pairs }) => {
        first(pairs).brokers = [arn('us-east-9', 'a'), arn('us-west-2', 'bb')];
      },
      'pairs[0].brokers[0]: "us-east-9" is not an AWS Region (did you mean "us-east-1"?)',
    ],
    [
      'the same broker in two pairs',
      ({ pairs }) => {
        pairs.push({ ...first(pairs), name: 'again' });
      },
      'pairs[1].brokers[0]: arn:aws:mq:us-east-1:111122223333:broker:orders:b-1a2b3c4d-0000-4000-8000-000000000001 is already a broker of pair "orders"',
    ],
    [
      'a RabbitMQ broker as a pair, by its engine',
      ({ pairs }) => {
        first(pairs).engine = 'RabbitMQ';
      },
      'pairs[0].engine: found "RabbitMQ", allowed: ActiveMQ; cross-Region data replication is of ActiveMQ brokers alone; a RabbitMQ broker is a cluster',
    ],
    [
      'a RabbitMQ broker as a pair, by its ARN',
      ({ pairs, clusters }) => {
        first(clusters).broker = (first(pairs).brokers as string[])[0];
      },
      'clusters[0].broker: arn:aws:mq:us-east-1:111122223333:broker:orders:b-1a2b3c4d-0000-4000-8000-000000000001 is already a broker of pair "orders": a broker runs ActiveMQ or RabbitMQ, not both',
    ],
    [
      'missing subnets for a private broker',
      ({ network }) => {
        delete network['us-west-2'];
      },
      'network.us-west-2: pair "orders" has a private broker in us-west-2: give the subnets and security groups that reach it',
    ],
    [
      'an empty list of subnets',
      ({ network }) => {
        network['us-west-2'] = { subnetIds: [], securityGroupIds: ['sg-0a1b2c3d4e5f60002'] };
      },
      'network.us-west-2.subnetIds: found [], Too small: expected array to have >=1 items',
    ],
    [
      'windows that contradict each other',
      ({ pairs }) => {
        const windows = first(pairs).protectedWindows as unknown[];
        windows.push({ reason: 'month end', days: ['friday'], startUtc: '14:00', durationMinutes: 30 });
      },
      'pairs[0].protectedWindows: "market opening" (friday 13:00, 120 min) and "month end" (friday 14:00, 30 min) overlap: merge them, or let one end earlier',
    ],
    [
      'windows that overlap past the end of the week',
      ({ pairs }) => {
        first(pairs).protectedWindows = [
          { reason: 'late', days: ['saturday'], startUtc: '23:00', durationMinutes: 120 },
          { reason: 'early', days: ['sunday'], startUtc: '00:30', durationMinutes: 60 },
        ];
      },
      'pairs[0].protectedWindows: "late" (saturday 23:00, 120 min) and "early" (sunday 00:30, 60 min) overlap: merge them, or let one end earlier',
    ],
    [
      'windows that fill the week',
      ({ pairs }) => {
        const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
        first(pairs).protectedWindows = [{ reason: 'always', days, startUtc: '00:00', durationMinutes: 1_440 }];
      },
      "pairs[0].protectedWindows: the windows protect 10080 of the week's 10080 minutes: no planned work could ever begin",
    ],
    [
      'a value that is none of those allowed',
      ({ pairs }) => {
        first(pairs).escalation = { mode: 'sometimes' };
      },
      'pairs[0].escalation.mode: found "sometimes", allowed: never, ask, auto',
    ],
    [
      'a misspelt field',
      ({ pairs }) => {
        first(pairs).swichover = {};
      },
      'pairs[0].swichover: there is no such field (did you mean "switchover"?)',
    ],
    [
      'a misspelt field further in',
      ({ clusters }) => {
        first(clusters).limits = { maxChangs: 3 };
      },
      'clusters[0].limits.maxChangs: there is no such field (did you mean "maxChanges"?)',
    ],
    [
      'two brokers in one Region',
      ({ pairs }) => {
        first(pairs).brokers = [arn('us-east-1', 'a'), arn('us-east-1', 'bb')];
      },
      `pairs[0].brokers[1]: ${arn('us-east-1', 'a')} is in us-east-1 too: the brokers of a pair must be in different Regions`,
    ],
    [
      'brokers of two accounts',
      ({ pairs }) => {
        first(pairs).brokers = [arn('us-east-1', 'a'), arn('us-west-2', 'bb', '444455556666')];
      },
      `pairs[0].brokers[1]: ${arn('us-west-2', 'bb', '444455556666')} is of another account than ${arn('us-east-1', 'a')}: deploy once for each account`,
    ],
    [
      'one broker and no word on its replica',
      ({ pairs }) => {
        first(pairs).brokers = [arn('us-east-1', 'a')];
      },
      'pairs[0].brokers: name both brokers, or one and what its "replica" will be called',
    ],
    [
      'Regions of the Control table from two sets',
      (config) => {
        config.state = { region: 'us-east-1', controlRegions: ['us-east-1', 'us-east-2', 'eu-west-1'] };
      },
      'state.controlRegions: found us-east-1, us-east-2, eu-west-1; allowed: three of one set: us-east-1, us-east-2, us-west-2 · eu-west-1, eu-west-2, eu-west-3, eu-central-1 · ap-northeast-1, ap-northeast-2, ap-northeast-3',
    ],
    [
      'tables that are managed from a Region without a replica',
      (config) => {
        config.state = { region: 'eu-west-1' };
      },
      'state.region: found "eu-west-1"; allowed: one of the Control table\'s own Regions, us-east-1, us-east-2, us-west-2',
    ],
    [
      'a name that would be too long for a role of it',
      ({ pairs }) => {
        first(pairs).name = 'o'.repeat(33);
      },
      `pairs[0].name: found "${'o'.repeat(33)}", expected 1–32 lower-case letters, digits and hyphens: roles and rules are named after it`,
    ],
    [
      'two pairs of one name',
      ({ pairs }) => {
        pairs.push({ ...first(pairs), brokers: [arn('us-east-1', 'ccc'), arn('us-west-2', 'dddd')] });
      },
      'pairs[1].name: the pair "orders" is configured twice; names are unique',
    ],
    [
      'nobody to page',
      (config) => {
        config.notifications = { page: [] };
      },
      'notifications.page: found [], Too small: expected array to have >=1 items',
    ],
    [
      'nothing to look after',
      (config) => {
        config.pairs = [];
        config.clusters = [];
      },
      'pairs: the deployment has neither a pair nor a cluster',
    ],
    [
      'an approver that is no role or user',
      ({ pairs }) => {
        first(pairs).approvers = ['alice'];
      },
      'pairs[0].approvers[0]: found "alice", expected the ARN of an IAM role or user, of any account',
    ],
  ])('refuses %s by its path, with the value and what is allowed', (_label, change, problem) => {
    expect(problemsOf(changed(change))).toContain(problem);
  });

  it('tells every problem at once', () => {
    const input = changed((config) => {
      config.logRetentionDays = 7;
      first(config.pairs).access = 'open';
    });
    expect(problemsOf(input)).toHaveLength(2);
  });

  it('is refused as a whole where there is none', () => {
    expect(problemsOf(undefined)).toEqual([
      'configuration: found nothing, Invalid input: expected object, received undefined',
    ]);
  });

  it('is typed for its author', () => {
    const input: DeploymentInput = exampleConfig;
    expect(input).toBe(exampleConfig);
  });
});
