import { controlPorts } from '../control/control-ports.ts';
import type { ControlEnvironment } from '../runtime/environment/control-environment.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type ProbeEndpoints, probeEndpoints } from './broker-endpoints.ts';
import { MqBrokers } from './mq-brokers.ts';

/** The Control table and the brokers of a pair. */
export const pairPorts = (runtime: Runtime, environment: ControlEnvironment) => ({
  ...controlPorts(runtime, environment),
  brokers: new MqBrokers(runtime),
  probe: ((broker) => probeEndpoints(runtime, broker)) satisfies ProbeEndpoints,
});
