import type { ApiCall } from '../../../simulator/api/api-call.ts';
import type { IamRequest } from './iam.ts';

type Members = Readonly<Record<string, unknown>>;

/** IAM prefixes of services whose signing name is another one. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** Operations whose right has another name: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const renamed: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
};

const textAt = (members: Members, ...names: readonly string[]): string => {
  for (const name of names) {
    const value = members[name];
    if (typeof value === 'string') return value;
  }
  throw new TypeError(`none of ${names.join(', ')} is in ${JSON.stringify(members)}`);
};

type ResourcesOf = (
  call: ApiCall,
  arn: (service: string, resource: string) => string,
  brokerArns: ReadonlyMap<string, string>,
) => readonly string[];

const members = (call: ApiCall): Members => call.request as Members;

/** What each service's calls are about. */
const resources: Readonly<Record<string, ResourcesOf>> = {
  mq: (call, arn, brokerArns) => {
    if (['CreateBroker', 'ListBrokers'].includes(call.operation)) return ['*'];
    if (call.operation === 'DescribeConfigurationRevision') {
      return [arn('mq', `configuration:${textAt(members(call), 'configurationId', 'configuration-id')}`)];
    }
    const brokerId = textAt(members(call), 'brokerId', 'broker-id');
    return [brokerArns.get(brokerId) ?? `unknown broker ${brokerId}`];
  },
  dynamodb: (call, arn) => {
    const { RequestItems: items } = members(call);
    const tables = items === undefined ? [textAt(members(call), 'TableName')] : Object.keys(items as object);
    return tables.map((table) => arn('dynamodb', `table/${table}`));
  },
  secretsmanager: (call) => [textAt(members(call), 'SecretId')],
  cloudwatch: (call, arn) => (call.operation === 'DescribeAlarms' ? [arn('cloudwatch', 'alarm:*')] : ['*']),
  events: (_call, arn) => [arn('events', 'event-bus/default')],
  sns: (call) => [textAt(members(call), 'TopicArn')],
  ssm: (call, arn) => [arn('ssm', `parameter/${textAt(members(call), 'Name').replace(/^\//, '')}`)],
  lambda: (call, arn) =>
    call.operation === 'Invoke'
      ? [textAt(members(call), 'FunctionName')]
      : [arn('lambda', `event-source-mapping:${textAt(members(call), 'UUID')}`)],
  states: (call) => [textAt(members(call), 'executionArn', 'stateMachineArn')],
  s3: (call) => {
    const bucket = `arn:aws:s3:::${textAt(members(call), 'Bucket')}`;
    return [call.operation === 'ListObjectsV2' ? bucket : `${bucket}/${textAt(members(call), 'Key')}`];
  },
};

type Item = Readonly<Record<string, { readonly S?: string }>>;

/**
 * Partition keys that a call to single items of a table names:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const leadingKeysOf = (call: ApiCall): readonly string[] => {
  const { Key, Item, RequestItems } = members(call) as {
    readonly Key?: Item;
    readonly Item?: Item;
    readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Item[] }>>;
  };
  const keys = Object.values(RequestItems ?? {}).flatMap((request) => request.Keys ?? []);
  return [Key, Item, ...keys].flatMap((item) => item?.pk?.S ?? []);
};

const contextOf = (call: ApiCall): IamRequest['context'] => {
  const { Entries: entries } = members(call);
  const [entry] = Array.isArray(entries) ? entries : [];
  return {
    ...(call.service === 'dynamodb' && { 'dynamodb:LeadingKeys': leadingKeysOf(call) }),
    ...(call.operation === 'PutEvents' && { 'events:source': String(entry?.Source) }),
  };
};

/**
 * What IAM is asked for a call of an API.
 *
 * @param brokerArns ARN of every broker that ever was, by its id
 * @throws TypeError for a service that is not known here
 */
export const iamRequestsOf = (
  call: ApiCall,
  accountId: string,
  brokerArns: ReadonlyMap<string, string>,
): readonly IamRequest[] => {
  const prefix = prefixes[call.service] ?? call.service;
  const resourcesOf = resources[prefix];
  if (resourcesOf === undefined) throw new TypeError(`calls to ${call.service} have no known resources`);
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${call.region}:${accountId}:${resource}`;
  const name = `${prefix}:${call.operation}`;
  return resourcesOf(call, arn, brokerArns).map((resource) => ({
    action: renamed[name] ?? name,
    resource,
    context: contextOf(call),
  }));
};
