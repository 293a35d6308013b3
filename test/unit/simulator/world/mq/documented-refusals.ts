import {
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  CreateUserCommand,
  DeleteBrokerCommand,
  DescribeBrokerCommand,
  DescribeConfigurationRevisionCommand,
  ListBrokersCommand,
  type MqClient,
  PromoteCommand,
  RebootBrokerCommand,
  UpdateBrokerCommand,
} from '@aws-sdk/client-mq';
import { A, type AwsUnderTest, B, password, users } from '../support/aws-under-test.ts';
import { activePair, minuteMs, pendingPair, replicaRequest, request } from '../support/mq-requests.ts';

/** One thing that docs/amazon-mq.md says the service refuses, or that follows from what it says. */
export interface Refusal {
  /** Section of docs/amazon-mq.md. */
  readonly section: string;
  readonly what: string;
  /** Makes the call that must be refused. */
  readonly call: (test: AwsUnderTest) => Promise<unknown>;
  readonly status: 400 | 401 | 403 | 404 | 409 | 429 | 500;
  readonly member?: string;
  /** Words of the service, where they are known. */
  readonly says?: string;
}

const create = (change: Partial<CreateBrokerCommandInput>) => async (test: AwsUnderTest) =>
  await test.mq().send(new CreateBrokerCommand({ ...request, ...change }));

const createWith = (user: { readonly Username?: string; readonly Password?: string; readonly Groups?: string[] }) =>
  create({ Users: [{ Username: 'operator', Password: password, ...user }] });

const withBroker =
  (call: (client: MqClient, BrokerId: string, test: AwsUnderTest) => Promise<unknown>) =>
  async (test: AwsUnderTest) => {
    const { brokerId } = test.aws.addBroker({
      region: A,
      brokerName: 'orders',
      users: [{ username: 'app', password }],
    });
    return await call(test.mq(), brokerId, test);
  };

const update = (change: object) =>
  withBroker(async (client, BrokerId) => await client.send(new UpdateBrokerCommand({ BrokerId, ...change })));

const withFault = (kind: 'access-denied' | 'server-error') => async (test: AwsUnderTest) => {
  test.aws.faults.start({ kind, service: 'mq', count: 1 });
  return await test.mq().send(new ListBrokersCommand({}));
};

const bad = (section: string, what: string, member: string, call: Refusal['call'], says?: string): Refusal => ({
  section,
  what,
  call,
  status: 400,
  member,
  ...(says !== undefined && { says }),
});

const withoutMember = (member: keyof CreateBrokerCommandInput): Refusal => {
  const wireName = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  return bad('8.3', `CreateBroker without ${member}`, wireName, create({ [member]: undefined }));
};

const odd = <T>(value: string): T => value as T;

const eligible = { region: A, brokerName: 'orders' } as const;
const replicaOf = (seed: object) => async (test: AwsUnderTest) => {
  const { brokerArn } = test.aws.addBroker({ ...eligible, ...seed });
  return await test.mq(B).send(new CreateBrokerCommand(replicaRequest(brokerArn)));
};
const primaryArn = 'dataReplicationPrimaryBrokerArn';

const patched = 'Broker engine version [5.18.4] is invalid for broker engine type [ACTIVEMQ]. Valid values: [';
const upgrades = 'Brokers on [ActiveMQ] version [5.18] must have [autoMinorVersionUpgrade] set to [true].';

