import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { isOpen } from '../control/intent.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { judgeUnpairing, readRemovable } from './unpairing.ts';

/** Reads both brokers once after the reboot; standalone means that both say so. Settles what led there. */
export const handler = composeHandler({
  name: 'observe-unpairing',
  input: z.strictObject({ pair: z.string(), brokers: pairAddressesSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair, brokers: { primary, replica }, run }, { runtime, environment, logDecision }) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pair), run);
    const { brokers, control } = pairPorts(runtime, environment);
    const replicaReading = await readRemovable(() => brokers.describe(replica));
    const judgement = judgeUnpairing(await brokers.describe(primary), replicaReading);
    if (judgement.phase === 'standalone') {
      for (const operation of ['UpdateBroker', 'RebootBroker'] as const) {
        const intent = await control.readIntent(pair, operation);
        if (isOpen(intent)) await control.settleIntent(intent, 'effective');
      }
    }
    logDecision('unpairing observed', { pair, ...judgement });
    return judgement;
  },
});
