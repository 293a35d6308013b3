import type { AnyKind, ProbeResult } from '../step.ts';
import { messagesAccounted } from './messages-accounted.ts';
import { pairServedIn } from './pair-served-in.ts';
import { promotionGapWithin } from './promotion-gap-within.ts';
import { unavailabilityWithin } from './unavailability-within.ts';
import { workflowsAsExpected } from './workflows-as-expected.ts';

/** Every kind of probe that a scenario may name. A new kind is a file beside this one and a line here. */
export const probeKinds: readonly AnyKind<ProbeResult>[] = [
  messagesAccounted,
  pairServedIn,
  promotionGapWithin,
  unavailabilityWithin,
  workflowsAsExpected,
];
