import { approvalScope } from '../../functions/control/approval.ts';
import { clusterScope, pairScope, watchScope } from '../../functions/control/control-scopes.ts';
import { machines } from '../catalogue.ts';
import { arnOf, controlTableName, ledgerTableName, machineArnOf, pageTopicName, reportBucketNameOf } from '../names.ts';
import type { Target } from './grant.ts';
import { brokersOf, counterpartRegions, cutoverHere, type GrantedBroker, type GrantScope } from './scope.ts';

/** Resources behind a target, in the words of IAM. */
export interface TargetResources {
  /** ARNs of a scope; none where the deployment has nothing of the kind, and then nothing is granted. */
  readonly resources: (scope: GrantScope) => readonly string[];
  /** Why a resource ends in, or is, a wildcard; left out where none may. */
  readonly wildcard?: string;
  readonly condition?: (scope: GrantScope) => Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const brokerArn = (scope: GrantScope, { region, brokerName, brokerId }: GrantedBroker): string =>
  arnOf({ ...scope, region }, 'mq', `broker:${brokerName}:${brokerId ?? '*'}`);

const pairBrokers = (scope: GrantScope): readonly GrantedBroker[] => scope.pairs.flatMap(brokersOf);

const unborn = 'only the name of a broker that create-replica has yet to make is known; put both ARNs in afterwards';

const secretsOfPairs = ({ pairs }: GrantScope): readonly string[] =>
  pairs.flatMap(({ canary }) => (canary === undefined ? [] : [canary.secretArn]));

const regionOfArn = (arn: string): string => arn.split(':')[3] ?? '';

/** Workflows that an event about a pair starts. */
const pairWorkflows = ['watch', 'settle-run', 'readiness'] as const;

const controlTableArn = (scope: GrantScope): string =>
  arnOf({ ...scope, region: scope.controlRegion }, 'dynamodb', `table/${controlTableName}`);

/**
 * Items of some partitions of the Control table. Every call that writes names its partition, so a request without one is
 * none of ours; https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const partitionsOf = (partitions: (scope: GrantScope) => readonly string[]): TargetResources => ({
  resources: (scope) => (partitions(scope).length > 0 ? [controlTableArn(scope)] : []),
  condition: (scope) => ({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': partitions(scope) },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  }),
});

/** The resources of every target. */
export const targets: Readonly<Record<Target, TargetResources>> = {
  'pair brokers': {
    resources: (scope) => pairBrokers(scope).map((broker) => brokerArn(scope, broker)),
    wildcard: unborn,
  },
  'pair brokers here': {
    resources: (scope) =>
      pairBrokers(scope)
        .filter(({ region }) => region === scope.region)
        .map((broker) => brokerArn(scope, broker)),
    wildcard: unborn,
  },
  'any broker': {
    resources: ({ pairs }) => (pairs.length > 0 ? ['*'] : []),
    wildcard: 'CreateBroker and ListBrokers know no resources',
  },
  'broker configurations': {
    resources: (scope) =>
      [...new Set(pairBrokers(scope).map(({ region }) => region))].map((region) =>
        arnOf({ ...scope, region }, 'mq', 'configuration:*'),
      ),
    wildcard: 'a broker may be given another configuration any day; its revisions are only read',
  },
  'cluster brokers': { resources: ({ clusters }) => clusters.map(({ broker }) => broker.arn) },
  'control table': { resources: (scope) => [controlTableArn(scope)] },
  'pair items': partitionsOf(({ pairs }) => pairs.map(({ name }) => pairScope(name))),
  'approval items': partitionsOf(({ pairs }) => pairs.map(({ name }) => approvalScope(name))),
  'watch items': partitionsOf(({ pairs }) => pairs.map(({ name }) => watchScope(name))),
  'cluster items': partitionsOf(({ clusters }) => clusters.map(({ name }) => clusterScope(name))),
  'ledger here': { resources: (scope) => [arnOf(scope, 'dynamodb', `table/${ledgerTableName}`)] },
  'ledger elsewhere': {
    resources: (scope) =>
      counterpartRegions(scope).map((region) => arnOf({ ...scope, region }, 'dynamodb', `table/${ledgerTableName}`)),
  },
  'report bucket': {
    resources: ({ partition, accountId, region }) => [`arn:${partition}:s3:::${reportBucketNameOf(accountId, region)}`],
  },
  reports: {
    resources: ({ partition, accountId, region }) => [
      `arn:${partition}:s3:::${reportBucketNameOf(accountId, region)}/*`,
    ],
    wildcard: 'names of reports are made when they are written',
  },
  'page topic': { resources: (scope) => [arnOf(scope, 'sns', pageTopicName)] },
  'page topic key': {
    resources: (scope) => [arnOf(scope, 'kms', 'key/*')],
    wildcard: "the key's id is known once it is made; the condition bounds it to the deployment's key by its alias",
    condition: () => ({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${pageTopicName}` } }),
  },
  'replica secrets': { resources: ({ pairs }) => pairs.flatMap(({ replica }) => replica?.secretArns ?? []) },
  'canary secrets': { resources: secretsOfPairs },
  'cluster secrets': { resources: ({ clusters }) => clusters.map(({ secretArn }) => secretArn) },
  'reconciliation secrets': {
    resources: ({ pairs, region }) =>
      pairs.flatMap(({ reconciliation }) =>
        (reconciliation?.secretArns ?? []).filter((arn) => regionOfArn(arn) === region),
      ),
  },
  'secret keys': {
    resources: ({ secretKeyArns }) => secretKeyArns,
    condition: ({ secretKeyArns }) => ({
      StringEquals: {
        'kms:ViaService': [...new Set(secretKeyArns.map((arn) => `secretsmanager.${regionOfArn(arn)}.amazonaws.com`))],
      },
    }),
  },
  metrics: { resources: () => ['*'], wildcard: 'CloudWatch knows no metrics as resources' },
  alarms: {
    resources: (scope) =>
      [...new Set(pairBrokers(scope).map(({ region }) => region))].map((region) =>
        arnOf({ ...scope, region }, 'cloudwatch', 'alarm:*'),
      ),
    wildcard: 'readiness looks for alarms of any name on a broker',
  },
  'event bus': {
    resources: (scope) => [arnOf(scope, 'events', 'event-bus/default')],
    condition: () => ({ StringEquals: { 'events:source': 'mq-dr' } }),
  },
  'hold hooks': { resources: (scope) => cutoverHere(scope).holdHooks },
  'fencing hooks': { resources: (scope) => cutoverHere(scope).fencingHooks },
  'held mappings': {
    resources: (scope) => cutoverHere(scope).mappings.map((id) => arnOf(scope, 'lambda', `event-source-mapping:${id}`)),
  },
  'endpoint parameters': {
    resources: (scope) =>
      cutoverHere(scope).parameters.map((name) => arnOf(scope, 'ssm', `parameter/${name.replace(/^\//, '')}`)),
  },
  'pair workflows': { resources: (scope) => pairWorkflows.map((name) => machineArnOf(scope, name)) },
  'drift workflow': { resources: (scope) => [machineArnOf(scope, 'policy-drift')] },
  executions: {
    resources: (scope) => machines.map(({ name }) => arnOf(scope, 'states', `execution:${name}:*`)),
    wildcard: 'any run of ours may have died; executions get names when they start and are only read',
  },
  network: {
    resources: ({ pairs }) => (pairs.length > 0 ? ['*'] : []),
    wildcard: 'Amazon MQ makes interfaces and endpoints of names that nobody knows before',
  },
};
