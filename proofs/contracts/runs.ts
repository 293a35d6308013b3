import type { FunctionContract } from './contract.ts';

/** Functions that every workflow calls, and those of settle-run. */
export const runsContracts: Readonly<Record<string, FunctionContract>> = {
  'acquire-lock': {
    role: 'record',
    // Without a fence the run is a dry one, or overrides the Control table.
    answers: { 'run.fence': ['(a fence)', null] },
    inDryRun: { 'run.fence': [null] },
    takes: { held: 'pair', unlessError: ['LockHeld'] },
    refusals: ['LockHeld'],
  },
  'release-lock': {
    role: 'record',
    releases: ['pair'],
    mayFail: 'a lock that cannot be released expires',
    failsSilently: true,
  },
  'request-approval': {
    role: 'record',
    answers: { approvalId: ['(an id)'] },
    followedBy: ['check-approval', 'observe-switchover'],
  },
  'check-approval': {
    role: 'read',
    answers: { state: ['open', 'approved', 'denied', 'expired'] },
    pending: { field: 'state', values: ['open'] },
    endings: { state: { denied: ['Refused'], expired: ['Refused'] } },
  },
  'report-failure': { role: 'report', mayFail: 'the run fails with its first error all the same', failsSilently: true },
  'settle-run': { role: 'record' },
  'settle-open-promotion': {
    role: 'report',
    answers: { step: ['settle', 'arrived', 'closed', 'open'] },
    pending: { field: 'step', values: ['open'] },
    endings: { step: { settle: ['PromotionEnded'], arrived: ['PromotionEnded'], closed: ['PromotionEnded'] } },
  },
};
