import { inFolder } from '../function-spec.ts';
import { on, page, readControl, readGuards, readSecrets } from '../grants/grant.ts';

const define = inFolder('policy-drift', ['cluster']);

/** What every reading of a cluster takes: the broker, its management API, and what runs before recorded. */
const readCluster = [
  ...on('cluster brokers', 'mq:DescribeBroker'),
  ...readSecrets('cluster secrets'),
  ...readGuards,
  ...on('control table', 'dynamodb:Query'),
];

/** A step that holds the cluster's lock and records what it does. */
const changeCluster = [
  ...readCluster,
  ...readControl,
  ...on('cluster items', 'dynamodb:PutItem', 'dynamodb:UpdateItem'),
];

/** Policies of RabbitMQ clusters. */
export const policyDriftFunctions = [
  define('assess-drift', { can: [...readCluster, ...readControl], contactsBrokers: true }),
  define('apply-policy-change', { can: changeCluster, contactsBrokers: true }),
  define('observe-policy-change', { can: changeCluster, contactsBrokers: true }),
  define('record-drift', {
    environment: ['cluster', 'notify'],
    can: [...changeCluster, ...on('event bus', 'events:PutEvents'), ...page],
    contactsBrokers: true,
  }),
  define('release-cluster', { can: on('cluster items', 'dynamodb:UpdateItem') }),
  define('receive-drift-event', {
    environment: ['cluster', 'machines'],
    can: on('drift workflow', 'states:StartExecution'),
  }),
];
