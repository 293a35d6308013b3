import { customerHookCaller } from '../../aws/call-customer-hook.ts';
import { notify } from '../../aws/notifications.ts';
import { MqBrokers } from '../../brokers/mq-brokers.ts';
import { sidesOf } from '../../brokers/pair-sides.ts';
import { ReplicationMetrics } from '../../brokers/replication-metrics.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import type { NotifyEnvironment } from '../../runtime/environment/notify-environment.ts';
import type { PairEnvironment } from '../../runtime/environment/pair-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Enforcement, enforceFencing } from '../enforce-fencing.ts';
import { cutoverPorts } from './cutover-ports.ts';

/** `enforceFencing` with the services of the Region. */
export const enforcePairFence = (
  runtime: Runtime,
  environment: PairEnvironment & NotifyEnvironment,
  region: string,
  pair: PairConfig,
): Promise<Enforcement> => {
  const ports = cutoverPorts(runtime, environment, pair);
  return enforceFencing(pair, region, {
    ...ports,
    brokers: new MqBrokers(runtime),
    otherRegion: async () => (await sidesOf(pair, region, ports.control)).there.region,
    metrics: new ReplicationMetrics(runtime),
    callCustomerHook: customerHookCaller(runtime),
    page: (notification) => notify(runtime, environment.TOPIC_ARN, notification),
  });
};
