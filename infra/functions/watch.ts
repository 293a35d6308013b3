import { inFolder } from '../function-spec.ts';
import { changeControl, describeHere, on, page, putControl, readControl, readMetrics } from '../grants/grant.ts';

const define = inFolder('triggers', ['pair']);

/** Events, heartbeats and watches. */
export const triggerFunctions = [
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
      ...page,
    ],
  }),
  define('take-watch', { can: [...readControl, ...changeControl] }),
  define('report-watch', { environment: ['notify'], can: page }),
  define('release-watch', { can: changeControl }),
];
