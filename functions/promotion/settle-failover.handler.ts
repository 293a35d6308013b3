import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { controlPorts } from '../control/control-ports.ts';
import { isOpen } from '../control/intent.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/**
 * Closes the promotion's intent once everything after it is done. Until then a new run with the same input finds the
 * intent open and goes on from there.
 */
export const handler = composeHandler({
  name: 'settle-failover',
  input: z.strictObject({ pair: z.string(), target: brokerAddressSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, target, run }, { runtime, environment, logDecision }) => {
    if (run.overrideControl !== null) return { settled: false };
    const { control } = controlPorts(runtime, environment);
    const intent = await control.readIntent(pair, 'Promote');
    const settles = isOpen(intent) && intent.subject === target.brokerId;
    if (settles) await control.settleIntent(intent, 'effective');
    logDecision('failover settled', { pair, primary: target.brokerId, settled: settles });
    return { settled: settles };
  },
});
