import * as z from 'zod';
import { omit } from 'zod/mini';
import { brokerArnSchema } from '../../functions/config/broker-arn.ts';
import { clusterConfigSchema } from '../../functions/config/cluster-config.ts';
import { pairConfigSchema } from '../../functions/config/pair-config.ts';
import { regionSchema, strongRegionSets } from './regions.ts';

const arn = z.string().regex(/^arn:[^:]+:[^:]+:/, 'expected an ARN');
const secretArn = z.string().regex(/^arn:[^:]+:secretsmanager:/, 'expected the ARN of a secret');
const keyArn = z.string().regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\//, 'expected the ARN of a KMS key');

/** Who may decide about approvals of a pair. */
const approverArn = z
  .string()
  .regex(/^arn:[^:]+:iam::\d{12}:(role|user)\/.+$/, 'expected the ARN of an IAM role or user, of any account');

/** How clients, and so the functions that probe a broker, get to it. */
const accessSchema = z.enum(['public', 'private']);

/** Rules are named after it, and roles, with their Region; EventBridge and IAM allow 64 characters. */
const deployedName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'expected 1–32 lower-case letters, digits and hyphens: roles and rules are named after it',
  );

/** What a pair's functions know of it; its brokers are recorded once both are there. */
export const pairFields = omit(pairConfigSchema, { brokers: true }).shape;

/** One pair of ActiveMQ brokers. */
const pairSchema = z.strictObject({
  ...pairFields,
  name: deployedName,
  engine: z
    .literal('ActiveMQ', 'cross-Region data replication is of ActiveMQ brokers alone; a RabbitMQ broker is a cluster')
    .default('ActiveMQ'),
  /** ARNs of both brokers, or of the primary alone while create-replica has yet to make the other one. */
  brokers: z.array(brokerArnSchema).min(1).max(2),
  /** What create-replica will create; only together with a single broker. */
  replica: z
    .strictObject({
      region: regionSchema,
      name: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'expected 1–50 letters, digits, hyphens and underscores'),
      /** Secrets with the users that create-replica gives the replica. */
      secretArns: z.array(secretArn).min(1),
    })
    .optional(),
  access: accessSchema,
  /**
   * Seconds until the promoted broker serves, from the start of a failover or, where one starts by itself, from its first
   * signal: checked against the definitions.
   */
  rtoSeconds: z.int().min(60),
  /** Seconds of replication lag from which operators are notified that a failover would lose more than was agreed. */
  rpoSeconds: z.int().min(36),
  /** Roles and users, also of other accounts, that may answer approvals of this pair. */
  approvers: z.array(approverArn).default([]),
});

/** One RabbitMQ cluster. */
const clusterSchema = z.strictObject({
  ...clusterConfigSchema.shape,
  name: deployedName,
  engine: z
    .literal('RabbitMQ', 'policies are of RabbitMQ brokers; an ActiveMQ broker is part of a pair')
    .default('RabbitMQ'),
  access: accessSchema,
});

const networkSchema = z.strictObject({
  /** Subnets with a way to the broker, and to the APIs of AWS by NAT or VPC endpoints; two for two zones. */
  subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'expected the id of a subnet')).min(1),
  securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'expected the id of a security group')).min(1),
});

const subscriptionSchema = z.strictObject({
  protocol: z.enum(['email', 'email-json', 'https', 'sms', 'sqs', 'lambda']),
  endpoint: z.string().min(1),
});

/** Days that CloudWatch Logs can keep a group; the longer ones of its list. */
const retentionDays = [30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** Each part of a deployment by itself; `deploymentSchema` also checks them against each other. */
export const deploymentFields = z.strictObject({
  pairs: z.array(pairSchema).default([]),
  clusters: z.array(clusterSchema).default([]),
  /** Subnets and security groups of the functions that talk to brokers, by Region. */
  network: z.record(regionSchema, networkSchema).default({}),
  state: z
    .strictObject({
      /** Region of the stack that owns both tables; needed when the tables change, never when they are used. */
      region: regionSchema,
      /** Regions of the three replicas of the Control table; cannot be changed later. */
      controlRegions: z.array(regionSchema).default([...strongRegionSets.us]),
    })
    .default({ region: 'us-east-1', controlRegions: [...strongRegionSets.us] }),
  notifications: z.strictObject({
    /** Who gets up at night. */
    page: z.array(subscriptionSchema).min(1),
    /** Who reads it in the morning. */
    notice: z.array(subscriptionSchema).default([]),
  }),
  /** Keys of the customer that the secrets named here are encrypted with, if any. */
  secretKeyArns: z.array(keyArn).default([]),
  /** Days that logs are kept. Thirteen months: last year's game day can be compared with this year's. */
  logRetentionDays: z.literal(retentionDays, `expected one of ${retentionDays.join(', ')}`).default(400),
  /** A policy that bounds every role, where an organisation asks for one. */
  permissionsBoundaryArn: arn.optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

export type Deployment = z.output<typeof deploymentFields>;
export type PairDeployment = Deployment['pairs'][number];
export type ClusterDeployment = Deployment['clusters'][number];
