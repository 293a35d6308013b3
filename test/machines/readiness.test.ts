import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { holding } from '../support/readiness-facts.ts';
import { createTestbed, mqWrites, type TestbedOptions } from '../support/testbed.ts';

interface PairResult {
  readonly pair: string;
  readonly verdict: string;
  readonly change: string;
  readonly checks: number;
  readonly blockers: readonly { readonly code: string; readonly message: string }[];
  readonly warnings: readonly { readonly code: string }[];
}

const region = 'us-west-2';
const minuteMs = 60_000;

/** Metrics are there after some minutes. */
const settled = async (testbed: Testbed): Promise<void> => await testbed.clock.sleepMs(5 * minuteMs);

const evaluate = async (testbed: Testbed, input: unknown = {}) => {
  const end = await testbed.run('readiness', region, input);
  const pairs = (end.output?.pairs ?? []) as readonly PairResult[];
  const codes = (level: 'blockers' | 'warnings') => pairs.flatMap((pair) => pair[level].map(({ code }) => code));
  return { end, pairs, blockers: codes('blockers'), warnings: codes('warnings') };
};

const membersOf = (testbed: Testbed): readonly [string, string] => [
  testbed.pair('orders').primaryArn,
  testbed.broker('orders-replica').brokerArn,
];

const announcements = (testbed: Testbed) =>
  testbed.aws.events.events.filter((event) => event['detail-type'] === 'mq-dr readiness changed');

const db = (testbed: Testbed) => testbed.client(DynamoDBClient, 'us-east-1');

const control = async (testbed: Testbed, item: Record<string, { readonly S: string } | { readonly N: string }>) =>
  await db(testbed).send(
    new PutItemCommand({ TableName: 'mq-dr-control', Item: { pk: { S: 'PAIR#orders' }, ...item } }),
  );

const waitTimeOf = (instance: string) => ({
  namespace: 'AWS/AmazonMQ',
  metricName: 'ReplicaWaitTime',
  dimensions: { Broker: instance },
});

const addAlarm = (testbed: Testbed, inRegion: string, brokerName: string, actionsEnabled = true): void =>
  testbed.aws.addAlarm(inRegion, {
    alarmName: `any name for ${brokerName}`,
    actionsEnabled,
    metrics: [waitTimeOf(`${brokerName}-1`), waitTimeOf(`${brokerName}-2`)],
  });

const newestMetric = async (testbed: Testbed, name: string): Promise<number | undefined> => {
  // A custom metric can be read after its publication.
  await testbed.clock.sleepMs(2 * minuteMs);
  const client = testbed.client(CloudWatchClient, region);
  const metric = { Namespace: 'mq-dr', MetricName: name, Dimensions: [{ Name: 'Pair', Value: 'orders' }] };
  const answer = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }],
      StartTime: new Date(testbed.clock.nowMs() - 10 * minuteMs),
      EndTime: new Date(testbed.clock.nowMs() + minuteMs),
      ScanBy: 'TimestampAscending',
    }),
  );
  return answer.MetricDataResults?.[0]?.Values?.at(-1);
};

const writes = (testbed: Testbed): readonly string[] =>
  testbed.calls
    .filter(({ operation }) => /^(Put|Publish|Update|Delete|Create|Reboot|Promote)/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);

/** A pair whose consumers stand still during a promotion: nothing but the brokers decides whether it is ready. */
const held = async (options: TestbedOptions = {}): Promise<Testbed> =>
  await createTestbed({ paired: true, settings: holding, ...options });

/** Regions in which secrets were read. */
const secretsRead = (testbed: Testbed): readonly string[] =>
  testbed.calls.filter(({ operation }) => operation === 'GetSecretValue').map((call) => call.region);

