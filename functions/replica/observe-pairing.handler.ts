import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { isOpen } from '../control/intent.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { judgePairing } from './pairing.ts';

/** Reads both brokers once after the reboot; paired means that both say so. Settles the reboot's intent. */
export const handler = composeHandler({
  name: 'observe-pairing',
  input: z.strictObject({ pair: z.string(), brokers: pairAddressesSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, brokers: { primary, replica }, run }, { runtime, environment, nowMs, logDecision }) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pair), run);
    const { brokers, control } = pairPorts(runtime, environment);
    const judgement = judgePairing(await brokers.describe(primary), await brokers.tryDescribe(replica));
    if (judgement.phase === 'paired') {
      const intent = await control.readIntent(pair, 'RebootBroker');
      if (isOpen(intent)) await control.settleIntent(intent, 'effective');
    }
    logDecision('pairing observed', { pair, ...judgement });
    return { ...judgement, observedAtMs: nowMs };
  },
});
