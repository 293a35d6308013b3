import type { PairEnvironment } from '../environment.ts';
import type { Runtime } from '../runtime.ts';
import { probeEndpoints } from './broker-endpoints.ts';
import { readCredentials } from './broker-secrets.ts';
import { ControlItems } from './control-items.ts';
import { ControlTable } from './control-table.ts';
import { GuardTable } from './guard-table.ts';
import { HeartbeatTable } from './heartbeat-table.ts';
import { MqBrokers } from './mq-brokers.ts';
import { ReplicationMetrics } from './replication-metrics.ts';

/** The Control table as the function's environment names it. */
export const controlItems = (
  runtime: Runtime,
  environment: Pick<PairEnvironment, 'CONTROL_REGION' | 'CONTROL_TABLE'>,
): ControlItems =>
  new ControlItems(runtime, { region: environment.CONTROL_REGION, tableName: environment.CONTROL_TABLE });

/** The adapters that functions of a pair share. */
export const pairPorts = (runtime: Runtime, environment: PairEnvironment) => ({
  brokers: new MqBrokers(runtime),
  control: new ControlTable(controlItems(runtime, environment)),
  heartbeats: new HeartbeatTable(controlItems(runtime, environment)),
  metrics: new ReplicationMetrics(runtime),
  clock: runtime.clock,
  /** Lock, freeze and epoch of a pair. */
  guardsOf: (pair: string) => new GuardTable(controlItems(runtime, environment), `PAIR#${pair}`),
  probe: (broker: { readonly amqpEndpoints: readonly string[] }) => probeEndpoints(runtime, broker),
  readCredentials: (secretArn: string) => readCredentials(runtime, secretArn),
});
