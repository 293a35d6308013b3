import * as z from 'zod/mini';
import { customerHookCaller } from '../aws/call-customer-hook.ts';
import { findPair } from '../brokers/find-pair.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { controlPorts } from '../control/control-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { tryRead } from '../runtime/reading.ts';
import { cutoverRunPorts } from './adapters/cutover-ports.ts';
import { cutoverInput } from './cutover-input.ts';
import { undoFencing } from './undo-fencing.ts';

/** After a promotion: lets clients back to the promoted broker, if it was fenced as an old primary. */
export const handler = composeHandler({
  name: 'undo-fencing',
  input: z.strictObject(cutoverInput),
  environment: pairEnvironmentSchema,
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const { epoch, run } = input;
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = {
      ...cutoverRunPorts(runtime, environment, pair, run),
      callCustomerHook: customerHookCaller(runtime),
      ownBrokerId: async () => {
        const sides = await tryRead(() => sidesOf(pair, region, controlPorts(runtime, environment).control));
        return sides.known ? sides.value.here.brokerId : undefined;
      },
    };
    const request = { pair, region, epoch, run };
    const result = await undoFencing(request, ports);
    logDecision('fencing undone', { pair: pair.name, ...result });
    return result;
  },
});
