import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DescribeBrokerCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { namingOf } from '../../../../simulator/api/request-check.ts';
import { isSigningName, type SigningName, serviceModels } from '../../../../simulator/api/service-models.ts';
import { Engine } from '../../../../simulator/engine/engine.ts';
import { minimalRequest, type WrongRequest, wrongRequests } from '../../../support/sdk-requests.ts';
import { locationOf, rawRequest } from '../../../support/wire-requests.ts';
import { A, type AwsUnderTest, B, password, withAws } from './support/aws-under-test.ts';

const root = resolve(import.meta.dirname, '../../../..');

const signingNames: Readonly<Record<string, SigningName>> = {
  cloudwatch: 'monitoring',
  eventbridge: 'events',
  'secrets-manager': 'secretsmanager',
  sfn: 'states',
};

const importsFromSdk = /import (?:type )?\{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g;

/** `mq.Promote` for every command and paginator that the functions and the CLI import. */
const usedOperations = (): readonly string[] => {
  const sources = ['functions', 'cli'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(resolve(root, folder, path), 'utf8')),
  );
  const used = sources.flatMap((source) =>
    [...source.matchAll(importsFromSdk)].flatMap(([, names = '', client = '']) =>
      [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(
        ([, command, paginated]) => `${signingNames[client] ?? client}.${command ?? paginated}`,
      ),
    ),
  );
  return [...new Set(used)].sort();
};

/** Everything that the requests below are about. */
interface Scene {
  readonly brokerId: string;
  readonly replicaId: string;
  readonly configurationId: string;
  readonly stateMachineArn: string;
  readonly executionArn: string;
  readonly mappingId: string;
  readonly functionArn: string;
  readonly topicArn: string;
}

const configurationOf = async ({ mq }: AwsUnderTest, BrokerId: string): Promise<string | undefined> =>
  (await mq().send(new DescribeBrokerCommand({ BrokerId }))).Configurations?.Current?.Id;

const setTheScene = async (test: AwsUnderTest): Promise<Scene> => {
  const { aws } = test;
  const users = [{ username: 'operator', password }];
  const primary = aws.addBroker({ region: A, brokerName: 'orders', users });
  const other = aws.addBroker({ region: B, brokerName: 'invoices' });
  const replica = aws.addBroker({ region: A, brokerName: 'invoices-replica' });
  aws.pairBrokers(other.brokerId, replica.brokerId);
  const engine = new Engine({
    clock: aws.clock,
    random: () => 0.5,
    accountId: aws.accountId,
    invokeTask: async () => null,
  });
  aws.register(engine.service);
  const definition = { QueryLanguage: 'JSONata', StartAt: 'S', States: { S: { Type: 'Succeed' } } };
  const stateMachineArn = engine.createStateMachine({ name: 'machine', region: A, definition });
  const start = {
    region: A,
    operation: 'StartExecution',
    input: { stateMachineArn, name: 'first' },
    caller: undefined,
  };
  const { executionArn } = await engine.service.handle(start);
  await aws.addTable({ tableName: 'table', partitionKey: 'pk', consistency: 'strong', regions: [A, 'us-east-2', B] });
  aws.addBucket(A, 'reports');
  aws.addSecret({ name: 'secret', value: 'v', regions: [A] });
  return {
    brokerId: primary.brokerId,
    replicaId: replica.brokerId,
    configurationId: String(await configurationOf(test, primary.brokerId)),
    stateMachineArn,
    executionArn: String(executionArn),
    mappingId: aws.addEventSourceMapping({ region: A, functionName: 'f', eventSourceArn: primary.brokerArn }),
    functionArn: aws.addFunction(A, 'team', async () => 'ok'),
    topicArn: aws.addTopic(A, 'topic'),
  };
};

type Members = Readonly<Record<string, unknown>>;

const item = { pk: { S: 'a' }, n: { N: '1' } };

/** A request that the simulator takes, for every operation in use: members as the service sees them. */
const validRequests: Readonly<Record<string, (scene: Scene) => Members>> = {
  'dynamodb.BatchGetItem': () => ({ RequestItems: { table: { Keys: [{ pk: { S: 'a' } }], ConsistentRead: true } } }),
  'dynamodb.BatchWriteItem': () => ({ RequestItems: { table: [{ PutRequest: { Item: item } }] } }),
  'dynamodb.DeleteItem': () => ({ TableName: 'table', Key: { pk: { S: 'a' } } }),
  'dynamodb.GetItem': () => ({ TableName: 'table', Key: { pk: { S: 'a' } }, ConsistentRead: true }),
  'dynamodb.PutItem': () => ({ TableName: 'table', Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
  'dynamodb.Query': () => ({
    TableName: 'table',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'a' } },
  }),
  'dynamodb.Scan': () => ({ TableName: 'table' }),
  'dynamodb.UpdateItem': () => ({
    TableName: 'table',
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'SET #n = :n',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':n': { N: '2' } },
  }),
  'events.PutEvents': () => ({ Entries: [{ Source: 'mq-dr', DetailType: 't', Detail: '{}', Resources: ['r'] }] }),
  'lambda.GetEventSourceMapping': ({ mappingId }) => ({ UUID: mappingId }),
  'lambda.Invoke': ({ functionArn }) => ({ FunctionName: functionArn, Payload: '{}' }),
  'lambda.UpdateEventSourceMapping': ({ mappingId }) => ({ UUID: mappingId, Enabled: true }),
  'monitoring.DescribeAlarms': () => ({ AlarmNames: ['a'], AlarmTypes: ['MetricAlarm'], MaxRecords: 10 }),
  'monitoring.GetMetricData': () => ({
    MetricDataQueries: [
      {
        Id: 'q',
        MetricStat: {
          Metric: { Namespace: 'mq-dr', MetricName: 'm', Dimensions: [{ Name: 'n', Value: 'v' }] },
          Period: 60,
          Stat: 'Maximum',
        },
        ReturnData: true,
      },
    ],
    StartTime: 1_772_445_000,
    EndTime: 1_772_445_600,
  }),
  'monitoring.ListMetrics': () => ({
    Namespace: 'AWS/AmazonMQ',
    MetricName: 'QueueSize',
    Dimensions: [{ Name: 'Broker', Value: 'orders-1' }],
    RecentlyActive: 'PT3H',
  }),
  'mq.CreateBroker': () => ({
    brokerName: 'new',
    deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ',
    engineType: 'ACTIVEMQ',
    hostInstanceType: 'mq.m5.large',
    publiclyAccessible: false,
    creatorRequestId: 'once',
    users: [{ username: 'operator', password, groups: ['g'] }],
    tags: { team: 'blue' },
  }),
  'mq.DeleteBroker': ({ brokerId }) => ({ brokerId }),
  'mq.DescribeBroker': ({ brokerId }) => ({ brokerId }),
  'mq.DescribeConfigurationRevision': ({ configurationId }) => ({ configurationId, configurationRevision: '1' }),
  'mq.DescribeUser': ({ brokerId }) => ({ brokerId, username: 'operator' }),
  'mq.ListBrokers': () => ({ maxResults: 50 }),
  'mq.Promote': ({ replicaId }) => ({ brokerId: replicaId, mode: 'FAILOVER' }),
  'mq.RebootBroker': ({ brokerId }) => ({ brokerId }),
  'mq.UpdateBroker': ({ brokerId }) => ({ brokerId, hostInstanceType: 'mq.m5.xlarge', securityGroups: ['sg-1'] }),
  's3.GetObject': () => ({ Bucket: 'reports', Key: 'report' }),
  's3.PutObject': () => ({ Bucket: 'reports', Key: 'report', Body: 'text', ContentType: 'text/plain' }),
  'secretsmanager.GetSecretValue': () => ({ SecretId: 'secret' }),
  'sns.Publish': ({ topicArn }) => ({ TopicArn: topicArn, Message: 'm', Subject: 's' }),
  'ssm.GetParameter': () => ({ Name: '/mq-dr/endpoint' }),
  'ssm.PutParameter': () => ({ Name: '/mq-dr/endpoint', Value: 'v', Type: 'String', Overwrite: true }),
  'states.DescribeExecution': ({ executionArn }) => ({ executionArn }),
  'states.GetExecutionHistory': ({ executionArn }) => ({ executionArn, maxResults: 10, reverseOrder: true }),
  'states.ListExecutions': ({ stateMachineArn }) => ({ stateMachineArn, maxResults: 10 }),
  'states.ListStateMachines': () => ({ maxResults: 10 }),
  'states.StartExecution': ({ stateMachineArn }) => ({ stateMachineArn, name: 'second', input: '{}' }),
};

