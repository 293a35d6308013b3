import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { MachineSpec } from '../catalogue.ts';
import { substitutionsOf } from '../definition.ts';
import { machinePolicy, machineWildcards } from '../grants/machine-policy.ts';
import { functionArnOf, machineArnOf, machineLogGroupOf, type Place, roleNameOf } from '../names.ts';
import { projectRoot } from '../project-root.ts';
import { acknowledge, wildcardResource } from './acknowledge.ts';

export interface DrStateMachineProps {
  readonly spec: MachineSpec;
  readonly place: Place;
  /** Names of all functions and machines that a definition may refer to. */
  readonly functionNames: readonly string[];
  readonly machineNames: readonly string[];
  readonly logRetention: RetentionDays;
}

/**
 * One workflow: its definition file as it is rehearsed, with the deployment's ARNs and parameters filled in, and the right
 * to call what the definition names.
 */
export class DrStateMachine extends Construct {
  readonly machine: StateMachine;
  readonly role: Role;

  /** @throws SubstitutionError when the file and its substitutions do not fit each other */
  constructor(scope: Construct, id: string, props: DrStateMachineProps) {
    super(scope, id);
    const { spec, place, functionNames, machineNames } = props;
    const file = join(projectRoot, spec.definition);
    const definition = readFileSync(file, 'utf8');
    const substitutions = substitutionsOf(
      spec,
      definition,
      Object.fromEntries(functionNames.map((name) => [name, functionArnOf(place, name)])),
      Object.fromEntries(machineNames.map((name) => [name, machineArnOf(place, name)])),
    );
    const log = new LogGroup(this, 'Log', {
      logGroupName: machineLogGroupOf(spec.name),
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const policy = machinePolicy(definition, place, functionNames, machineNames);
    this.role = new Role(this, 'Role', {
      roleName: roleNameOf(`machine-${spec.name}`, place.region),
      description: `What the workflow ${spec.name} may do in ${place.region}; see docs/iam.md`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': place.accountId } },
      }),
      inlinePolicies: { grants: PolicyDocument.fromJson(policy) },
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: spec.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(file),
      definitionSubstitutions: Object.fromEntries(substitutions),
      role: this.role.withoutPolicyUpdates(),
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
    });
    acknowledge(this.role, ...machineWildcards(policy).map(wildcardResource));
  }
}
