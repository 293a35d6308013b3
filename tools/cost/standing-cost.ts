import { hoursPerMonth } from '../../gameday/journal/unit-prices.ts';
import type { AlarmSpec } from '../../infra/alarms/alarm-spec.ts';
import { clusterAlarms } from '../../infra/alarms/cluster-alarms.ts';
import { pairAlarms } from '../../infra/alarms/pair-alarms.ts';
import { planeAlarms } from '../../infra/alarms/plane-alarms.ts';
import { functions, machines } from '../../infra/catalogue.ts';
import type { DeploymentConfig } from '../../infra/config/config.ts';
import type { ClusterDeployment, PairDeployment } from '../../infra/config/config-fields.ts';
import { regionsOfPair } from '../../infra/config/config-relations.ts';
import { accountOf } from '../../infra/grants/scope.ts';
import { clusterRules, lookedAfterBy, regionRules, type TriggerRule } from '../../infra/triggers.ts';
import { networkZones } from './assumptions.ts';
import { type BillingTerms, callsOf, executionUsage, invocationUsage, logBytesOf } from './execution-usage.ts';
import type { RecordedScenario } from './record-scenario.ts';
import { sumOf, times, type Usage } from './usage.ts';

const minutesPerHour = 60;

/**
 * Metrics of every day: those of readiness and of the heartbeat about a pair in each Region, and that of policy drift about
 * a cluster. One that has points in an hour is billed for that hour, so promotions cost nothing to speak of.
 */
const metricsOfPair = 5;
const metricsOfCluster = 1;

const alarmMetrics = (specs: readonly AlarmSpec[]): number =>
  specs.reduce((sum, { metrics }) => sum + metrics.length, 0);

/** Functions that rules call within an hour by the clock, each as often as it is called. */
const calledInAnHour = (rules: readonly TriggerRule[]): readonly string[] =>
  rules.flatMap((rule) =>
    'everyMinutes' in rule && 'targetFunction' in rule
      ? new Array<string>(minutesPerHour / rule.everyMinutes).fill(rule.targetFunction)
      : [],
  );

/**
 * What the schedules of a deployment do in a month, as a recorded hour of them shows it.
 *
 * @param cluster the RabbitMQ cluster that the recording has, if any
 */
export const scheduledUsage = (
  recorded: RecordedScenario,
  regions: readonly string[],
  terms: BillingTerms,
  cluster?: ClusterDeployment,
): Usage => {
  const ofRules = regions.map((region) => {
    const invoked = calledInAnHour([
      ...regionRules((name) => name),
      ...(cluster?.broker.region === region ? clusterRules(cluster.name, cluster.broker.brokerName) : []),
    ]);
    const logs = recorded.logs.filter((log) => log.region === region && invoked.includes(log.functionName));
    return invocationUsage(invoked, callsOf(recorded, `event ${region}`), new Map(), logBytesOf(logs), terms);
  });
  const ofRuns = recorded.executions.map((execution) => executionUsage(execution, recorded, terms));
  return times(sumOf([...ofRules, ...ofRuns]), hoursPerMonth);
};

/** What is paid for being there: the control plane of each Region. */
export const planeUsage = (config: DeploymentConfig, regions: readonly string[]): Usage =>
  sumOf(
    regions.map((region) => ({
      alarmMetricMonths: alarmMetrics(planeAlarms({ ...accountOf(config), region }, machines, lookedAfterBy(config))),
      // Encrypts both topics.
      keyMonths: 1,
    })),
  );

/** The same for a pair: alarms in the Region of each broker, and a dashboard there. */
export const pairUsage = (pair: PairDeployment): Usage =>
  sumOf(
    regionsOfPair(pair).map((region) => ({
      alarmMetricMonths: alarmMetrics(pairAlarms(pair, region)),
      dashboardMonths: 1,
      customMetricMonths: metricsOfPair,
    })),
  );

/** The same for a cluster. */
export const clusterUsage = (cluster: ClusterDeployment): Usage => ({
  alarmMetricMonths: alarmMetrics(clusterAlarms(cluster)),
  dashboardMonths: 1,
  customMetricMonths: metricsOfCluster,
});

/** Services with a gateway endpoint, which costs nothing. */
const gateways: readonly string[] = ['dynamodb', 's3'];

/** Services that functions inside of a network of private brokers call, by the rights that they have. */
export const endpointServices = (): readonly string[] => {
  const actions = functions
    .filter(({ contactsBrokers }) => contactsBrokers === true)
    .flatMap(({ can }) => can.filter(({ unusedBecause }) => unusedBecause === undefined).map(({ action }) => action));
  const services = new Set(actions.map((action) => action.split(':')[0] ?? ''));
  return [...services].filter((service) => !gateways.includes(service)).sort();
};

/** Interface endpoints for them, in every zone that the functions have a subnet in. */
export const endpointUsage = ({ network }: DeploymentConfig, regions: readonly string[]): Usage => ({
  vpcEndpointHours: regions.reduce(
    (sum, region) =>
      sum + endpointServices().length * (network[region]?.subnetIds.length ?? networkZones) * hoursPerMonth,
    0,
  ),
});
