import * as z from 'zod';
import { pairScope } from '../../../functions/control/control-scopes.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ pair: z.string().min(1) });

/** Nobody holds the lock of a pair. */
export const lockFree = defineProbe({
  kind: 'lock-free',
  schema,
  describe: (step) => `the lock of ${step.pair} is free`,
  check: missingPair,
  run: async ({ clock, operator }, { pair }) => {
    const reading = await operator.guards(pairScope(pair)).read();
    if (!reading.known) return { met: false, finding: `it cannot be read: ${reading.reason}`, evidence: null };
    const { lock } = reading;
    const free = lock === undefined || lock.expiresAtMs <= clock.nowMs();
    return {
      met: free,
      finding: free ? 'nobody holds it' : `${lock.owner} holds it (${lock.purpose}, fencing token ${lock.fence})`,
      evidence: lock === undefined ? null : { owner: lock.owner, fence: lock.fence, expiresAtMs: lock.expiresAtMs },
    };
  },
});
