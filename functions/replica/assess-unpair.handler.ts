import * as z from 'zod/mini';
import { namedBroker } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { assessGuards } from '../control/assess-guards.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { joined } from '../runtime/finding.ts';
import { runSchema } from '../runtime/run.ts';
import { assessUnpair, phaseOf } from './unpair-gates.ts';
import { unpairInputSchema } from './unpair-input.ts';
import { gatherUnpairFacts } from './unpair-primary.ts';

/** First state of unpair: whether the pair may be ended now, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-unpair',
  input: z.strictObject({ input: unpairInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = pairPorts(runtime, environment);
    const ending = await ports.control.readIntent(pair.name, 'UpdateBroker');
    const facts = await gatherUnpairFacts(input, pair, ending, nowMs, ports);
    const gates = assessUnpair(facts);
    const guards = await assessGuards({ runtime, environment, region }, pair, run);
    const { blockers, warnings } = joined(gates, guards);
    const verdict = blockers.length > 0 ? 'refused' : 'proceed';
    const { sides } = facts;
    logDecision('unpairing assessed', { pair: pair.name, verdict, phase: phaseOf(sides), blockers, warnings });
    const brokers = { primary: namedBroker(sides.primary.ref), replica: namedBroker(sides.replica.ref) };
    const { dryRun, deleteReplica } = input;
    return { verdict, blockers, warnings, dryRun, deleteReplica, brokers };
  },
});
