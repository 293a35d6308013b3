import * as z from 'zod';

const user = z.strictObject({
  username: z.string(),
  password: z.string(),
  consoleAccess: z.boolean().optional(),
  groups: z.array(z.string()).optional(),
  replicationUser: z.boolean().optional(),
});

const configuration = z.strictObject({ id: z.string(), revision: z.int().positive().default(1) });
const maintenanceWindow = z.strictObject({
  dayOfWeek: z.enum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']),
  timeOfDay: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  timeZone: z.string().optional(),
});
const dataReplicationMode = z.enum(['CRDR', 'NONE']);
const paging = {
  /** docs/amazon-mq.md 8: pages of 5 to 100. */
  maxResults: z.int().min(5).max(100).default(100),
  nextToken: z.string().optional(),
};
const broker = { brokerId: z.string() };
const brokerUser = { ...broker, username: z.string() };
const userSettings = {
  consoleAccess: z.boolean().optional(),
  groups: z.array(z.string()).optional(),
  replicationUser: z.boolean().optional(),
};

/**
 * Members that the embedded Amazon MQ models, by operation. The SDK's model has more; those are refused by name.
 */
export const mqInputs = {
  CreateBroker: z.strictObject({
    brokerName: z.string(),
    deploymentMode: z.string(),
    engineType: z.string(),
    hostInstanceType: z.string(),
    publiclyAccessible: z.boolean(),
    authenticationStrategy: z.literal('SIMPLE').optional(),
    autoMinorVersionUpgrade: z.boolean().optional(),
    configuration: configuration.optional(),
    creatorRequestId: z.string().min(1).optional(),
    engineVersion: z.string().optional(),
    maintenanceWindowStartTime: maintenanceWindow.optional(),
    securityGroups: z.array(z.string()).optional(),
    storageType: z.enum(['EBS', 'EFS']).optional(),
    subnetIds: z.array(z.string()).optional(),
    tags: z.record(z.string(), z.string()).optional(),
    users: z.array(user).optional(),
    dataReplicationMode: dataReplicationMode.optional(),
    dataReplicationPrimaryBrokerArn: z.string().optional(),
  }),
  UpdateBroker: z.strictObject({
    ...broker,
    autoMinorVersionUpgrade: z.boolean().optional(),
    configuration: configuration.optional(),
    engineVersion: z.string().optional(),
    hostInstanceType: z.string().optional(),
    maintenanceWindowStartTime: maintenanceWindow.optional(),
    securityGroups: z.array(z.string()).max(5).optional(),
    dataReplicationMode: dataReplicationMode.optional(),
  }),
  DescribeBroker: z.strictObject(broker),
  DeleteBroker: z.strictObject(broker),
  RebootBroker: z.strictObject(broker),
  ListBrokers: z.strictObject(paging),
  DescribeConfiguration: z.strictObject({ configurationId: z.string() }),
  DescribeConfigurationRevision: z.strictObject({ configurationId: z.string(), configurationRevision: z.string() }),
  Promote: z.strictObject({ ...broker, mode: z.enum(['SWITCHOVER', 'FAILOVER']) }),
  CreateUser: z.strictObject({ ...brokerUser, password: z.string(), ...userSettings }),
  UpdateUser: z.strictObject({ ...brokerUser, password: z.string().optional(), ...userSettings }),
  DescribeUser: z.strictObject(brokerUser),
  DeleteUser: z.strictObject(brokerUser),
  ListUsers: z.strictObject({ ...broker, ...paging }),
} as const;

export type MqOperation = keyof typeof mqInputs;
export type MqInput<O extends MqOperation> = z.output<(typeof mqInputs)[O]>;
