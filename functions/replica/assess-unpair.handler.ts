import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { runGuards } from '../control/run-guards.ts';
import { composeHandler, runSchema } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { assessUnpair, phaseOf } from './unpair-gates.ts';
import { unpairInputSchema } from './unpair-input.ts';
import { gatherUnpairFacts } from './unpair-primary.ts';

/** First state of unpair: whether the pair may be ended now, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-unpair',
  input: z.strictObject({ input: unpairInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const facts = await gatherUnpairFacts(input, pair, nowMs, pairPorts(runtime, environment));
    const gates = assessUnpair(facts);
    const guards = await runGuards(runtime, environment, pair, run).assess();
    const blockers = [...gates.blockers, ...guards.blockers];
    const warnings = [...gates.warnings, ...guards.warnings];
    const verdict = blockers.length > 0 ? 'refused' : 'proceed';
    const { sides } = facts;
    logDecision('unpairing assessed', { pair: pair.name, verdict, phase: phaseOf(sides), blockers, warnings });
    const address = ({ region, brokerId, brokerName }: typeof sides.primary.ref) => ({ region, brokerId, brokerName });
    const brokers = { primary: address(sides.primary.ref), replica: address(sides.replica.ref) };
    const { dryRun, deleteReplica } = input;
    return { verdict, blockers, warnings, dryRun, deleteReplica, brokers };
  },
});
