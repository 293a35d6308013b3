import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { MqClient } from '@aws-sdk/client-mq';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ApiCallRecord } from '../../../../../simulator/api/api-call-record.ts';
import type { CallOrigin } from '../../../../../simulator/api/dispatcher.ts';
import { VirtualClock } from '../../../../../simulator/clock/virtual-clock.ts';
import { World } from '../../../../../simulator/world/world.ts';
import type { WorldOptions } from '../../../../../simulator/world/world-options.ts';
import { InMemoryDataPlanes } from './in-memory-data-planes.ts';

/** The two ways in which SDK clients reach a world. */
export const ways = ['in process', 'over HTTP'] as const;
export type Way = (typeof ways)[number];

export interface WorldUnderTest {
  readonly world: World;
  readonly dataPlanes: InMemoryDataPlanes;
  readonly calls: readonly ApiCallRecord[];
  readonly mq: (region?: string) => MqClient;
  readonly cloudWatch: (region?: string) => CloudWatchClient;
  readonly dynamoDb: (region?: string) => DynamoDBClient;
  readonly secrets: (region?: string) => SecretsManagerClient;
  readonly s3: (region?: string) => S3Client;
  readonly sns: (region?: string) => SNSClient;
  readonly ssm: (region?: string) => SSMClient;
  readonly lambda: (region?: string) => LambdaClient;
  readonly eventBridge: (region?: string) => EventBridgeClient;
  /** Where the world is served; empty in process. */
  readonly url: string;
  /** Lets virtual time pass. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

export const A = 'us-east-1';
export const B = 'us-west-2';
/** A full hour, so that minutes are easy to count. */
export const START_MS = Date.parse('2026-03-02T10:00:00Z');

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Runs `body` against a new world, with real SDK clients that never retry. */
export async function withWorld(
  way: Way,
  body: (test: WorldUnderTest) => Promise<void>,
  options: Partial<WorldOptions> = {},
  origin: Omit<CallOrigin, 'abortSignal'> = {},
): Promise<void> {
  const clock = new VirtualClock({ startMs: START_MS });
  const dataPlanes = new InMemoryDataPlanes();
  const world = new World({ clock, seed: 7, dataPlanes, ...options });
  const calls: ApiCallRecord[] = [];
  world.onApiCall((record) => calls.push(record));
  const make = (settings: object, pass: WorldUnderTest['pass'], url = ''): WorldUnderTest => {
    const config = (region = A) => ({ region, credentials, maxAttempts: 1, ...settings });
    return {
      world,
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
    const test = make(world.clientSettings(origin), async (milliseconds) => await clock.sleepMs(milliseconds));
    await clock.run('test', async () => await body(test));
    return;
  }
  const { url, served } = await world.listen({ port: 0, host: '127.0.0.1' });
  try {
    await body(make({ endpoint: url }, async (milliseconds) => await served.advanceMs(milliseconds), url));
  } finally {
    await world.close();
  }
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a rejection with an Error');
}

export const password = 'correct-horse-battery';
export const users = [
  { Username: 'operator', Password: password, ConsoleAccess: true },
  { Username: 'replicator', Password: password, ReplicationUser: true },
];
