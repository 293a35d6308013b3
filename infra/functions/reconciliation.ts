import { type FunctionSpec, inFolder } from '../function-spec.ts';
import {
  changeControl,
  describeHere,
  on,
  onUnseen,
  page,
  readControl,
  readGuards,
  readLockOwnerUnseen,
  readSecrets,
} from '../grants/grant.ts';

const define = inFolder('reconciliation', ['reconciliation']);

/** Without it S3 says 403 about an object that does not exist, and a wrong hash would look like a missing right. */
const missingKeys = onUnseen('report bucket', 'S3 asks for it where an object does not exist', 's3:ListBucket');

/** Manifests and the documents of a run. */
const reports = [...on('reports', 's3:GetObject', 's3:PutObject'), ...missingKeys];

/** Goes through the queues of the broker of the own Region. */
const queues: Omit<FunctionSpec, 'name' | 'entry' | 'environment' | 'can'> = {
  contactsBrokers: true,
  // A Task's timeout is 330 s, and the lock's lease 420 s; see QueuesTimeoutSeconds.
  timeoutSeconds: 300,
  // A scan holds some hundred bytes for each message of a queue, and its speed follows the processor's share.
  memoryMiB: 1_769,
};

/** What proves message by message what was processed. */
export const reconciliationFunctions = [
  define('assess-reconcile', {
    can: [
      ...describeHere,
      ...readControl,
      ...readGuards,
      ...readLockOwnerUnseen,
      ...on('reports', 's3:GetObject'),
      ...missingKeys,
    ],
  }),
  define('discover-queues', {
    can: [
      ...describeHere,
      ...readControl,
      ...changeControl,
      ...readSecrets('reconciliation secrets'),
      ...on('metrics', 'cloudwatch:ListMetrics'),
      ...on('reports', 's3:PutObject'),
    ],
    contactsBrokers: true,
  }),
  define('scan-queues', {
    ...queues,
    can: [
      ...describeHere,
      ...readControl,
      ...changeControl,
      ...readSecrets('reconciliation secrets'),
      ...on('ledger here', 'dynamodb:BatchGetItem'),
      ...on('ledger elsewhere', 'dynamodb:BatchGetItem'),
      ...reports,
    ],
  }),
  define('seal-manifest', { can: [...changeControl, ...reports] }),
  define('repair-queues', {
    ...queues,
    can: [
      ...describeHere,
      ...readControl,
      ...readGuards,
      ...changeControl,
      ...readSecrets('reconciliation secrets'),
      ...reports,
    ],
  }),
  define('record-reconciliation', {
    environment: ['reconciliation', 'notify'],
    can: [...on('reports', 's3:GetObject'), ...on('event bus', 'events:PutEvents'), ...page],
  }),
];