describe('readiness', () => {
  it('finds a healthy pair ready, names what a person should still do, and writes to no broker', async () => {
    const testbed = await held();
    testbed.configurePair('orders', { ...holding, canary: { secretArn: testbed.secrets.application } });
    await testbed.play(async () => {
      await settled(testbed);
      const { end, pairs, blockers, warnings } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'Ready' });
      expect(pairs).toMatchObject([{ pair: 'orders', verdict: 'ready', change: 'changed' }]);
      expect(pairs[0]?.checks).toBeGreaterThanOrEqual(15);
      expect(blockers).toEqual([]);
      expect(warnings).toEqual([
        'HEARTBEAT_MISSING',
        'HEARTBEAT_MISSING',
        'ALARMS_MISSING',
        'ALARMS_MISSING',
        'MAINTENANCE_WINDOWS_OVERLAP',
        'GAME_DAY_NEVER',
      ]);
      expect(mqWrites(testbed)).toEqual([]);
      expect(await newestMetric(testbed, 'Ready')).toBe(1);
      expect(await newestMetric(testbed, 'Warnings')).toBe(6);
    });
  });

  it('has nothing to say about a pair whose alarms, heartbeats, rehearsal and consumers are in order', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      addAlarm(testbed, 'us-east-1', 'orders');
      addAlarm(testbed, 'us-west-2', 'orders-replica');
      const now = { N: String(testbed.clock.nowMs()) };
      await control(testbed, { sk: { S: 'GAMEDAY' }, atMs: now, outcome: { S: 'met' }, by: { S: 'ann' } });
      for (const of of ['us-east-1', 'us-west-2']) {
        await control(testbed, {
          sk: { S: `HEARTBEAT#${of}` },
          atMs: now,
          brokerId: { S: 'b-1' },
          role: { S: 'primary' },
          state: { S: 'RUNNING' },
          endpoint: { S: 'accepts' },
          clockSkewMs: { N: '0' },
        });
      }
      expect((await evaluate(testbed)).warnings).toEqual(['MAINTENANCE_WINDOWS_OVERLAP']);
    });
  });

  it('calls no pair ready whose live consumers have no ledger', async () => {
    const testbed = await createTestbed({ paired: true });
    await testbed.play(async () => {
      await settled(testbed);
      const { end, blockers } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'NotReady' });
      expect(blockers).toEqual(['CONSUMERS_LIVE_WITHOUT_LEDGER']);
    });
  });

  it('looks at the ledger of live consumers: its table, its start, and a secret for each Region', async () => {
    const testbed = await createTestbed({ paired: true });
    const { console } = testbed.secrets;
    const ledger = (settings: object) =>
      testbed.configurePair('orders', {
        reconciliation: {
          secretArns: [console, console.replace('us-east-1', region)],
          ledgerStart: '2026-01-01T00:00:00Z',
          ...settings,
        },
      });
    ledger({});
    await testbed.play(async () => {
      await settled(testbed);
      expect((await evaluate(testbed)).end.output).toMatchObject({ outcome: 'Ready' });
      expect(secretsRead(testbed)).toEqual([region]);
      ledger({ secretArns: [console], ledgerStart: '2027-01-01T00:00:00Z' });
      const late = await evaluate(testbed);
      expect(late.blockers).toEqual(['CONSUMERS_LIVE_WITHOUT_LEDGER']);
      expect(late.warnings).toEqual(expect.arrayContaining(['LEDGER_NOT_STARTED', 'RECONCILIATION_SECRET_MISSING']));
      ledger({});
      testbed.aws.faults.start({ kind: 'access-denied', service: 'dynamodb', operation: 'BatchGetItem' });
      const dark = await evaluate(testbed);
      expect(dark.blockers).toContain('CONSUMERS_LIVE_WITHOUT_LEDGER');
      expect(dark.warnings).toContain('LEDGER_UNREADABLE');
    });
  });

  it('announces a verdict once, and again only when it changes', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      const changes: string[] = [];
      const next = async (): Promise<void> => void changes.push((await evaluate(testbed)).pairs[0]?.change ?? '');
      await next();
      await next();
      const { aws } = testbed;
      aws.amendBroker(testbed.pair('orders').primaryId, {
        actionsRequired: [{ actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: '' }],
      });
      await next();
      await next();
      aws.amendBroker(testbed.pair('orders').primaryId, { actionsRequired: [] });
      await next();
      expect(changes).toEqual(['changed', 'unchanged', 'changed', 'unchanged', 'changed']);
      expect(
        announcements(testbed).map(({ source, region: at, detail }) => [source, at, detail.previous, detail.verdict]),
      ).toEqual([
        ['mq-dr', region, null, 'ready'],
        ['mq-dr', region, 'ready', 'not-ready'],
        ['mq-dr', region, 'not-ready', 'ready'],
      ]);
      expect(announcements(testbed)[1]?.detail.blockers).toEqual(['ACTION_REQUIRED']);
    });
  });

  it('publishes a blocker as a metric and keeps the verdict with its codes', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.amendBroker(testbed.pair('orders').primaryId, {
        configurationXml: '<broker useMirroredQueues="true" schedulerSupport="true"/>',
      });
      const { end, blockers, warnings } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'NotReady', notReady: ['orders'] });
      expect(blockers).toEqual(['MIRRORED_QUEUES']);
      expect(warnings).toContain('SCHEDULER_ENABLED');
      const item = await db(testbed).send(
        new GetItemCommand({
          TableName: 'mq-dr-control',
          Key: { pk: { S: 'PAIR#orders' }, sk: { S: `READINESS#${region}` } },
        }),
      );
      expect(item.Item).toMatchObject({ verdict: { S: 'not-ready' }, blockers: { L: [{ S: 'MIRRORED_QUEUES' }] } });
      expect(await newestMetric(testbed, 'Ready')).toBe(0);
      expect(await newestMetric(testbed, 'Blockers')).toBe(1);
    });
  });

  it('takes a lost Region for unknown, not for healthy, and ends in time', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.blackout('us-east-1');
      const { end, blockers, warnings } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'NotReady' });
      expect(blockers).toEqual(['BROKER_UNREADABLE', 'CONFIGURATION_UNREADABLE']);
      expect(warnings).toEqual(
        expect.arrayContaining([
          'ENGINE_VERSION_UNKNOWN',
          'INSTANCE_UNKNOWN',
          'USERS_UNKNOWN',
          'REPLICATION_USER_UNKNOWN',
          'ALARMS_UNKNOWN',
          'MAINTENANCE_WINDOW_UNKNOWN',
          'STORE_UNKNOWN',
        ]),
      );
    });
  });

  it('pages once while both brokers call themselves primary', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      // The old primary does not hear of the failover while the link is cut.
      testbed.aws.faults.start({ kind: 'link-cut', regions: ['us-east-1', 'us-west-2'] });
      testbed.dataPlanes.replicationOf(testbed.pair('orders').primaryId)?.failover();
      const first = await evaluate(testbed);
      expect(first.blockers).toContain('BOTH_PRIMARY');
      await evaluate(testbed);
      const pages = testbed.aws.notifications().filter(({ subject }) => subject?.includes('two primaries'));
      expect(pages.length).toBe(1);
    });
  });

  it('says so when the Control table cannot be reached, and announces nothing', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      testbed.aws.faults.start({ kind: 'server-error', service: 'dynamodb' });
      const { end, pairs, blockers } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'NotReady' });
      expect(pairs).toMatchObject([{ change: 'unknown' }]);
      expect(blockers).toEqual(['CONTROL_UNREACHABLE']);
      expect(announcements(testbed)).toEqual([]);
    });
  });

  it('evaluates the other pairs when one cannot be evaluated', async () => {
    const testbed = await held({
      replaceTask: (call) =>
        call.stateName === 'EvaluatePair' && JSON.stringify(call.arguments).includes('"billing"')
          ? new TaskFailure('AccessDenied', 'test')
          : undefined,
    });
    testbed.deployPairs([{ name: 'billing' }, { name: 'orders', brokers: membersOf(testbed), ...holding }]);
    await testbed.play(async () => {
      await settled(testbed);
      const { end, pairs } = await evaluate(testbed);
      expect(end.output).toMatchObject({ outcome: 'NotReady', notReady: ['billing'] });
      expect(pairs.map(({ pair, verdict }) => `${pair} ${verdict}`)).toEqual(['billing not-ready', 'orders ready']);
      expect(pairs[0]?.blockers).toEqual([{ code: 'EVALUATION_FAILED', message: 'AccessDenied: test' }]);
    });
  });

  it('evaluates the pairs it is given, and refuses a name that nobody knows', async () => {
    const testbed = await held();
    testbed.deployPairs([{ name: 'billing' }, { name: 'orders', brokers: membersOf(testbed), ...holding }]);
    await testbed.play(async () => {
      await settled(testbed);
      expect((await evaluate(testbed, { pairs: ['orders'] })).end.output).toMatchObject({ outcome: 'Ready' });
      const unpaired = await evaluate(testbed, { pairs: ['billing'] });
      expect(unpaired.blockers).toContain('MEMBERS_UNKNOWN');
      const { end } = await evaluate(testbed, { pairs: ['order'] });
      expect(end).toMatchObject({ status: 'FAILED', error: 'NotFound' });
      expect(end.cause).toContain('did you mean \\"orders\\"');
      const misspelt = await evaluate(testbed, { pair: 'orders' });
      expect(misspelt.end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    });
  });

  it('publishes nothing in a dry run', async () => {
    const testbed = await held();
    await testbed.play(async () => {
      await settled(testbed);
      const { end, pairs } = await evaluate(testbed, { dryRun: true });
      expect(end.output).toMatchObject({ outcome: 'Ready' });
      expect(pairs[0]?.change).toBe('unpublished');
      expect(writes(testbed)).toEqual([]);
    });
  });

  it('refuses to call nothing ready', async () => {
    const testbed = await createTestbed();
    testbed.deployPairs([]);
    await testbed.play(async () => {
      expect((await evaluate(testbed)).end).toMatchObject({ status: 'FAILED', error: 'NotFound' });
    });
  });

  describe.each(['ListPairs', 'EvaluatePair', 'ReportFailure'])('when %s fails', (state) => {
    const failing = (errors: readonly string[]) => {
      const left = [...errors];
      return ({ stateName }: { readonly stateName: string }) => {
        if (state === 'ReportFailure' && stateName === 'ListPairs') return new TaskFailure('InvalidInput', 'first');
        const error = stateName === state ? left.shift() : undefined;
        return error === undefined ? undefined : new TaskFailure(error, 'test');
      };
    };
    const runWith = async (errors: readonly string[]) => {
      const testbed = await held({ replaceTask: failing(errors) });
      return await testbed.play(async () => {
        await settled(testbed);
        return { testbed, ...(await evaluate(testbed)) };
      });
    };
    let transient: Awaited<ReturnType<typeof runWith>>;
    let permanent: Awaited<ReturnType<typeof runWith>>;
    beforeAll(async () => {
      transient = await runWith(['ServiceUnavailable', 'Lambda.Unknown']);
      permanent = await runWith(['AccessDenied']);
    });

    it('tries again after transient errors', () => {
      const retried = transient.testbed.transitions.filter(
        ({ stateName, kind }) => stateName === state && kind === 'retried',
      );
      expect(retried.map(({ error }) => error)).toEqual(['ServiceUnavailable', 'Lambda.Unknown']);
      if (state === 'ReportFailure') expect(transient.end).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
      else expect(transient.end.output).toMatchObject({ outcome: 'Ready' });
    });

    it('ends by name when it fails for good', () => {
      if (state === 'EvaluatePair') return expect(permanent.blockers).toEqual(['EVALUATION_FAILED']);
      const error = state === 'ReportFailure' ? 'InvalidInput' : 'AccessDenied';
      expect(permanent.end).toMatchObject({ status: 'FAILED', error });
    });
  });
});
