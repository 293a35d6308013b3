import { metricNamespace } from '../../functions/runtime/metric-fields.ts';
import type { ClusterDeployment } from '../config/config-fields.ts';
import type { AlarmSpec } from './alarm-spec.ts';

/** Two checks of the schedule in `triggers.ts`: what the second one finds repaired raises no alarm. */
const hourSeconds = 3_600;

/** Every alarm of a RabbitMQ cluster. */
export const clusterAlarms = (cluster: ClusterDeployment): readonly AlarmSpec[] => [
  {
    name: `mq-dr-${cluster.name}-policy-drift`,
    means: 'The policies of the cluster have differed from their declaration for two hours, or were not checked.',
    severity: 'notice',
    runbook: 'policy-drift',
    metrics: [
      {
        namespace: metricNamespace,
        name: 'PolicyDriftFindings',
        dimensions: { Cluster: cluster.name },
        statistic: 'Minimum',
        periodSeconds: hourSeconds,
      },
    ],
    threshold: 0,
    comparison: 'above',
    periods: { of: 2, breaching: 2 },
    missing: {
      is: 'breaching',
      because: 'each check, every half hour, writes a point; without points nothing is checked',
    },
  },
];
