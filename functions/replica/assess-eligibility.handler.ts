import * as z from 'zod/mini';
import { readCredentials } from '../brokers/broker-secrets.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { joined } from '../runtime/finding.ts';
import { runSchema } from '../runtime/run.ts';
import { assessEligibility } from './eligibility.ts';
import { gatherEligibilityFacts } from './eligibility-facts.ts';
import { createReplicaInputSchema } from './replica-request.ts';

/** First state of create-replica: whether the primary may be given this replica, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-eligibility',
  input: z.strictObject({ input: createReplicaInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const { control, brokers } = pairPorts(runtime, environment);
    const intent = await control.readIntent(pair.name, 'CreateBroker');
    const facts = await gatherEligibilityFacts(input, intent, {
      brokers,
      readCredentials: (secretArn) => readCredentials(runtime, secretArn),
    });
    const eligibility = assessEligibility(facts);
    const guards = await assessGuards({ runtime, environment, region }, pair, run);
    const { blockers, warnings } = joined(eligibility, guards);
    const verdict = blockers.length > 0 ? 'refused' : 'eligible';
    logDecision('eligibility assessed', { pair: pair.name, verdict, blockers, warnings });
    return {
      verdict,
      blockers,
      warnings,
      dryRun: input.dryRun,
      primary: {
        region: facts.primary.region,
        brokerId: facts.primary.brokerId,
        brokerName: facts.primary.brokerName,
      },
    };
  },
});