/** Requests that need another one before they are taken. */
const before: Readonly<Record<string, string>> = {
  's3.GetObject': 's3.PutObject',
  'ssm.GetParameter': 'ssm.PutParameter',
};

const split = (name: string) => {
  const [service = '', operationName = ''] = name.split('.');
  const operation = isSigningName(service) ? serviceModels[service].get(operationName) : undefined;
  if (!isSigningName(service) || operation === undefined) throw new Error(`the SDK has no operation ${name}`);
  return { service, operation };
};

/** A path without its label is another path, and what stands in a path, a header, the query or a form is text. */
const canBeSent = (service: SigningName, { kind, at, member }: WrongRequest): boolean => {
  const location = locationOf(service, at);
  if (location === 'header prefix') return false;
  if (kind === 'missing') return location !== 'label' && location !== 'payload';
  if (kind === 'unknown') return member === 'surplus' || location === 'body';
  const isText = location !== 'body' || service === 'sns';
  return !isText || (at !== undefined && (at.schema.isNumericSchema() || at.schema.isBooleanSchema()));
};

const send = async ({ aws }: AwsUnderTest, name: string, input: Members) => {
  const { service, operation } = split(name);
  const handler = aws.clientSettings().requestHandler;
  const { response } = await handler.handle(rawRequest(service, operation, input, A));
  const { statusCode, body } = response as { readonly statusCode: number; readonly body: Uint8Array };
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body).replaceAll('&#34;', '"') : '';
  return { statusCode, text: text.replaceAll('\\"', '"') };
};

