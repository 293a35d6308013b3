import { inFolder } from '../function-spec.ts';
import {
  changeControl,
  describeHere,
  on,
  onUnseen,
  page,
  putControl,
  readControl,
  readGuards,
  readLockOwner,
  readMetrics,
} from '../grants/grant.ts';

const define = inFolder('cutover', ['pair']);

/** Event-source mappings of the Region that consume from its broker. */
const moveMappings = [
  ...readGuards,
  ...changeControl,
  ...on('held mappings', 'lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'),
];

/** Consumers of the Region: event-source mappings, or the team's own function. */
const moveConsumers = [...moveMappings, ...on('hold hooks', 'lambda:InvokeFunction')];

const callFencingHook = on('fencing hooks', 'lambda:InvokeFunction');

/** Consumers, endpoint and fence: everything but the Control table is in the own Region. */
export const cutoverFunctions = [
  define('hold-consumers', { can: [...moveConsumers, ...readControl, ...putControl] }),
  define('release-consumers', { can: [...moveConsumers, ...readControl] }),
  define('publish-endpoint', {
    can: [
      ...describeHere,
      ...readControl,
      ...readGuards,
      ...changeControl,
      ...on('endpoint parameters', 'ssm:GetParameter', 'ssm:PutParameter'),
      ...on('event bus', 'events:PutEvents'),
    ],
  }),
  define('record-fence', { can: [...readControl, ...putControl] }),
  define('undo-fencing', { can: [...readControl, ...readGuards, ...changeControl, ...callFencingHook] }),
  define('enforce-fencing', {
    environment: ['pair', 'notify'],
    can: [
      ...describeHere,
      ...readMetrics,
      ...readControl,
      ...readLockOwner,
      ...moveMappings,
      ...onUnseen('hold hooks', 'asked only for consumers that a dead run left held', 'lambda:InvokeFunction'),
      ...callFencingHook,
      ...page,
    ],
  }),
];
