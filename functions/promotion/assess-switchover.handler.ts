import * as z from 'zod/mini';
import { namedBroker } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { joined } from '../runtime/finding.ts';
import { runOf, runSchema } from '../runtime/run.ts';
import { assessSwitchoverRequest } from './assess-switchover-request.ts';
import { predictLoss } from './predicted-loss.ts';
import { switchoverInputSchema } from './switchover-input.ts';

/** First state of switchover: the gates, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-switchover',
  input: z.strictObject({ input: switchoverInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run: own }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const run = runOf(own, input.parentRun);
    const ports = replicationPorts(runtime, environment);
    const intent = await ports.control.readIntent(pair.name, 'Promote');
    const { reading, judgement, decided } = await assessSwitchoverRequest(input, pair, region, intent, ports);
    const gates = { blockers: [], warnings: [], ...decided };
    const guards = await assessGuards({ runtime, environment, region }, pair, run);
    const { blockers, warnings } = joined(gates, guards);
    const predictedLoss = predictLoss(reading.observation.gauges.QueueSize, reading.observation.atMs);
    logDecision('switchover assessed', { pair: pair.name, step: decided.step, blockers, warnings });
    logDecision('replication judged', { pair: pair.name, ...judgement, predictedLoss });
    return {
      verdict: blockers.length > 0 ? 'refused' : 'proceed',
      blockers,
      warnings,
      dryRun: input.dryRun,
      run,
      // As they will be named once the target is the primary.
      brokers: { primary: namedBroker(reading.target), replica: namedBroker(reading.counterpart) },
    };
  },
});
