/**
 * IAM actions that functions may be granted. Every one is the right to one API operation of the same name, but for
 * those of which the service itself asks more (see `unusedBecause` where they are granted).
 */
export type IamAction =
  | `mq:${'CreateBroker' | 'CreateReplicaBroker' | 'DeleteBroker' | 'DescribeBroker' | 'DescribeConfigurationRevision' | 'DescribeUser' | 'ListBrokers' | 'Promote' | 'RebootBroker' | 'UpdateBroker'}`
  | `dynamodb:${'BatchGetItem' | 'BatchWriteItem' | 'DeleteItem' | 'GetItem' | 'PutItem' | 'Query' | 'UpdateItem'}`
  | `cloudwatch:${'DescribeAlarms' | 'GetMetricData' | 'ListMetrics'}`
  | `ec2:${string}`
  | 'route53:AssociateVPCWithHostedZone'
  | 'events:PutEvents'
  | `kms:${'Decrypt' | 'GenerateDataKey'}`
  | `lambda:${'GetEventSourceMapping' | 'InvokeFunction' | 'UpdateEventSourceMapping'}`
  | `s3:${'GetObject' | 'ListBucket' | 'PutObject'}`
  | 'secretsmanager:GetSecretValue'
  | 'sns:Publish'
  | `ssm:${'GetParameter' | 'PutParameter'}`
  | `states:${'DescribeExecution' | 'GetExecutionHistory' | 'StartExecution'}`;

/** What a grant is about; `targets.ts` knows the resources behind each. */
export type Target =
  /** Both brokers of every pair. */
  | 'pair brokers'
  /** The broker of every pair that stands in the function's own Region. */
  | 'pair brokers here'
  /** Amazon MQ where it knows no resources: lists and creations. */
  | 'any broker'
  | 'broker configurations'
  /** RabbitMQ brokers of the function's own Region. */
  | 'cluster brokers'
  /** The replica of the Control table that the Region uses, to read it. */
  | 'control table'
  /** The partition of each pair in that replica. */
  | 'pair items'
  /** The partition of each pair's approvals. */
  | 'approval items'
  /** The partition of each pair's watch. */
  | 'watch items'
  /** The partition of each RabbitMQ cluster. */
  | 'cluster items'
  /** The Region's own replica of ProcessedMessages. */
  | 'ledger here'
  /** Replicas of ProcessedMessages in the counterparts' Regions. */
  | 'ledger elsewhere'
  | 'report bucket'
  | 'reports'
  | 'page topic'
  | 'page topic key'
  /** Secrets with users of a broker that create-replica gives its replica. */
  | 'replica secrets'
  | 'canary secrets'
  | 'cluster secrets'
  /** Secrets of the function's own Region with the user that reconciles. */
  | 'reconciliation secrets'
  /** Customer keys that the configured secrets are encrypted with. */
  | 'secret keys'
  /** Metrics cannot be named as resources. */
  | 'metrics'
  | 'alarms'
  /** Events of the project's own source on the Region's default bus. */
  | 'event bus'
  | 'hold hooks'
  | 'fencing hooks'
  | 'held mappings'
  | 'endpoint parameters'
  /** Workflows of the Region that an event about a pair starts. */
  | 'pair workflows'
  /** The workflow of the Region that an event about a RabbitMQ cluster starts. */
  | 'drift workflow'
  /** Executions of every state machine of the Region. */
  | 'executions'
  /** What Amazon MQ asks of the caller in the caller's network. */
  | 'network';

/** One right of one function. */
export interface Grant {
  readonly action: IamAction;
  readonly on: Target;
  /** Why no call shows it; without this, a right that no rehearsed call uses is an error. */
  readonly unusedBecause?: string;
}

/** Rights to several actions on one target. */
export const on = (target: Target, ...actions: readonly IamAction[]): readonly Grant[] =>
  actions.map((action) => ({ action, on: target }));

/** Rights that no rehearsed call shows, and why they are needed all the same. */
export const onUnseen = (target: Target, unusedBecause: string, ...actions: readonly IamAction[]): readonly Grant[] =>
  actions.map((action) => ({ action, on: target, unusedBecause }));

/** Reads of single items of the Control table. */
export const readControl: readonly Grant[] = on('control table', 'dynamodb:GetItem');

/** Guards: lock, freeze and epoch in one call. */
export const readGuards: readonly Grant[] = on('control table', 'dynamodb:BatchGetItem');

/** Changes of a pair's items, such as an extended lock. */
export const changeControl: readonly Grant[] = on('pair items', 'dynamodb:UpdateItem');
/** Whether the run that holds a lock still runs; asked in the own Region, and only where another run holds it. */
export const readLockOwner: readonly Grant[] = on('executions', 'states:DescribeExecution');

/** The same for functions that meet no lock of another run in any baseline run. */
export const readLockOwnerUnseen: readonly Grant[] = onUnseen(
  'executions',
  'asked only where another run holds the lock',
  'states:DescribeExecution',
);

/** New items of a pair: intents, epochs, heartbeats. */
export const putControl: readonly Grant[] = on('pair items', 'dynamodb:PutItem');

/** Both brokers of a pair, described. */
export const describePairs: readonly Grant[] = on('pair brokers', 'mq:DescribeBroker');

/** The broker of the own Region alone: what a step may ask that must not need the other Region. */
export const describeHere: readonly Grant[] = on('pair brokers here', 'mq:DescribeBroker');

export const readMetrics: readonly Grant[] = on('metrics', 'cloudwatch:GetMetricData');

/** Pages; the topic is encrypted with the deployment's key. */
export const page: readonly Grant[] = [
  ...on('page topic', 'sns:Publish'),
  ...onUnseen('page topic key', 'SNS uses the key on behalf of the publisher', 'kms:GenerateDataKey', 'kms:Decrypt'),
];

const decryptSecrets = onUnseen(
  'secret keys',
  'Secrets Manager decrypts on behalf of the reader, where a secret has a customer key',
  'kms:Decrypt',
);

/** Reads secrets, and uses the customer keys that they are encrypted with, if any. */
export const readSecrets = (
  target: 'replica secrets' | 'canary secrets' | 'cluster secrets' | 'reconciliation secrets',
): readonly Grant[] => [...on(target, 'secretsmanager:GetSecretValue'), ...decryptSecrets];
