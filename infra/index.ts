/**
 * `mq-dr/infra`: the constructs, for a team that puts mq-dr, or one pair of it, into an app of its own.
 *
 * ```ts
 * const config = parseDeployment(defineDeployment({ pairs: [orders], notifications }));
 * const code = await Bundles.of(functions.map(({ entry }) => entry));
 * new ControlStack(app, 'OrdersDr-us-east-1', { config, region: 'us-east-1', code, env });
 * ```
 */
export { checkBudgets } from './budgets/check-budgets.ts';
export {
  type ClusterDeployment,
  type DeploymentConfig,
  type DeploymentInput,
  defineDeployment,
  type PairDeployment,
  parseDeployment,
} from './config.ts';
export { ConfigurationError } from './config-issues.ts';
export { regionsOf } from './config-relations.ts';
export type { Topics } from './constructs/alarms.ts';
export { BrokerPair, type BrokerPairProps } from './constructs/broker-pair.ts';
export { Bundles, type FunctionCode } from './constructs/bundles.ts';
export { ControlPlane, type ControlPlaneProps } from './constructs/control-plane.ts';
export { DrFunction, type DrFunctionProps } from './constructs/dr-function.ts';
export { DrStateMachine, type DrStateMachineProps } from './constructs/dr-state-machine.ts';
export { RabbitCluster, type RabbitClusterProps } from './constructs/rabbit-cluster.ts';
export { functions, machines } from './deployment.ts';
export { AlarmStack, type AlarmStackProps } from './stacks/alarm-stack.ts';
export { ControlStack, type ControlStackProps } from './stacks/control-stack.ts';
export { StateStack, type StateStackProps } from './stacks/state-stack.ts';
