import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { judgePairing } from './pairing.ts';
import { appliedByReboot, assessReboot } from './reboot-gate.ts';

/** Guard before the pairing reboot: whether it is needed, what it will apply, and what speaks against it now. */
export const handler = composeHandler({
  name: 'assess-reboot',
  input: z.strictObject({
    pair: z.string(),
    brokers: pairAddressesSchema,
    dryRun: z.boolean(),
    /** State of the approval that this run has asked for; `none` before. */
    approval: z.string(),
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, ...input }, { runtime, environment, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const { brokers } = pairPorts(runtime, environment);
    const now = await brokers.describe(input.brokers.primary);
    const other = await brokers.tryDescribe(input.brokers.replica);
    const { phase } = judgePairing(now, other);
    const { blockers, warnings } = assessReboot({
      primary: now,
      replica: other,
      protectedWindows: pair.protectedWindows,
      nowMs,
    });
    const needed = phase === 'pending' || phase === 'unpaired';
    const verdict = !needed ? 'not-needed' : blockers.length > 0 ? 'refused' : 'proceed';
    const willApply = appliedByReboot(now, other);
    logDecision('reboot assessed', { pair: pair.name, verdict, willApply, blockers, warnings });
    const needsApproval = pair.rebootApproval === 'required' && !input.dryRun && input.approval !== 'approved';
    return { verdict, willApply, blockers, warnings, needsApproval };
  },
});