describe('the operations in use', () => {
  it('all have a valid request here', () => {
    expect(Object.keys(validRequests).sort()).toEqual(usedOperations());
  });
});

describe.each(Object.keys(validRequests))('%s', (name) => {
  const { service, operation } = split(name);
  const requestIn = (scene: Scene): Members => validRequests[name]?.(scene) ?? {};

  it('is taken in a valid form', async () => {
    await withAws('in process', async (test) => {
      const scene = await setTheScene(test);
      const earlier = before[name];
      if (earlier !== undefined) await send(test, earlier, validRequests[earlier]?.(scene) ?? {});
      const answer = await send(test, name, requestIn(scene));
      expect(answer.statusCode, answer.text).toBeLessThan(300);
    });
  });

  it('is refused by name for every member that is unknown, missing or of another type', async () => {
    await withAws('in process', async (test) => {
      const scene = await setTheScene(test);
      const naming = namingOf(service);
      const sent = wrongRequests(operation, requestIn(scene), naming).filter((wrong) => canBeSent(service, wrong));
      const accepted: string[] = [];
      for (const { kind, member, input } of sent) {
        const { statusCode, text } = await send(test, name, input);
        if (statusCode !== 400 || !text.includes(`member "${member}"`)) accepted.push(`${kind} ${member}: ${text}`);
      }
      expect(sent.length).toBeGreaterThan(0);
      expect(accepted).toEqual([]);
    });
  });
});

/** Operations that the simulator serves though nothing deployed uses them: tests, tools and teams do. */
const furtherOperations: readonly string[] = [
  'dynamodb.DescribeTable',
  'dynamodb.DescribeTimeToLive',
  'dynamodb.ListTables',
  'monitoring.PutMetricData',
  'mq.CreateUser',
  'mq.DeleteUser',
  'mq.DescribeConfiguration',
  'mq.ListUsers',
  'mq.UpdateUser',
  'states.DescribeStateMachine',
  'states.RedriveExecution',
  'states.StopExecution',
];

/** Operations that DynamoDB refuses for tables with strong consistency: they are answered for the table that they name. */
const refusedForTables: readonly string[] = ['dynamodb.TransactGetItems', 'dynamodb.UpdateTimeToLive'];

describe('operations that the simulator does not serve', () => {
  // The route of an S3 request is known by its path and query alone; test/unit/simulator/world/s3 has its refusals.
  const services = Object.keys(serviceModels)
    .filter(isSigningName)
    .filter((service) => service !== 's3');

  it('are all but those on the list in simulator/README.md', () => {
    const readme = readFileSync(resolve(root, 'simulator/README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| [^|]+ \(`(\w+)`\) \| ([\w, ]+) \|$/gm)].flatMap(([, service, operations]) =>
      (operations ?? '').split(', ').map((operation) => `${service}.${operation}`),
    );
    const ofS3 = ['s3.HeadObject', 's3.ListObjectsV2'];
    expect([...listed].sort()).toEqual([...Object.keys(validRequests), ...furtherOperations, ...ofS3].sort());
  });

  it.each(services)('are refused by name: %s', async (service) => {
    await withAws('in process', async (test) => {
      await setTheScene(test);
      const naming = namingOf(service);
      const served: string[] = [];
      for (const operation of serviceModels[service].values()) {
        const { text } = await send(test, `${service}.${operation.name}`, minimalRequest(operation, naming));
        if (!/not model/.test(text) || !text.includes(operation.name)) served.push(`${service}.${operation.name}`);
      }
      const wanted = [...Object.keys(validRequests), ...furtherOperations, ...refusedForTables];
      expect(served.sort()).toEqual(wanted.filter((name) => name.startsWith(`${service}.`)).sort());
    });
  });
});
