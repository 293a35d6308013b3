import { inFolder } from '../function-spec.ts';
import { changeControl, on, onUnseen, page, readControl, readGuards, readLockOwner } from '../grants/grant.ts';

const define = inFolder('runs', ['pair']);

/** What every run has: its lock, its approval, its report, its end. */
export const runFunctions = [
  define('acquire-lock', { can: [...readControl, ...changeControl, ...readLockOwner] }),
  define('release-lock', { can: changeControl }),
  define('request-approval', {
    environment: ['pair', 'notify'],
    can: [...readControl, ...on('approval items', 'dynamodb:PutItem'), ...page],
  }),
  define('check-approval', { can: [...readControl, ...changeControl] }),
  define('report-failure', { environment: ['notify'], can: page }),
  define('settle-run', {
    environment: ['pair', 'notify'],
    can: [
      ...readControl,
      ...readGuards,
      ...changeControl,
      ...onUnseen('watch items', 'only a watch that ended without releasing it leaves one', 'dynamodb:UpdateItem'),
      ...on('cluster items', 'dynamodb:UpdateItem'),
      ...on('executions', 'states:DescribeExecution', 'states:GetExecutionHistory'),
      ...page,
    ],
  }),
];
