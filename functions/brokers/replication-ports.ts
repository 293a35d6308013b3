import type { ControlEnvironment } from '../runtime/environment/control-environment.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { pairPorts } from './pair-ports.ts';
import { ReplicationMetrics } from './replication-metrics.ts';

/** A pair and the gauges of its replication. */
export const replicationPorts = (runtime: Runtime, environment: ControlEnvironment) => ({
  ...pairPorts(runtime, environment),
  metrics: new ReplicationMetrics(runtime),
});
