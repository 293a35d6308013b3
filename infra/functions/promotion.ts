import { inFolder } from '../function-spec.ts';
import {
  changeControl,
  describeHere,
  describePairs,
  on,
  page,
  putControl,
  readControl,
  readGuards,
  readLockOwner,
  readLockOwnerUnseen,
  readMetrics,
} from '../grants/grant.ts';

const define = inFolder('promotion', ['pair']);

/** Promote goes to the replica in its own Region, which is where these functions run. */
const promoteHere = on('pair brokers here', 'mq:Promote');

/** Switchover, failover and what watches them. Steps of a failover may ask the own Region alone. */
export const promotionFunctions = [
  define('assess-switchover', {
    can: [...describePairs, ...readMetrics, ...readControl, ...readGuards, ...readLockOwnerUnseen],
  }),
  define('promote-replica', {
    can: [
      ...describePairs,
      ...readMetrics,
      ...readControl,
      ...readGuards,
      ...putControl,
      ...changeControl,
      ...promoteHere,
    ],
    contactsBrokers: true,
  }),
  define('observe-switchover', { can: [...describePairs, ...readMetrics, ...readControl, ...changeControl] }),
  define('settle-switchover', { can: [...describePairs, ...readMetrics, ...readControl, ...changeControl] }),
  define('assess-failover', { can: [...describeHere, ...readControl, ...readGuards, ...readLockOwner] }),
  define('request-failover', {
    can: [
      ...describeHere,
      ...readMetrics,
      ...readControl,
      ...readGuards,
      ...putControl,
      ...changeControl,
      ...promoteHere,
    ],
  }),
  define('observe-failover', { can: [...describeHere, ...changeControl], contactsBrokers: true }),
  define('record-epoch', { can: [...readControl, ...putControl, ...changeControl] }),
  define('settle-failover', { can: [...readControl, ...changeControl] }),
  define('assess-failback', {
    can: [...describePairs, ...readMetrics, ...readControl, ...readGuards, ...readLockOwnerUnseen],
  }),
  define('report-stall', { environment: ['pair', 'notify'], can: [...putControl, ...page] }),
  define('settle-open-promotion', {
    environment: ['pair', 'notify'],
    can: [...describePairs, ...readMetrics, ...readControl, ...changeControl, ...page],
  }),
];
