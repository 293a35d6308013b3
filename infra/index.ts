/**
 * `mq-dr/infra`: the constructs, for a team that puts mq-dr, or one pair of it, into an app of its own.
 *
 * ```ts
 * const config = parseDeployment(defineDeployment({ pairs: [orders], notifications }));
 * const code = await Bundles.of(functions.map(({ entry }) => entry));
 * for (const region of regionsOf(config)) {
 *   new ControlStack(app, `OrdersDr-${region}`, { config, region, code, env: { account, region } });
 *   new AlarmStack(app, `OrdersAlarms-${region}`, { watched: scopeOf(config, region), env: { account, region } });
 * }
 * ```
 */
export { checkBudgets } from './budgets/check-budgets.ts';
export { functions, machines } from './catalogue.ts';
export { type DeploymentConfig, type DeploymentInput, defineDeployment, parseDeployment } from './config/config.ts';
export type { ClusterDeployment, PairDeployment } from './config/config-fields.ts';
export { ConfigurationError } from './config/config-issues.ts';
export { regionsOf } from './config/config-relations.ts';
export type { Topics } from './constructs/alarms.ts';
export { BrokerPair, type BrokerPairProps } from './constructs/broker-pair.ts';
export { Bundles, type FunctionCode } from './constructs/bundles.ts';
export { ControlPlane, type ControlPlaneProps } from './constructs/control-plane.ts';
export { DrFunction, type DrFunctionProps } from './constructs/dr-function.ts';
export { DrStateMachine, type DrStateMachineProps } from './constructs/dr-state-machine.ts';
export { RabbitCluster, type RabbitClusterProps } from './constructs/rabbit-cluster.ts';
export { type GrantScope, scopeOf } from './grants/scope.ts';
export type { Place } from './names.ts';
export { AlarmStack, type AlarmStackProps } from './stacks/alarm-stack.ts';
export { ControlStack, type ControlStackProps } from './stacks/control-stack.ts';
export { StateStack, type StateStackProps } from './stacks/state-stack.ts';
