import { readLogin } from '../../brokers/broker-login.ts';
import { MqBrokers } from '../../brokers/mq-brokers.ts';
import type { ClusterConfig } from '../../config/cluster-config.ts';
import { ControlItems } from '../../control/control-items.ts';
import { clusterScope } from '../../control/control-scopes.ts';
import { GuardTable } from '../../control/guard-table.ts';
import type { ClusterEnvironment } from '../../runtime/environment/cluster-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ClusterRecords } from './cluster-records.ts';
import { RabbitManagement } from './rabbit-management.ts';

/** The adapters that functions of a RabbitMQ cluster share. */
export const clusterPorts = (runtime: Runtime, environment: ClusterEnvironment, config: ClusterConfig) => {
  const items = new ControlItems(runtime, { region: environment.CONTROL_REGION, tableName: environment.CONTROL_TABLE });
  const scope = clusterScope(config.name);
  return {
    clock: runtime.clock,
    brokers: new MqBrokers(runtime),
    records: new ClusterRecords(items, scope),
    guards: new GuardTable(items, scope),
    /** @param consoleUrl as DescribeBroker gives it */
    management: async (consoleUrl: string) =>
      new RabbitManagement(runtime, {
        origin: new URL(consoleUrl).origin,
        credentials: await readLogin(runtime, { ...config, urls: [consoleUrl] }),
      }),
  };
};
