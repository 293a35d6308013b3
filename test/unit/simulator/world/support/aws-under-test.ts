import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { MqClient } from '@aws-sdk/client-mq';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ApiCall } from '../../../../../simulator/api/api-call.ts';
import type { CallOrigin } from '../../../../../simulator/api/dispatcher.ts';
import { VirtualClock } from '../../../../../simulator/clock/virtual-clock.ts';
import { SimulatedAws } from '../../../../../simulator/world/simulated-aws.ts';
import type { SimulatedAwsOptions } from '../../../../../simulator/world/simulated-aws-options.ts';
import { InMemoryDataPlanes } from './in-memory-data-planes.ts';

/** The two ways in which SDK clients reach the simulator. */
export const ways = ['in process', 'over HTTP'] as const;
export type Way = (typeof ways)[number];

export interface AwsUnderTest {
  readonly aws: SimulatedAws;
  readonly dataPlanes: InMemoryDataPlanes;
  readonly calls: readonly ApiCall[];
  readonly mq: (region?: string) => MqClient;
  readonly cloudWatch: (region?: string) => CloudWatchClient;
  readonly dynamoDb: (region?: string) => DynamoDBClient;
  readonly secrets: (region?: string) => SecretsManagerClient;
  readonly s3: (region?: string) => S3Client;
  readonly sns: (region?: string) => SNSClient;
  readonly ssm: (region?: string) => SSMClient;
  readonly lambda: (region?: string) => LambdaClient;
  readonly eventBridge: (region?: string) => EventBridgeClient;
  /** Where the simulator is served; empty in process. */
  readonly url: string;
  /** Lets virtual time pass. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

export const A = 'us-east-1';
export const B = 'us-west-2';
/** A full hour, so that minutes are easy to count. */
export const startMs = Date.parse('2026-03-02T10:00:00Z');

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Runs `body` against a new simulated AWS, with real SDK clients that never retry. */
export const withAws = async (
  way: Way,
  body: (test: AwsUnderTest) => Promise<void>,
  options: Partial<SimulatedAwsOptions> = {},
  origin: Omit<CallOrigin, 'abortSignal'> = {},
): Promise<void> => {
  const clock = new VirtualClock({ startMs });
  const dataPlanes = new InMemoryDataPlanes();
  const aws = new SimulatedAws({ clock, seed: 7, dataPlanes, ...options });
  const calls: ApiCall[] = [];
  aws.onApiCall((record) => calls.push(record));
  const make = (settings: object, pass: AwsUnderTest['pass'], url = ''): AwsUnderTest => {
    const config = (region = A) => ({ region, credentials, maxAttempts: 1, ...settings });
    return {
      aws,
      dataPlanes,
      calls,
      mq: (region) => new MqClient(config(region)),
      cloudWatch: (region) => new CloudWatchClient(config(region)),
      dynamoDb: (region) => new DynamoDBClient(config(region)),
      secrets: (region) => new SecretsManagerClient(config(region)),
      s3: (region) => new S3Client(config(region)),
      sns: (region) => new SNSClient(config(region)),
      ssm: (region) => new SSMClient(config(region)),
      lambda: (region) => new LambdaClient(config(region)),
      eventBridge: (region) => new EventBridgeClient(config(region)),
      url,
      pass,
    };
  };
  if (way === 'in process') {
    const test = make(aws.clientSettings(origin), async (milliseconds) => await clock.sleepMs(milliseconds));
    await clock.run('test', async () => await body(test));
    return;
  }
  const { url, served } = await aws.listen({ port: 0, host: '127.0.0.1' });
  try {
    await body(make({ endpoint: url }, async (milliseconds) => await served.advanceMs(milliseconds), url));
  } finally {
    await aws.close();
  }
};

/** The error that a promise rejects with. */
export const rejection = async (promise: Promise<unknown>): Promise<Error & { readonly code?: string }> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a rejection with an Error');
};

export const password = 'correct-horse-battery';
export const users = [
  { Username: 'operator', Password: password, ConsoleAccess: true },
  { Username: 'replicator', Password: password, ReplicationUser: true },
];
