import { App, type AppProps, PermissionsBoundary, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { checkBudgets } from './budgets/check-budgets.ts';
import type { DeploymentConfig } from './config/config.ts';
import { regionsOf } from './config/config-relations.ts';
import type { FunctionCode } from './constructs/bundles.ts';
import { accountOf, scopeOf } from './grants/scope.ts';
import { AlarmStack } from './stacks/alarm-stack.ts';
import { ControlStack } from './stacks/control-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/**
 * Feature flags, here and not in cdk.json: a synthesis without the CLI must give the same templates.
 * https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html
 */
const context = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:target-partitions': ['aws'],
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': false,
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
  '@aws-cdk/aws-kms:applyImportedAliasPermissionsToPrincipal': true,
  // What CloudFormation's schemas refuse fails here, not in the account.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Traces would name the paths of the deployer's machine in the templates.
  'aws:cdk:disable-stack-trace': true,
} as const;

export interface MqDrAppProps {
  readonly config: DeploymentConfig;
  readonly code: FunctionCode;
  /** Folder of the templates and assets; the CDK CLI chooses its own. */
  readonly outdir?: string;
}

/** A deployment as an app: one stack for the tables, and for each Region one that acts and one that watches. */
export class MqDrApp extends App {
  readonly state: StateStack;
  readonly controls: readonly ControlStack[];
  readonly alarms: readonly AlarmStack[];

  /** @throws ConfigurationError when a workflow does not fit what was promised of a pair */
  constructor({ config, code, outdir }: MqDrAppProps) {
    const props: AppProps = { context, analyticsReporting: false, ...(outdir !== undefined && { outdir }) };
    super(props);
    checkBudgets(config);
    const { accountId } = accountOf(config);
    const regions = regionsOf(config);
    this.state = new StateStack(this, 'MqDrState', {
      env: { account: accountId, region: config.state.region },
      description: 'mq-dr: locks, intents and the ledger of processed messages',
      terminationProtection: true,
      controlRegions: config.state.controlRegions,
      ledgerRegions: regions,
    });
    this.controls = regions.map(
      (region) =>
        new ControlStack(this, `MqDrControl-${region}`, {
          env: { account: accountId, region },
          description: `mq-dr: disaster recovery of Amazon MQ, as ${region} does it`,
          config,
          region,
          code,
        }),
    );
    const { permissionsBoundaryArn } = config;
    this.alarms = regions.map(
      (region) =>
        new AlarmStack(this, `MqDrAlarms-${region}`, {
          env: { account: accountId, region },
          ...(permissionsBoundaryArn !== undefined && {
            permissionsBoundary: PermissionsBoundary.fromArn(permissionsBoundaryArn),
          }),
          description: `mq-dr: rules, alarms and dashboards of the pairs and clusters of ${region}`,
          watched: scopeOf(config, region),
        }),
    );
    for (const [name, value] of Object.entries({ ...config.tags, 'mq-dr': 'true' })) Tags.of(this).add(name, value);
    Validations.of(this).addPlugins(new AwsSolutionsChecks(this));
  }
}
