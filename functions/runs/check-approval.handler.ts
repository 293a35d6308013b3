import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { approvalState } from '../control/approval.ts';
import { controlPorts } from '../control/control-ports.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/** Reads an approval once. Expiry, like a missing item, means no. */
export const handler = composeHandler({
  name: 'check-approval',
  input: z.strictObject({ pair: z.string(), approvalId: z.string(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, approvalId, run }, { runtime, environment, nowMs, logDecision }) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pair), run);
    const approval = await controlPorts(runtime, environment).control.readApproval(pair, approvalId);
    const state = approvalState(approval, nowMs);
    logDecision('approval checked', { pair, approvalId, state, decidedBy: approval?.decidedBy });
    return { state };
  },
});
