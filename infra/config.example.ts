import { defineDeployment } from './config/config.ts';

/**
 * A complete deployment: copy it to `mq-dr.config.ts` and enter your pairs and clusters. `npm run synth` builds its templates as it
 * stands.
 */
export default defineDeployment({
  pairs: [
    {
      // The name that operators type: `npx mq-dr status --pair orders`.
      name: 'orders',
      engine: 'ActiveMQ',
      // Both brokers. Until create-replica has created the second one, name the primary alone and add, for example
      // replica: { region: 'us-west-2', name: 'orders-replica', secretArns: [console, replication and application users] }.
      brokers: [
        'arn:aws:mq:us-east-1:111122223333:broker:orders:b-1a2b3c4d-0000-4000-8000-000000000001',
        'arn:aws:mq:us-west-2:111122223333:broker:orders-replica:b-1a2b3c4d-0000-4000-8000-000000000002',
      ],
      access: 'private',
      // From the start of a failover (or the first signal, if it is automatic) until the promoted broker serves.
      // Synthesis fails, with the arithmetic, if the workflows cannot keep it.
      rtoSeconds: 2_400,
      // Lag from which you are notified that a failover would lose more than was agreed.
      rpoSeconds: 60,
      // Weekly, in UTC: nothing is rebooted or switched over then. A failover ignores it.
      protectedWindows: [
        { reason: 'market opening', days: ['monday', 'friday'], startUtc: '13:00', durationMinutes: 120 },
      ],
      rebootApproval: 'required',
      approvalSeconds: 3_600,
      approvers: [
        'arn:aws:iam::111122223333:role/MessagingOnCall',
        // Of another account: it must also be allowed to assume the approver role there.
        'arn:aws:iam::444455556666:role/DutyManager',
      ],
      // Two signals must agree before the pair fails over automatically.
      automaticFailover: true,
      antiFlapSeconds: 3_600,
      watchSeconds: 600,
      switchover: { deadlineSeconds: 3_600, stallSeconds: 300 },
      // Outcome of a switchover that stalls: never · ask · auto (with lossBudgetEvents).
      escalation: { mode: 'ask' },
      canary: { secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/application-AbCdEf' },
      readiness: { gameDayMaxAgeDays: 90 },
      cutover: {
        consumers: 'hold',
        holdMappings: {
          'us-east-1': ['0f8fad5b-d9cb-469f-a165-70867728950e'],
          'us-west-2': ['7c9e6679-7425-40de-944b-e07fc1f90ae7'],
        },
        endpointParameter: { 'us-east-1': '/orders/mq-endpoint', 'us-west-2': '/orders/mq-endpoint' },
        fencingFunctionArn: {
          'us-east-1': 'arn:aws:lambda:us-east-1:111122223333:function:orders-fence',
          'us-west-2': 'arn:aws:lambda:us-west-2:111122223333:function:orders-fence',
        },
      },
      // Since when every consumer has written to the ledger; leave this out until they do.
      reconciliation: {
        secretArns: [
          'arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/reconcile-AbCdEf',
          'arn:aws:secretsmanager:us-west-2:111122223333:secret:orders/reconcile-AbCdEf',
        ],
        queues: { source: 'console', include: ['*'], exclude: ['orders.audit'] },
        afterPromotion: 'auto',
        ledgerStart: '2026-11-01T00:00:00Z',
      },
    },
  ],
  clusters: [
    {
      name: 'events',
      engine: 'RabbitMQ',
      broker: 'arn:aws:mq:us-east-1:111122223333:broker:events:b-1a2b3c4d-0000-4000-8000-000000000003',
      // A user with the tag administrator.
      secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:events/administrator-AbCdEf',
      access: 'private',
      policies: [
        {
          vhost: '/',
          name: 'short-queues',
          pattern: '^orders\\.',
          definition: { 'max-length': 100_000, overflow: 'reject-publish' },
          priority: 10,
        },
      ],
      limits: { maxChanges: 10 },
    },
  ],
  // Functions that talk to private brokers run here; they also need a path to the AWS APIs (NAT or VPC endpoints).
  network: {
    'us-east-1': {
      subnetIds: ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'],
      securityGroupIds: ['sg-0a1b2c3d4e5f60001'],
    },
    'us-west-2': {
      subnetIds: ['subnet-0a1b2c3d4e5f60003', 'subnet-0a1b2c3d4e5f60004'],
      securityGroupIds: ['sg-0a1b2c3d4e5f60002'],
    },
  },
  // Where the two tables are managed from, and the Regions of the Control table's replicas. Neither can change later.
  state: { region: 'us-east-1', controlRegions: ['us-east-1', 'us-east-2', 'us-west-2'] },
  notifications: {
    page: [{ protocol: 'email', endpoint: 'on-call@example.com' }],
    notice: [{ protocol: 'email', endpoint: 'messaging-team@example.com' }],
  },
  logRetentionDays: 400,
  tags: { service: 'messaging', 'cost-center': '4711' },
});
