import { answered, gate, written } from './answers.ts';
import type { FunctionContract } from './contract.ts';

/** Functions of create-replica and unpair. */
export const replicaContracts: Readonly<Record<string, FunctionContract>> = {
  'assess-eligibility': gate('eligible'),
  'create-replica-broker': {
    ...written('created', 'exists'),
    guards: [[answered('assess-eligibility', 'verdict', 'eligible')]],
    // A replica that is there already leaves the reboot to plan.
    inDryRun: { outcome: ['exists', 'dry-run', 'refused'] },
  },
  'observe-creation': {
    role: 'read',
    answers: { phase: ['creating', 'ready'] },
    pending: { field: 'phase', values: ['creating'] },
  },
  'assess-reboot': {
    role: 'read',
    answers: { verdict: ['proceed', 'not-needed', 'refused'], needsApproval: [true, false] },
    inDryRun: { needsApproval: [false] },
    endings: { verdict: { refused: ['Refused'] } },
  },
  'reboot-primary': {
    ...written('issued', 'not-needed'),
    guards: [
      [answered('assess-reboot', 'verdict', 'proceed'), answered('assess-reboot', 'needsApproval', false)],
      [answered('assess-reboot', 'verdict', 'proceed'), answered('check-approval', 'state', 'approved')],
      [answered('unpair-primary', 'outcome', 'issued', 'not-needed')],
    ],
  },
  'observe-pairing': {
    role: 'read',
    answers: { phase: ['paired', 'rebooting', 'pending', 'unpaired'] },
    pending: { field: 'phase', values: ['rebooting', 'pending', 'unpaired'] },
  },
  'prove-replication': {
    role: 'read',
    answers: { phase: ['proven', 'waiting'] },
    pending: { field: 'phase', values: ['waiting'] },
    mayFail: 'a switchover is complete without the proof of the way back; create-replica fails by it',
  },
  'record-pair': { role: 'record' },
  'assess-unpair': {
    ...gate('proceed'),
    answers: { verdict: ['proceed', 'refused'], dryRun: [true, false], deleteReplica: [true, false] },
  },
  'unpair-primary': {
    ...written('issued', 'not-needed'),
    guards: [[answered('assess-unpair', 'verdict', 'proceed')]],
  },
  'observe-unpairing': {
    role: 'read',
    answers: { phase: ['standalone', 'paired', 'pending', 'rebooting'] },
    pending: { field: 'phase', values: ['paired', 'pending', 'rebooting'] },
  },
  'delete-replica': {
    ...written('issued', 'deleting', 'gone'),
    guards: [[answered('observe-unpairing', 'phase', 'standalone'), answered('assess-unpair', 'deleteReplica', true)]],
    answers: { outcome: ['issued', 'deleting', 'gone', 'refused'] },
    endings: { outcome: { refused: ['Refused'] } },
    pending: { field: 'outcome', values: ['issued', 'deleting'] },
    pollsAgainAfter: {
      field: 'outcome',
      values: ['issued', 'deleting'],
      because:
        'the same function sees how far the deletion is; it deletes only a broker that reads RUNNING without an open intent',
    },
  },
  'forget-pair': { role: 'record' },
};
