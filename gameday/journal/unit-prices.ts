/** What AWS asks for a number of units of something. */
export interface UnitPrice {
  readonly usd: number;
  /** Units that the price is for. */
  readonly per: number;
  readonly unit: string;
  /** AWS's price page. */
  readonly source: string;
}

/**
 * Day on which the prices were looked up, and the Region that they are of, without any free tier. The other Regions that
 * cross-Region data replication names cost the same or a little more (us-west-1).
 */
export const pricesAsOf = '2026-11-22';
export const pricesRegion = 'us-east-1';

/** Hours of a month, as AWS's own estimates count them. */
export const hoursPerMonth = 730;

const million = 1_000_000;

const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const dynamoDb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const s3 = 'https://aws.amazon.com/s3/pricing/';
const kms = 'https://aws.amazon.com/kms/pricing/';
const privateLink = 'https://aws.amazon.com/privatelink/pricing/';

/** Every price that mq-dr is billed by. */
export const unitPrices = {
  /** Standard workflows. */
  stateTransitions: {
    usd: 0.025,
    per: 1_000,
    unit: 'transition',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  lambdaInvocations: { usd: 0.2, per: million, unit: 'request', source: lambda },
  /** ARM64. */
  lambdaGbSeconds: { usd: 0.000_013_333_4, per: 1, unit: 'GB-second', source: lambda },
  tracesRecorded: { usd: 5, per: million, unit: 'trace', source: 'https://aws.amazon.com/xray/pricing/' },
  /** Ingestion, of vended logs as well, in the first tier. */
  logGb: { usd: 0.5, per: 1, unit: 'GB', source: cloudWatch },
  logGbMonths: { usd: 0.03, per: 1, unit: 'GB-month', source: cloudWatch },
  metricsRead: { usd: 0.01, per: 1_000, unit: 'metric of GetMetricData', source: cloudWatch },
  metricRequests: { usd: 0.01, per: 1_000, unit: 'other request', source: cloudWatch },
  customMetricMonths: { usd: 0.3, per: 1, unit: 'metric-month', source: cloudWatch },
  /** Standard resolution; an alarm on an expression counts each of its metrics. */
  alarmMetricMonths: { usd: 0.1, per: 1, unit: 'alarm metric-month', source: cloudWatch },
  dashboardMonths: { usd: 3, per: 1, unit: 'dashboard-month', source: cloudWatch },
  /** One for 4 KB read consistently, half of one otherwise. */
  tableReads: { usd: 0.125, per: million, unit: 'read request unit', source: dynamoDb },
  /** One for 1 KB, in each Region that has a replica. */
  tableReplicatedWrites: { usd: 0.625, per: million, unit: 'replicated write request unit', source: dynamoDb },
  events: { usd: 1, per: million, unit: 'custom event', source: 'https://aws.amazon.com/eventbridge/pricing/' },
  notifications: { usd: 0.5, per: million, unit: 'publish request', source: 'https://aws.amazon.com/sns/pricing/' },
  keyMonths: { usd: 1, per: 1, unit: 'key-month', source: kms },
  keyRequests: { usd: 0.03, per: 10_000, unit: 'request', source: kms },
  secretReads: { usd: 0.05, per: 10_000, unit: 'API call', source: 'https://aws.amazon.com/secrets-manager/pricing/' },
  objectWrites: { usd: 0.005, per: 1_000, unit: 'PUT or LIST request', source: s3 },
  objectReads: { usd: 0.000_4, per: 1_000, unit: 'GET request', source: s3 },
  vpcEndpointHours: { usd: 0.01, per: 1, unit: 'interface endpoint-hour in a zone', source: privateLink },
} as const satisfies Readonly<Record<string, UnitPrice>>;

export type PricedUnit = keyof typeof unitPrices;

/** Dollars for a quantity. */
export const usdOf = (unit: PricedUnit, quantity: number): number => {
  const { usd, per } = unitPrices[unit];
  return (quantity / per) * usd;
};

/** Dollars for what a journal counts; `npm run cost` also counts durations, metrics, tables and logs. */
export const estimatedCostUsd = (counted: {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
}): number =>
  usdOf('stateTransitions', counted.stateTransitions) + usdOf('lambdaInvocations', counted.lambdaInvocations);
