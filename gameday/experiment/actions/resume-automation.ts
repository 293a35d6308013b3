import * as z from 'zod';
import { pairScope } from '../../../functions/control/control-scopes.ts';
import { operatorName } from '../context.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({ pair: z.string().min(1), reason: z.string().min(1).default('game day') });

/** Lets automatic runs of a pair act again, as `mq-dr resume` does. */
export const resumeAutomation = defineAction({
  kind: 'resume-automation',
  schema,
  describe: (step) => `resume automatic runs of ${step.pair}`,
  check: missingPair,
  run: async ({ clock, operator }, { pair, reason }) => {
    const guards = operator.guards(pairScope(pair));
    const stop = await guards.readStop();
    if (stop === undefined) throw new StepFailedError(`automatic runs of ${pair} are not stopped`);
    await guards.resume(stop, { reason, by: operatorName, atMs: clock.nowMs() });
    return { pair, lifted: stop.kind };
  },
});
