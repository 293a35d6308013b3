import * as z from 'zod';
import { pairScope } from '../../../functions/control/control-scopes.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({ pair: z.string().min(1) });

/** Notes that an operator knows of the newest promotion, as `mq-dr ack` does: automatic runs may act again. */
export const acknowledge = defineAction({
  kind: 'acknowledge',
  schema,
  describe: (step) => `acknowledge the newest promotion of ${step.pair}`,
  check: missingPair,
  run: async ({ clock, operator }, step) => {
    const guards = operator.guards(pairScope(step.pair));
    const epoch = await guards.readEpoch();
    if (epoch === undefined) throw new StepFailedError(`no promotion of ${step.pair} is recorded`);
    await guards.acknowledge(epoch.number, clock.nowMs());
    return { pair: step.pair, epoch: epoch.number };
  },
});
