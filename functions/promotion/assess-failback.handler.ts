import * as z from 'zod';
import { pairPorts } from '../shared/adapters/pair-ports.ts';
import { runGuards } from '../shared/adapters/run-guards.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { pairEnvironmentSchema } from '../shared/environment.ts';
import { findPair } from '../shared/find-pair.ts';
import { assessFailback } from './failback-gates.ts';
import { failbackInputSchema } from './failback-input.ts';
import { assessRequest } from './request-switchover.ts';

/** First state of failback: whether the original primary is a healthy replica again, with all reasons. Reads only. */
export const handler = composeHandler({
  name: 'assess-failback',
  input: z.strictObject({ input: failbackInputSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ input, run }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = pairPorts(runtime, environment);
    const asked = { ...input, targetRegion: region };
    const { look, judgement, decided } = await assessRequest(asked, pair, region, ports);
    const gates = { blockers: [], warnings: [], ...decided };
    const guards = await runGuards(runtime, environment, pair, run).assess();
    const own = assessFailback({
      runningRegion: region,
      guards: await ports.guardsOf(pair.name).read(),
      verdict: judgement.verdict,
      step: decided.step,
    });
    const blockers = [...own, ...gates.blockers, ...guards.blockers];
    const warnings = [...gates.warnings, ...guards.warnings];
    const BrokerId = look.target.brokerId;
    const verdict = blockers.length > 0 ? 'refused' : 'proceed';
    logDecision('failback assessed', { pair: pair.name, verdict, step: decided.step, blockers, warnings });
    logDecision('replication judged', { pair: pair.name, ...judgement });
    return {
      verdict,
      blockers,
      warnings,
      dryRun: input.dryRun,
      targetRegion: region,
      // An exchange that is under way or complete is not asked for again.
      plannedWrites:
        decided.step === 'issue'
          ? [{ service: 'mq', operation: 'Promote', region, request: { BrokerId, Mode: 'SWITCHOVER' } }]
          : [],
    };
  },
});
