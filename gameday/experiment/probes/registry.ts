import type { AnyKind, ProbeResult } from '../step.ts';
import { automationIs } from './automation-is.ts';
import { callsToLostRegion } from './calls-to-lost-region.ts';
import { noMessageDropped, policyIs, queuesMirrored } from './cluster-policies.ts';
import { driftCounts } from './drift-counts.ts';
import { executionsStarted } from './executions-started.ts';
import { fenceIs } from './fence-is.ts';
import { lockFree } from './lock-free.ts';
import { messagesAccounted } from './messages-accounted.ts';
import { pagesSent } from './pages-sent.ts';
import { pairServedIn } from './pair-served-in.ts';
import { promotionGapWithin } from './promotion-gap-within.ts';
import { promotionsMade } from './promotions-made.ts';
import { reconciliationCounts } from './reconciliation-counts.ts';
import { unavailabilityWithin } from './unavailability-within.ts';
import { workflowOutcome } from './workflow-outcome.ts';
import { workflowsAsExpected } from './workflows-as-expected.ts';

/** Every kind of probe that a scenario may name. A new kind is a file in this folder and a line here. */
export const probeKinds: readonly AnyKind<ProbeResult>[] = [
  automationIs,
  callsToLostRegion,
  driftCounts,
  executionsStarted,
  fenceIs,
  lockFree,
  messagesAccounted,
  noMessageDropped,
  pagesSent,
  pairServedIn,
  policyIs,
  promotionGapWithin,
  promotionsMade,
  queuesMirrored,
  reconciliationCounts,
  unavailabilityWithin,
  workflowOutcome,
  workflowsAsExpected,
];
