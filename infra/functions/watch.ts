import { inFolder } from '../function-spec.ts';
import {
  changeControl,
  describeHere,
  on,
  page,
  putControl,
  readControl,
  readGuards,
  readMetrics,
} from '../grants/grant.ts';

const define = inFolder('watch', ['pair']);

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
      ...changeControl,
      ...on('pair workflows', 'states:StartExecution'),
      ...on('event bus', 'events:PutEvents'),
      ...readGuards,
      ...on('fencing hooks', 'lambda:InvokeFunction'),
      ...page,
    ],
  }),
  define('evaluate-signals', {
    can: [...describeHere, ...readMetrics, ...readControl, ...readGuards, ...changeControl],
  }),
  define('take-watch', { can: [...readControl, ...changeControl] }),
  define('report-watch', { environment: ['notify'], can: page }),
  define('release-watch', { can: changeControl }),
];
