import * as z from 'zod';
import { pairScope } from '../../../functions/control/control-scopes.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ pair: z.string().min(1), stopped: z.boolean() });

/** Automatic runs of a pair are stopped by a person's no, or they are not. */
export const automationIs = defineProbe({
  kind: 'automation-is',
  schema,
  describe: (step) => `automatic runs of ${step.pair} are ${step.stopped ? '' : 'not '}stopped`,
  check: missingPair,
  run: async ({ operator }, { pair, stopped }) => {
    const stop = await operator.guards(pairScope(pair)).readStop();
    return {
      met: (stop !== undefined) === stopped,
      finding: stop === undefined ? 'they are not' : `they are (${stop.kind}): ${stop.reason}`,
      evidence: stop === undefined ? null : { kind: stop.kind, reason: stop.reason, atMs: stop.atMs },
    };
  },
});