export const refusals: readonly Refusal[] = [
  bad('1.1', 'a replica of a RabbitMQ broker', primaryArn, replicaOf({ engineType: 'RabbitMQ' })),
  bad('1.1', 'a replica of version 5.17.5', primaryArn, replicaOf({ engineVersion: '5.17.5' })),
  bad('1.2', 'a new broker of 5.17', 'engineVersion', create({ EngineVersion: '5.17.6' })),
  bad('1.3', 'a replica of a micro instance', primaryArn, replicaOf({ hostInstanceType: 'mq.t3.micro' })),
  bad('1.3', 'an instance type of RabbitMQ', 'hostInstanceType', create({ HostInstanceType: 'mq.m7g.large' })),
  bad('1.4', 'a replica of a single instance', primaryArn, replicaOf({ deploymentMode: 'SINGLE_INSTANCE' })),
  bad('1.5', 'a replica of a broker that reboots', primaryArn, replicaOf({ state: 'REBOOT_IN_PROGRESS' })),
  bad('1.7', 'a second replica of one primary', primaryArn, async (test) => {
    const { brokerArn } = test.aws.addBroker(eligible);
    await test.mq(B).send(new CreateBrokerCommand(replicaRequest(brokerArn)));
    const second = { ...replicaRequest(brokerArn), BrokerName: 'second', CreatorRequestId: 'second' };
    return await test.mq(B).send(new CreateBrokerCommand(second));
  }),
  bad(
    '1.10',
    '251 users',
    'users',
    create({ Users: Array.from({ length: 251 }, (_, index) => ({ Username: `user-${index}`, Password: password })) }),
  ),
  bad('1.10', '21 groups', 'groups', createWith({ Groups: Array.from({ length: 21 }, (_, index) => `g${index}`) })),
  bad('2.1', 'CRDR by an update', 'dataReplicationMode', update({ DataReplicationMode: 'CRDR' })),
  bad(
    '2.6',
    'a replication user with console access',
    'replicationUser',
    create({ Users: [{ Username: 'both', Password: password, ConsoleAccess: true, ReplicationUser: true }] }),
  ),
  bad('2.6', 'a replica without a replication user', 'users', async (test) => {
    const { brokerArn } = test.aws.addBroker(eligible);
    return await test.mq(B).send(new CreateBrokerCommand({ ...replicaRequest(brokerArn), Users: users.slice(0, 1) }));
  }),
  bad('4.1', 'the promotion of a primary', 'broker-id', async (test) => {
    const { primaryId } = activePair(test);
    return await test.mq().send(new PromoteCommand({ BrokerId: primaryId, Mode: 'FAILOVER' }));
  }),
  bad('4.3', 'a switchover during a failover', 'broker-id', async (test) => {
    const { replicaId } = activePair(test);
    test.aws.faults.start({ kind: 'stuck-promotion', mode: 'FAILOVER', count: 1 });
    await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
    return await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'SWITCHOVER' }));
  }),
  bad('6.1', 'the end of a pair on its replica', 'dataReplicationMode', async (test) => {
    const { replicaId } = activePair(test);
    return await test.mq(B).send(new UpdateBrokerCommand({ BrokerId: replicaId, DataReplicationMode: 'NONE' }));
  }),
  bad('6.1', 'the deletion of a paired broker', 'broker-id', async (test) => {
    const { primaryId } = activePair(test);
    return await test.mq().send(new DeleteBrokerCommand({ BrokerId: primaryId }));
  }),
  bad(
    '7.2',
    'the reboot of a broker that reboots',
    'broker-id',
    withBroker(async (client, BrokerId) => {
      await client.send(new RebootBrokerCommand({ BrokerId }));
      return await client.send(new RebootBrokerCommand({ BrokerId }));
    }),
  ),
  bad(
    '7.2',
    'the reboot of a broker that needs an action',
    'broker-id',
    withBroker(async (client, BrokerId, { aws }) => {
      const needed = { actionRequiredCode: 'BROKER_OOM', actionRequiredInfo: 'help' };
      aws.amendBroker(BrokerId, { actionsRequired: [needed] });
      return await client.send(new RebootBrokerCommand({ BrokerId }));
    }),
    'BROKER_OOM',
  ),
  bad(
    '7.6',
    'the engine version of a replica',
    'engineVersion',
    async (test) => {
      const { replicaId } = activePair(test);
      return await test.mq(B).send(new UpdateBrokerCommand({ BrokerId: replicaId, EngineVersion: '5.19' }));
    },
    'cannot be modified in Replica broker directly.',
  ),

  bad('8.2', 'another PromoteMode', 'mode', async (test) => {
    const { replicaId } = activePair(test);
    return await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: odd('SIDEWAYS') }));
  }),
  bad('8.2', 'another DataReplicationMode', 'dataReplicationMode', create({ DataReplicationMode: odd('MAYBE') })),
  bad('8.2', 'another DeploymentMode', 'deploymentMode', create({ DeploymentMode: odd('TRIPLE') })),
  bad('8.2', 'another EngineType', 'engineType', create({ EngineType: odd('KAFKA') })),
  ...(['BrokerName', 'DeploymentMode', 'EngineType', 'HostInstanceType', 'PubliclyAccessible'] as const).map(
    withoutMember,
  ),
  bad('8.3', 'one subnet for active/standby', 'subnetIds', create({ SubnetIds: ['subnet-1'] })),
  {
    section: '8.4',
    what: 'a token that another request has used',
    status: 409,
    member: 'creatorRequestId',
    call: async (test) => {
      await create({})(test);
      return await create({ HostInstanceType: 'mq.m5.xlarge' })(test);
    },
  },
  {
    section: '8.7',
    what: 'the 101st call at once',
    status: 429,
    call: async (test) => {
      for (let call = 0; call < 100; call++) await test.mq().send(new ListBrokersCommand({}));
      return await test.mq().send(new ListBrokersCommand({}));
    },
  },
  {
    section: '8.7',
    what: 'the 201st broker of a Region',
    status: 400,
    call: async (test) => {
      for (let broker = 0; broker < 200; broker++) test.aws.addBroker({ region: A, brokerName: `broker-${broker}` });
      return await create({})(test);
    },
  },
  bad(
    '8.8',
    'a primary that is no ARN of a broker',
    primaryArn,
    create({
      DataReplicationMode: 'CRDR',
      DataReplicationPrimaryBrokerArn: 'b-1',
    }),
  ),
  {
    section: '8.9',
    what: 'a name that is in use',
    status: 409,
    member: 'brokerName',
    call: async (test) => {
      await create({})(test);
      return await create({ CreatorRequestId: 'second' })(test);
    },
  },
  ...['', 'x'.repeat(51), 'my orders', 'orders.eu', 'orders~', 'bestellungen-ü'].map((BrokerName) =>
    bad('8.11', `the broker name "${BrokerName}"`, 'brokerName', create({ BrokerName })),
  ),
  ...['o', 'x'.repeat(101), 'an operator', 'operator/1'].map((Username) =>
    bad('8.11', `the user name "${Username}"`, 'username', createWith({ Username })),
  ),
  ...[
    'elevenchars',
    'ab1'.repeat(84),
    'abcabcabcabc',
    'with,comma12',
    'with:colon12',
    'with=equal12',
    'pässwort-zwölf',
  ].map((Password) => bad('8.11', `the password "${Password}"`, 'password', createWith({ Password }))),
  bad('8.12', 'a patch version', 'engineVersion', create({ EngineVersion: '5.18.4' }), patched),
  bad('8.12', 'a patch version in an update', 'engineVersion', update({ EngineVersion: '5.18.4' }), patched),
  bad('8.12', 'a version that was never offered', 'engineVersion', create({ EngineVersion: '4.1' })),
  bad(
    '8.13',
    'no automatic upgrades on 5.18',
    'autoMinorVersionUpgrade',
    create({ AutoMinorVersionUpgrade: false }),
    upgrades,
  ),
  bad(
    '8.13',
    'an end of automatic upgrades',
    'autoMinorVersionUpgrade',
    update({ AutoMinorVersionUpgrade: false }),
    upgrades,
  ),
  { section: '8.14', what: 'a caller without the permission', status: 403, call: withFault('access-denied') },
  {
    section: '8.15',
    what: 'an unknown revision of a configuration',
    status: 404,
    member: 'configuration-revision',
    call: withBroker(async (client, BrokerId) => {
      const { Configurations } = await client.send(new DescribeBrokerCommand({ BrokerId }));
      const ConfigurationId = Configurations?.Current?.Id;
      return await client.send(
        new DescribeConfigurationRevisionCommand({ ConfigurationId, ConfigurationRevision: '99' }),
      );
    }),
  },
  ...[
    { DayOfWeek: odd<'MONDAY'>('SOMEDAY'), TimeOfDay: '02:00' },
    { DayOfWeek: 'MONDAY' as const, TimeOfDay: '24:00' },
    { DayOfWeek: 'MONDAY' as const, TimeOfDay: '2 am' },
  ].map((window) =>
    bad(
      '8.16',
      `a window on ${window.DayOfWeek} at ${window.TimeOfDay}`,
      `maintenanceWindowStartTime.${window.TimeOfDay === '02:00' ? 'dayOfWeek' : 'timeOfDay'}`,
      update({ MaintenanceWindowStartTime: window }),
    ),
  ),

  bad('9.1', 'what the request gets wrong', 'username', createWith({ Username: 'o' })),
  {
    section: '9.1',
    what: 'a user that exists',
    status: 409,
    member: 'username',
    call: withBroker(
      async (client, BrokerId) =>
        await client.send(new CreateUserCommand({ BrokerId, Username: 'app', Password: password })),
    ),
  },
  { section: '9.1', what: 'a failure inside the service', status: 500, call: withFault('server-error') },
  {
    section: '9.1',
    what: 'a caller that is not known',
    status: 401,
    call: async (test) => {
      const fault = { code: 'UnauthorizedException', statusCode: 401, message: 'who are you?' };
      test.aws.faults.start({ kind: 'error', service: 'mq', operation: 'CreateBroker', count: 1, ...fault });
      return await create({})(test);
    },
  },
  bad(
    '9.2',
    'the promotion of a broker without a pair',
    'broker-id',
    withBroker(async (client, BrokerId) => await client.send(new PromoteCommand({ BrokerId, Mode: 'FAILOVER' }))),
  ),
  bad('9.2', 'the promotion of a pair that waits for its reboot', 'broker-id', async (test) => {
    const { replicaId } = await pendingPair(test);
    return await test.mq(B).send(new PromoteCommand({ BrokerId: replicaId, Mode: 'FAILOVER' }));
  }),
  bad('9.2', 'the reboot of a broker that is being created', 'broker-id', async (test) => {
    const { BrokerId } = await test.mq().send(new CreateBrokerCommand(request));
    return await test.mq().send(new RebootBrokerCommand({ BrokerId }));
  }),
  {
    section: '9.3',
    what: 'calls beyond the rate',
    status: 429,
    call: async (test) => {
      for (let call = 0; call < 100; call++) await test.mq().send(new ListBrokersCommand({}));
      await test.pass(1_000);
      for (let call = 0; call < 16; call++) await test.mq().send(new ListBrokersCommand({}));
      return undefined;
    },
  },
  {
    section: '9.4',
    what: 'a broker of another Region',
    status: 404,
    member: 'broker-id',
    call: withBroker(async (_client, BrokerId, { mq }) => await mq(B).send(new DescribeBrokerCommand({ BrokerId }))),
  },
  {
    section: '9.4',
    what: 'a broker that is gone',
    status: 404,
    member: 'broker-id',
    call: withBroker(async (client, BrokerId, { pass }) => {
      await client.send(new DeleteBrokerCommand({ BrokerId }));
      await pass(10 * minuteMs);
      return await client.send(new DescribeBrokerCommand({ BrokerId }));
    }),
  },
];

/** Sections 8 and 9 that say nothing of a refusal. */
export const withoutRefusal: Readonly<Record<string, string>> = {
  '8.1': 'the list of operations: its statuses are compared below',
  '8.5': 'members of an answer',
  '8.6': 'members of an answer',
  '8.10': 'members that the SDK does not know',
};
