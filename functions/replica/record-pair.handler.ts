import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { isOpen } from '../control/intent.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/** Records the pair's two brokers in the Control table, where every Region finds them, and closes the creation. */
export const handler = composeHandler({
  name: 'record-pair',
  input: z.strictObject({ pair: z.string(), brokers: pairAddressesSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, brokers: { primary, replica } }, { runtime, environment, logDecision }) => {
    const { brokers, control } = pairPorts(runtime, environment);
    const arns = [(await brokers.describe(primary)).brokerArn, (await brokers.describe(replica)).brokerArn] as const;
    await control.recordMembers(pair, arns);
    const intent = await control.readIntent(pair, 'CreateBroker');
    if (isOpen(intent)) await control.settleIntent(intent, 'effective');
    logDecision('pair recorded', { pair, brokers: arns });
    return { brokers: arns };
  },
});
