import * as z from 'zod/mini';
import { putEvent } from '../aws/event-bus.ts';
import { notify } from '../aws/notifications.ts';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { metricFields } from '../runtime/metric-fields.ts';
import { runSchema } from '../runtime/run.ts';
import { driftInputSchema } from './drift-input.ts';
import { driftMessage } from './drift-message.ts';
import { findCluster } from './find-cluster.ts';
import { clusterPorts } from './rabbitmq/cluster-ports.ts';
import { recordDrift } from './record-drift.ts';

const findingSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});

/** Last state of policy-drift: reads the cluster once more, records and announces a changed verdict, releases the lock. */
export const handler = composeHandler({
  name: 'record-drift',
  input: z.strictObject({
    input: driftInputSchema,
    serviceHadItsTime: z.boolean(),
    soFar: z.strictObject({ findings: z.int(), blockers: z.array(findingSchema), held: z.int() }),
    run: runSchema,
  }),
  environment: z.extend(clusterEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ run, ...request }, { runtime, environment, region, nowMs, logDecision }) => {
    const config = findCluster(environment.CLUSTERS, request.input.cluster);
    const { name: cluster } = config;
    const ports = clusterPorts(runtime, environment, config);
    const { executionArn } = run;
    const report = await recordDrift(
      { ...request, config, executionArn },
      ports,
      async ({ outcome, counts, findings }) => {
        const detail = { cluster, outcome, counts, executionArn };
        await putEvent(runtime, region, { detailType: 'Policy Drift Verdict Changed', detail });
        if (counts.remaining > 0) {
          await notify(runtime, environment.TOPIC_ARN, driftMessage(cluster, counts.remaining, findings, executionArn));
        }
      },
    );
    const { outcome, counts, changes } = report;
    // Every run counts, not only a changed verdict: an alarm takes silence for a cluster that nobody checks.
    const measured = { PolicyDriftFindings: counts.remaining };
    logDecision('drift recorded', {
      cluster,
      outcome,
      counts,
      changes,
      ...(!request.input.dryRun && metricFields({ atMs: nowMs, dimensions: { Cluster: cluster }, values: measured })),
    });
    return report;
  },
});
