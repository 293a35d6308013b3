import { answered } from './answers.ts';
import type { FunctionContract } from './contract.ts';

/** Functions of policy-drift. */
export const policyDriftContracts: Readonly<Record<string, FunctionContract>> = {
  'assess-drift': {
    role: 'read',
    answers: { verdict: ['in-sync', 'drifted', 'proceed', 'refused'], awaitsService: [true, false] },
  },
  'apply-policy-change': {
    role: 'write',
    guards: [
      [answered('assess-drift', 'verdict', 'proceed')],
      [answered('observe-policy-change', 'phase', 'settled', 'lost', 'none')],
    ],
    answers: { outcome: ['written', 'done', 'dry-run', 'refused'] },
    pending: { field: 'outcome', values: ['written'] },
    endings: { outcome: { 'dry-run': ['DryRun'] } },
    takes: { held: 'cluster' },
    changes: [
      {
        answer: answered('apply-policy-change', 'outcome', 'dry-run'),
        drops: 'cluster',
        because: 'a dry run takes no lock',
      },
    ],
  },
  'observe-policy-change': {
    role: 'read',
    answers: { phase: ['settled', 'syncing', 'waiting', 'lost', 'unfinished', 'none'] },
    pending: { field: 'phase', values: ['syncing', 'waiting'] },
    takes: { held: 'cluster' },
  },
  'record-drift': { role: 'record', releases: ['cluster'] },
  'release-cluster': {
    role: 'record',
    releases: ['cluster'],
    mayFail: 'a lock that cannot be released expires',
    failsSilently: true,
  },
};
