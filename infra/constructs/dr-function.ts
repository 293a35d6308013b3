import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnFunction,
  type Code,
  type ILayerVersion,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionTimeoutSeconds } from '../catalogue.ts';
import type { FunctionSpec } from '../function-spec.ts';
import { functionPolicy, wildcardsOf } from '../grants/function-policy.ts';
import type { GrantScope } from '../grants/scope.ts';
import { functionNameOf, roleNameOf } from '../names.ts';
import { acknowledge, wildcardResource } from './acknowledge.ts';

/** Subnets and security groups of a function that talks to private brokers. */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface DrFunctionProps {
  readonly spec: FunctionSpec;
  /** What the function may be granted rights to. */
  readonly scope: GrantScope;
  readonly code: Code;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that variables of the environment point to. */
  readonly settings: ILayerVersion;
  /** Where it runs; left out, outside of any network of the customer. */
  readonly network?: FunctionNetwork | undefined;
  /** Whether rules call it, and not only workflows. */
  readonly calledByRules: boolean;
  readonly logRetention: RetentionDays;
}

/** Memory of most functions in MiB: bundles load in a third of the time that 128 need, and nothing is held. */
const defaultMemoryMiB = 256;

/** Bytes that Lambda allows for a function's variables: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEnvironmentBytes = 4_096;

/** Characters that IAM allows for the inline policies of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maxPolicyCharacters = 10_240;

/** One function: its code, its own role with what its spec grants, its own log. Nothing is shared, nothing is implied. */
export class DrFunction extends Construct {
  /** Its name in the deployment. */
  readonly name: string;
  readonly function: NodejsFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: DrFunctionProps) {
    super(scope, id);
    const { spec, scope: granted, network, environment } = props;
    this.name = spec.name;
    const functionName = functionNameOf(spec.name);
    const platform = { inNetwork: network !== undefined, calledByRules: props.calledByRules };
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetention,
      // A fixed name that is left behind would keep the stack from being made again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const policy = functionPolicy(spec, granted, platform);
    checkSize(`policy of ${spec.name}`, JSON.stringify(policy).length, maxPolicyCharacters, 'characters');
    const variables = Object.entries(environment).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    checkSize(`environment of ${spec.name}`, variables, maxEnvironmentBytes, 'bytes');
    this.role = new Role(this, 'Role', {
      roleName: roleNameOf(spec.name, granted.region),
      description: `What ${functionName} may do in ${granted.region}; see docs/iam.md`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { grants: PolicyDocument.fromJson(policy) },
    });
    this.function = new NodejsFunction(this, 'Function', {
      functionName,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: spec.memoryMiB ?? defaultMemoryMiB,
      timeout: Duration.seconds(spec.timeoutSeconds ?? functionTimeoutSeconds),
      // All rights are in the role's own policy.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: { ...environment },
      layers: [props.settings],
    });
    if (network !== undefined) {
      const resource = this.function.node.defaultChild;
      if (!(resource instanceof CfnFunction)) throw new TypeError('a function is made of AWS::Lambda::Function');
      resource.vpcConfig = { subnetIds: [...network.subnetIds], securityGroupIds: [...network.securityGroupIds] };
    }
    acknowledge(this.role, ...wildcardsOf(spec, granted, platform).map(wildcardResource));
  }
}

const checkSize = (what: string, found: number, allowed: number, unit: string): void => {
  if (found <= allowed) return;
  throw new RangeError(`${what} has ${found} ${unit}, ${allowed} are allowed: split the deployment into two accounts`);
};
