import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as mq from '@aws-sdk/client-mq';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import { type OperationModel, readSdkModel } from './sdk-model.ts';

/** What the SDK knows of each service that the simulator can have, by signing name. */
export const serviceModels = {
  mq: readSdkModel(mq),
  states: readSdkModel(sfn),
  dynamodb: readSdkModel(dynamoDb),
  monitoring: readSdkModel(cloudWatch),
  events: readSdkModel(eventBridge),
  secretsmanager: readSdkModel(secretsManager),
  lambda: readSdkModel(lambda),
  ssm: readSdkModel(ssm),
  s3: readSdkModel(s3),
  sns: readSdkModel(sns),
} as const satisfies Readonly<Record<string, ReadonlyMap<string, OperationModel>>>;

export type SigningName = keyof typeof serviceModels;

/** Whether the simulator can have a service of this name. */
export const isSigningName = (name: string): name is SigningName => Object.hasOwn(serviceModels, name);
