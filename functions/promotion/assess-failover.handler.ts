import * as z from 'zod/mini';
import { namedBroker } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { takenOverByFailover } from '../control/preemptions.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { failoverInputSchema } from './failover-input.ts';
import { assessFailoverRequest } from './request-failover.ts';

/** First state of failover: all gates at once, and the predicted loss. Reads only, and only in this Region. */
export const handler = composeHandler({
  name: 'assess-failover',
  input: z.strictObject({ input: failoverInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run: caller }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    // Only a person may override: an automatic run takes the lock or stops.
    const asked = input.automatic ? null : (input.overrideControl ?? null);
    const asking = { ...caller, automatic: input.automatic, overrideControl: asked };
    const guards = await assessGuards({ runtime, environment, region }, pair, asking, takenOverByFailover);
    // A table that can be reached is used, whatever the input says.
    const overrides = guards.warnings.some(({ code }) => code === 'CONTROL_OVERRIDDEN');
    const run = { ...asking, overrideControl: overrides ? asked : null };
    const decision = await assessFailoverRequest(
      {
        ...input,
        pair,
        runningRegion: region,
        executionArn: run.executionArn,
        withoutControl: overrides,
      },
      {
        ...pairPorts(runtime, environment),
        assessGuards: async () => guards,
      },
    );
    const { blockers, warnings, predictedLoss, broker, counterpart } = decision;
    const verdict = blockers.length > 0 ? 'refused' : 'proceed';
    const judged = { verdict, blockers, warnings, predictedLoss };
    logDecision('failover assessed', { pair: pair.name, ...judged, reason: input.reason });
    return {
      ...judged,
      dryRun: input.dryRun,
      agreedAtMs: input.agreedAtMs ?? null,
      run,
      brokers: { primary: namedBroker(broker), replica: namedBroker(counterpart) },
    };
  },
});
