import { maxPairsPerRegion } from '../../infra/catalogue.ts';
import { answered } from './answers.ts';
import { cutoverFacts } from './cutover.ts';
import type { ChildFacts, FunctionFacts } from './fact.ts';
import { policyDriftFacts } from './policy-drift.ts';
import { promotionFacts } from './promotion.ts';
import { readinessFacts } from './readiness.ts';
import { reconciliationFacts } from './reconciliation.ts';
import { replicaFacts } from './replica.ts';
import { runsFacts } from './runs.ts';
import { watchFacts } from './watch.ts';

/*
 * What a definition cannot say of itself and `npm run prove` has to know: which functions write, what guards them, what
 * they take and give back, and what their answers may say. The proofs hold the definitions against this table, and the
 * table against every answer that a function gives while they run.
 */

/** Every function that a definition calls. */
export const functionFacts: Readonly<Record<string, FunctionFacts>> = {
  ...replicaFacts,
  ...reconciliationFacts,
  ...promotionFacts,
  ...cutoverFacts,
  ...runsFacts,
  ...policyDriftFacts,
  ...watchFacts,
  ...readinessFacts,
};

/** Every machine that a definition starts. */
export const childFacts: Readonly<Record<string, ChildFacts>> = {
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
    gives: ['after-promotion: messages'],
    // Duplicates are removed before consumers that stand still go on.
    precedes: { function: 'release-consumers', when: answered('hold-consumers', 'outcome', 'held') },
    cutShort: 'clients wait for it; it goes on by itself, and a new run repairs what it does not come to',
    mayFail:
      'the promotion is done; a warning says that messages are not reconciled, and a run of its own repairs them',
  },
};

/** Outcomes that a run may end with only after it has told people. */
export const toldOutcomes: readonly string[] = ['Paged'];

/** Errors that definitions raise themselves, beside the catalogue: overdue waits and stalls, by name. */
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
export const mostItems: Readonly<Record<string, number>> = { EvaluatePairs: maxPairsPerRegion };
