import { answered } from './answers.ts';
import type { FunctionContract } from './contract.ts';

/** Functions of reconcile. */
export const reconciliationContracts: Readonly<Record<string, FunctionContract>> = {
  'assess-reconcile': {
    role: 'read',
    answers: {
      verdict: ['proceed', 'refused', 'skipped'],
      dryRun: [true, false, null],
      mode: ['report', 'repair', 'auto', null],
    },
    // What is skipped has neither.
    together: [
      { when: { field: 'verdict', go: ['skipped'] }, leaves: { dryRun: [null], mode: [null] } },
      {
        when: { field: 'verdict', go: ['proceed', 'refused'] },
        leaves: { dryRun: [true, false], mode: ['report', 'repair', 'auto'] },
      },
    ],
    endings: {
      verdict: { refused: ['Refused'], skipped: ['Skipped'] },
      dryRun: { true: ['DryRun', 'Refused', 'Skipped'] },
    },
  },
  'discover-queues': {
    role: 'record',
    needs: 'pair',
    answers: { outcome: ['found', 'refused'] },
    endings: { outcome: { refused: ['Refused'] } },
  },
  'scan-queues': {
    role: 'record',
    needs: 'pair',
    answers: { done: [true, false] },
    pending: { field: 'done', values: [false] },
  },
  'seal-manifest': {
    role: 'record',
    needs: 'pair',
    // A repair does what its own manifest says, and no other.
    after: answered('assess-reconcile', 'mode', 'report', 'auto'),
  },
  'repair-queues': {
    role: 'write',
    needs: 'pair',
    guards: [
      [answered('assess-reconcile', 'verdict', 'proceed'), answered('assess-reconcile', 'mode', 'repair', 'auto')],
    ],
    answers: { outcome: ['repaired', 'refused'], done: [true, false] },
    pending: { field: 'done', values: [false] },
    endings: { outcome: { refused: ['Refused'] } },
    pollsAgainAfter: {
      field: 'done',
      values: [false],
      because: 'each call goes on with the next queues of the same manifest, from the cursor',
    },
  },
  'record-reconciliation': {
    role: 'record',
    answers: { ending: ['Reconciled', 'ReportOnly', 'Incomplete'] },
    endings: {
      ending: { Reconciled: ['Reconciled'], ReportOnly: ['ReportOnly'], Incomplete: ['Incomplete'] },
    },
  },
};
