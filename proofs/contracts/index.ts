import { maxPairsPerRegion } from '../../infra/catalogue.ts';
import { answered } from './answers.ts';
import type { ChildContract, FunctionContract } from './contract.ts';
import { cutoverContracts } from './cutover.ts';
import { policyDriftContracts } from './policy-drift.ts';
import { promotionContracts } from './promotion.ts';
import { readinessContracts } from './readiness.ts';
import { reconciliationContracts } from './reconciliation.ts';
import { replicaContracts } from './replica.ts';
import { runsContracts } from './runs.ts';
import { watchContracts } from './watch.ts';

/*
 * What a definition cannot say of itself and `npm run prove` has to know: which functions write, what guards them, what
 * they take and release, and what their answers may say. The model check checks the definitions against these contracts;
 * the other checks check the contracts against every answer that a function gives.
 */

/** Every function that a definition calls. */
export const functionContracts: Readonly<Record<string, FunctionContract>> = {
  ...replicaContracts,
  ...reconciliationContracts,
  ...promotionContracts,
  ...cutoverContracts,
  ...runsContracts,
  ...policyDriftContracts,
  ...watchContracts,
  ...readinessContracts,
};

/** Every machine that a definition starts. */
export const childContracts: Readonly<Record<string, ChildContract>> = {
  failover: { guards: [[answered('evaluate-signals', 'decision', 'failover')]] },
  switchover: {
    needs: 'pair',
    guards: [
      [answered('assess-failback', 'verdict', 'proceed'), answered('undo-fencing', 'outcome', 'not-fenced', 'undone')],
    ],
  },
  reconcile: {
    guards: [
      [answered('observe-switchover', 'action', 'settle')],
      [answered('observe-failover', 'phase', 'promoted')],
      [answered('promote-replica', 'outcome', 'already-primary')],
      [answered('request-failover', 'outcome', 'already-primary')],
      [answered('switchover', 'outcome', 'SwitchedOver', 'Escalated')],
    ],
    needs: 'pair',
    releases: ['after-promotion: messages'],
    // Duplicates are removed before consumers that stand still go on.
    precedes: { function: 'release-consumers', when: answered('hold-consumers', 'outcome', 'held') },
    cutShort: 'clients wait for it; it goes on by itself, and a new run repairs what it does not come to',
    mayFail:
      'the promotion is done; a warning says that messages are not reconciled, and a run of its own repairs them',
  },
};

/** Outcomes that a run may end with only after it has notified operators. */
export const notifiedOutcomes: readonly string[] = ['Paged'];

/** Errors that definitions raise themselves, in addition to the catalogue: overdue waits and stalls, by name. */
export const ownErrors: readonly string[] = [
  'CreationOverdue',
  'PairingOverdue',
  'ReplicationUnproven',
  'UnpairingOverdue',
  'DeletionOverdue',
  'FailoverOverdue',
  'ScanOverdue',
  'RepairOverdue',
  'Stalled',
];

/**
 * Largest answer of a function, in bytes. A payload ends at 256 KiB
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); a definition's largest payload joins some
 * ten answers.
 */
export const maxAnswerBytes = 12_288;

/** Most items of a Map state, by its name. */
export const maxItems: Readonly<Record<string, number>> = { EvaluatePairs: maxPairsPerRegion };
