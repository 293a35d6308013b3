import { inFolder } from '../function-spec.ts';
import {
  describePairs,
  on,
  page,
  putControl,
  readControl,
  readGuards,
  readMetrics,
  readSecrets,
} from '../grants/grant.ts';

const define = inFolder('readiness', ['pair']);

/** The scheduled evaluation. */
export const readinessFunctions = [
  define('list-pairs', { can: [] }),
  define('evaluate-readiness', {
    environment: ['reconciliation', 'notify'],
    can: [
      ...describePairs,
      ...on('pair brokers', 'mq:DescribeUser'),
      ...on('broker configurations', 'mq:DescribeConfigurationRevision'),
      ...readControl,
      ...readGuards,
      ...putControl,
      ...readMetrics,
      ...on('alarms', 'cloudwatch:DescribeAlarms'),
      ...on('event bus', 'events:PutEvents'),
      ...readSecrets('canary secrets'),
      ...readSecrets('reconciliation secrets'),
      ...on('ledger here', 'dynamodb:BatchGetItem'),
      ...page,
    ],
  }),
];
