import { eastRef, westRef } from './brokers.ts';

const envelope = (detailType: string, source: string, region: string, detail: object) => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': detailType,
  source,
  account: '111122223333',
  time: '2026-11-04T12:00:00Z',
  region,
  resources: [],
  detail,
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export const alarmEvent = (
  changes: {
    readonly state?: string;
    readonly namespace?: string;
    readonly broker?: string;
    readonly metric?: string;
    readonly region?: string;
  } = {},
) =>
  envelope('CloudWatch Alarm State Change', 'aws.cloudwatch', changes.region ?? westRef.region, {
    alarmName: 'orders-replica-wait',
    configuration: {
      description: 'Nothing crosses',
      metrics: [
        { id: 'e1', expression: 'MAX(METRICS())', returnData: true },
        {
          id: 'm1',
          metricStat: {
            metric: {
              dimensions: { Broker: changes.broker ?? `${westRef.brokerName}-1` },
              name: changes.metric ?? 'ReplicaWaitTime',
              namespace: changes.namespace ?? 'AWS/AmazonMQ',
            },
            period: 60,
            stat: 'Maximum',
          },
          returnData: false,
        },
      ],
    },
    previousState: { reason: 'no data', timestamp: '2026-11-04T11:31:44.000+0000', value: 'OK' },
    state: {
      reason: 'Threshold Crossed: 1 datapoint [190000.0] was greater than the threshold (180000.0).',
      reasonData: '{"version":"1.0"}',
      timestamp: '2026-11-04T11:59:58.120+0000',
      value: changes.state ?? 'ALARM',
    },
  });

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html */
export const scheduledEvent = (ruleArn: string) => ({
  ...envelope('Scheduled Event', 'aws.events', westRef.region, {}),
  resources: [ruleArn],
});

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring-cloudtrail.html */
export const callEvent = (operation = 'Promote', changes: Readonly<Record<string, unknown>> = {}) =>
  envelope('AWS API Call via CloudTrail', 'aws.amazonmq', westRef.region, {
    eventVersion: '1.08',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/Operators/alice',
      accountId: '111122223333',
    },
    eventTime: '2026-11-04T11:58:00Z',
    eventSource: 'amazonmq.amazonaws.com',
    eventName: operation,
    awsRegion: westRef.region,
    sourceIPAddress: '203.0.113.7',
    requestParameters: { 'broker-id': westRef.brokerId, mode: 'FAILOVER' },
    responseElements: { brokerId: westRef.brokerId },
    requestID: 'a4c1d2e3-0000-4000-8000-000000000001',
    eventType: 'AwsApiCall',
    ...changes,
  });

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
export const healthEvent = (changes: Readonly<Record<string, unknown>> = {}) =>
  envelope('AWS Health Event', 'aws.health', westRef.region, {
    eventArn: 'arn:aws:health:us-east-1::event/MQ/AWS_MQ_OPERATIONAL_ISSUE/AWS_MQ_OPERATIONAL_ISSUE_ABC',
    service: 'MQ',
    eventTypeCode: 'AWS_MQ_OPERATIONAL_ISSUE',
    eventTypeCategory: 'issue',
    eventScopeCode: 'PUBLIC',
    communicationId: '1234abcd01232a4012345678-1',
    startTime: 'Wed, 04 Nov 2026 11:45:00 GMT',
    lastUpdatedTime: 'Wed, 04 Nov 2026 11:55:00 GMT',
    statusCode: 'open',
    eventRegion: eastRef.region,
    eventDescription: [{ language: 'en_US', latestDescription: 'Brokers may not be reachable.' }],
    affectedEntities: [{ entityValue: eastRef.arn, status: 'IMPAIRED' }],
    affectedAccount: '111122223333',
    page: '1',
    totalPages: '1',
    ...changes,
  });

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export const runEvent = (changes: Readonly<Record<string, unknown>> = {}) =>
  envelope('Step Functions Execution Status Change', 'aws.states', westRef.region, {
    executionArn: 'arn:aws:states:us-west-2:111122223333:execution:switchover:run-1',
    stateMachineArn: 'arn:aws:states:us-west-2:111122223333:stateMachine:switchover',
    name: 'run-1',
    status: 'TIMED_OUT',
    startDate: 1_762_254_000_000,
    stopDate: 1_762_257_600_000,
    input: '{"pair":"orders"}',
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    error: null,
    cause: null,
    redriveCount: 0,
    redriveDate: null,
    redriveStatus: 'REDRIVABLE',
    redriveStatusReason: null,
    ...changes,
  });

/** An event of this project itself. */
export const ownEvent = (detailType: string, detail: Readonly<Record<string, unknown>> = {}) =>
  envelope(detailType, 'mq-dr', westRef.region, detail);
