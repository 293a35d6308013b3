import * as z from 'zod/mini';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { driftInputSchema } from './drift-input.ts';
import { findCluster } from './find-cluster.ts';
import { judgeCluster } from './judge-cluster.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';

/** First state of policy-drift: everything that drifts, what would be written, and what speaks against it. Reads only. */
export const handler = composeHandler({
  name: 'assess-drift',
  input: z.strictObject({
    input: driftInputSchema,
    /** Whether the service has had its time to recreate policies of its own. */
    serviceHadItsTime: z.boolean(),
    run: runSchema,
  }),
  environment: clusterEnvironmentSchema,
  handle: async ({ input, serviceHadItsTime, run }, { runtime, environment, logDecision }) => {
    const config = findCluster(environment.CLUSTERS, input.cluster);
    const { executionArn } = run;
    const { drift, plan, blockers, verdict } = await judgeCluster(
      { input, config, executionArn, alreadyChanged: 0, serviceHadItsTime },
      clusterPorts(runtime, environment, config),
    );
    const counts = { findings: drift.findings.length, steps: plan.steps.length + plan.unplanned };
    const codes = [...new Set(drift.findings.map(({ code }) => code))];
    logDecision('drift assessed', { cluster: config.name, driftVerdict: verdict, ...counts, codes, blockers });
    return {
      verdict,
      blockers,
      findings: counts.findings,
      held: verdict === 'refused' ? counts.steps : 0,
      awaitsService: drift.awaitsService,
    };
  },
});
