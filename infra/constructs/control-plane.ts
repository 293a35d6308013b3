import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { planeAlarms } from '../alarms/plane-alarms.ts';
import { functions, machines } from '../catalogue.ts';
import type { DeploymentConfig } from '../config/config.ts';
import { type EnvironmentValues, environmentOf } from '../function-environment.ts';
import type { FunctionSpec } from '../function-spec.ts';
import { type GrantScope, scopeOf } from '../grants/scope.ts';
import { arnOf, controlTableName, ledgerTableName, machineArnOf, pageTopicName, reportBucketNameOf } from '../names.ts';
import { functionsOfRules, lookedAfterBy, regionRules } from '../triggers.ts';
import { Alarms } from './alarms.ts';
import { ApproverRole } from './approver-role.ts';
import type { FunctionCode } from './bundles.ts';
import { DeadLetters } from './dead-letters.ts';
import { DrFunction, type FunctionNetwork } from './dr-function.ts';
import { DrStateMachine } from './dr-state-machine.ts';
import { ReportBucket } from './report-bucket.ts';
import { RuleTargets } from './rule-targets.ts';
import { SettingsLayer } from './settings-layer.ts';
import { NotificationTopics } from './topics.ts';
import { TriggerRules } from './trigger-rules.ts';

export interface ControlPlaneProps {
  readonly config: DeploymentConfig;
  readonly region: string;
  readonly code: FunctionCode;
}

/**
 * All of mq-dr that acts in one Region, but for what is one pair's or cluster's own: functions, workflows, the Region's
 * rules, topics, the bucket for reports, and alarms on itself.
 * It names the tables and the brokers of the other Region, and refers to no resource outside of itself.
 */
export class ControlPlane extends Construct {
  readonly functions: readonly DrFunction[];
  readonly machines: readonly DrStateMachine[];

  constructor(scope: Construct, id: string, { config, region, code }: ControlPlaneProps) {
    super(scope, id);
    const granted = scopeOf(config, region);
    const { topics } = new NotificationTopics(this, 'Notifications', {
      notifications: config.notifications,
      place: granted,
    });
    const deadLetters = new DeadLetters(this, 'DeadLetters', granted);
    new ReportBucket(this, 'Reports', granted);
    const settings = new SettingsLayer(this, 'Settings', settingsIn(config, granted));
    const environment = environmentValues(granted, settings);
    const lookedAfter = lookedAfterBy(config);
    const rules = regionRules((name) => machineArnOf(granted, name), lookedAfter);
    const calledByRules = functionsOfRules(rules);
    const logRetention: RetentionDays = config.logRetentionDays;
    this.functions = functions.map(
      (spec) =>
        new DrFunction(this, spec.name, {
          spec,
          scope: granted,
          code: code.codeOf(spec.entry),
          environment: environmentOf(spec, environment),
          settings: settings.layer,
          network: networkOf(spec, config, granted),
          calledByRules: calledByRules.includes(spec.name),
          logRetention,
        }),
    );
    this.machines = machines.map(
      (spec) =>
        new DrStateMachine(this, `machine-${spec.name}`, {
          spec,
          place: granted,
          functionNames: functions.map(({ name }) => name),
          machineNames: machines.map(({ name }) => name),
          logRetention,
        }),
    );
    const targets = new RuleTargets(this, 'Targets', {
      functions: this.functions.filter(({ name }) => calledByRules.includes(name)),
      place: granted,
      failed: deadLetters.failed,
    });
    // A rule that is there before its target sends what it has into the queue of what cannot be delivered.
    new TriggerRules(this, 'Rules', { rules, place: granted, about: 'the-region' }).node.addDependency(
      targets,
      deadLetters,
    );
    new Alarms(this, 'Alarms', planeAlarms(granted, machines, lookedAfter), topics);
    for (const { name, approvers } of granted.pairs) {
      if (approvers.length > 0) new ApproverRole(this, `approver-${name}`, { pair: name, approvers, granted });
    }
    const { permissionsBoundaryArn } = config;
    if (permissionsBoundaryArn !== undefined) {
      const boundary = ManagedPolicy.fromManagedPolicyArn(this, 'PermissionsBoundary', permissionsBoundaryArn);
      PermissionsBoundary.of(this).apply(boundary);
    }
  }
}

/** Settings of what has a broker in the Region, as functions parse them. */
const settingsIn = ({ pairs, pairSettings, clusters, clusterSettings }: DeploymentConfig, scope: GrantScope) => ({
  pairs: pairSettings.filter((_settings, index) => scope.pairs.some(({ name }) => name === pairs[index]?.name)),
  clusters: clusterSettings.filter((_settings, index) =>
    scope.clusters.some(({ name }) => name === clusters[index]?.name),
  ),
});

const environmentValues = (scope: GrantScope, settings: SettingsLayer): EnvironmentValues => ({
  PAIRS: settings.pairsUrl,
  CLUSTERS: settings.clustersUrl,
  CONTROL_TABLE: controlTableName,
  CONTROL_REGION: scope.controlRegion,
  LEDGER_TABLE: ledgerTableName,
  REPORT_BUCKET: reportBucketNameOf(scope.accountId, scope.region),
  TOPIC_ARN: arnOf(scope, 'sns', pageTopicName),
  MACHINES: JSON.stringify(Object.fromEntries(machines.map(({ name }) => [name, machineArnOf(scope, name)]))),
});

/** A function goes into the network only to contact brokers that are private, and only where there are any. */
const networkOf = (
  { contactsBrokers, environment }: FunctionSpec,
  { network }: DeploymentConfig,
  { region, pairs, clusters }: GrantScope,
): FunctionNetwork | undefined => {
  if (contactsBrokers !== true) return undefined;
  const contacted = environment.includes('cluster') ? clusters : pairs;
  return contacted.some(({ access }) => access === 'private') ? network[region] : undefined;
};
