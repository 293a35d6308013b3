import { inFolder } from '../function-spec.ts';
import {
  describeHere,
  on,
  page,
  putControl,
  readControl,
  readGuards,
  readLockOwner,
  readLockOwnerUnseen,
  readMetrics,
} from '../grants/grant.ts';

const define = inFolder('watch', ['pair']);

/** The lock by which one execution at a time watches a pair. */
const changeLease = on('watch items', 'dynamodb:UpdateItem');

/** Events, heartbeats and watches. */
export const watchFunctions = [
  define('write-heartbeat', {
    can: [...describeHere, ...readMetrics, ...readControl, ...putControl],
    contactsBrokers: true,
  }),
  define('receive-event', {
    environment: ['pair', 'notify', 'machines'],
    can: [
      ...describeHere,
      ...readControl,
      ...putControl,
      ...changeLease,
      ...on('pair workflows', 'states:StartExecution'),
      ...on('event bus', 'events:PutEvents'),
      ...readGuards,
      ...readLockOwnerUnseen,
      ...on('fencing hooks', 'lambda:InvokeFunction'),
      ...page,
    ],
  }),
  define('evaluate-signals', {
    can: [...describeHere, ...readMetrics, ...readControl, ...readGuards, ...changeLease, ...readLockOwner],
  }),
  define('take-watch', { can: [...readControl, ...changeLease, ...readLockOwnerUnseen] }),
  define('report-watch', { environment: ['notify'], can: page }),
  define('release-watch', { can: changeLease }),
];
