import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runOf, runSchema } from '../runtime/run.ts';
import { reportStore } from './adapters/object-store.ts';
import { assessReconcileRequest } from './assess-request.ts';
import { reconcileInputSchema } from './reconcile-input.ts';

/** First state of reconcile: the gates, with all reasons, and the mode that the run has. Reads only. */
export const handler = composeHandler({
  name: 'assess-reconcile',
  input: z.strictObject({ input: reconcileInputSchema, run: runSchema }),
  environment: reconciliationEnvironmentSchema,
  handle: async ({ input, run: own }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const run = runOf(own, input.parentRun);
    const ports = pairPorts(runtime, environment);
    const request = await assessReconcileRequest(input, pair, region, {
      ...ports,
      store: reportStore(runtime, environment, region),
      readEpoch: async () => (await ports.guardsOf(pair.name).readEpoch())?.number,
      // A person's word, or a promotion that passed its own gates, stands behind every run.
      assessGuards: () => assessGuards({ runtime, environment, region }, pair, { ...run, automatic: false }),
    });
    logDecision('reconciliation assessed', { pair: pair.name, reason: input.reason, ...request });
    return { ...request, run };
  },
});
