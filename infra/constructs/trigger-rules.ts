import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionArnOf, functionNameOf, machineArnOf, type Place, roleNameOf } from '../names.ts';
import { functionsOfRules, type TriggerRule } from '../triggers.ts';

export interface TriggerRulesProps {
  readonly rules: readonly TriggerRule[];
  readonly place: Place;
  /** Takes events that reached no target. */
  readonly undelivered: Queue;
  /** Takes events whose function failed every time. */
  readonly failed: Queue;
  /** What a rule aims at, by its name: it must be there before the rule. */
  readonly targets: ReadonlyMap<string, Construct>;
}

/**
 * How long an event may be late, in seconds: an alarm or a failed run of an hour ago says nothing about now that a
 * schedule has not seen since.
 */
const maxEventAgeSeconds = 3_600;

/** Attempts of EventBridge to reach a target of the same Region; each is about a minute later than the one before. */
const deliveryAttempts = 20;

/** Attempts after the first one that Lambda makes when the function fails; https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const retriesOfFailures = 2;

const everyText = (minutes: number): string => `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;

/** The rules of one Region, as `triggers.ts` lists them: EventBridge keeps what it cannot deliver, Lambda what fails. */
export class TriggerRules extends Construct {
  constructor(scope: Construct, id: string, props: TriggerRulesProps) {
    super(scope, id);
    const { rules, place, failed, targets } = props;
    const machines = new Set(rules.flatMap((rule) => ('targetMachine' in rule ? [rule.targetMachine] : [])));
    const starter = machines.size === 0 ? undefined : this.#starter(place, [...machines]);
    for (const rule of rules) this.#rule(rule, props, starter);
    for (const name of functionsOfRules(rules)) {
      const invoke = new CfnEventInvokeConfig(this, `${name}-failures`, {
        functionName: functionNameOf(name),
        qualifier: '$LATEST',
        maximumEventAgeInSeconds: maxEventAgeSeconds,
        maximumRetryAttempts: retriesOfFailures,
        destinationConfig: { onFailure: { destination: failed.queueArn } },
      });
      dependOn(invoke, targets.get(name));
    }
  }

  #starter(place: Place, machines: readonly string[]): Role {
    return new Role(this, 'Starter', {
      roleName: roleNameOf('schedules', place.region),
      description: `Lets schedules of mq-dr start their workflows in ${place.region}`,
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': place.accountId } },
      }),
      inlinePolicies: {
        grants: PolicyDocument.fromJson({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'StartScheduled',
              Effect: 'Allow',
              Action: ['states:StartExecution'],
              Resource: machines.map((name) => machineArnOf(place, name)),
            },
          ],
        }),
      },
    });
  }

  #rule(rule: TriggerRule, { place, undelivered, targets }: TriggerRulesProps, starter: Role | undefined): void {
    const name = 'targetMachine' in rule ? rule.targetMachine : rule.targetFunction;
    const arn =
      'targetMachine' in rule ? machineArnOf(place, rule.targetMachine) : functionArnOf(place, rule.targetFunction);
    const resource = new CfnRule(this, rule.name, {
      name: `mq-dr-${rule.name}`,
      description: rule.description,
      ...('pattern' in rule ? { eventPattern: rule.pattern } : { scheduleExpression: everyText(rule.everyMinutes) }),
      targets: [
        {
          id: 'target',
          arn,
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: maxEventAgeSeconds, maximumRetryAttempts: deliveryAttempts },
          ...('everyMinutes' in rule && { input: JSON.stringify(rule.input) }),
          ...('targetMachine' in rule && starter !== undefined && { roleArn: starter.roleArn }),
        },
      ],
    });
    dependOn(resource, targets.get(name));
    if ('targetMachine' in rule) return;
    const permission = new CfnPermission(this, `${rule.name}-permission`, {
      action: 'lambda:InvokeFunction',
      functionName: functionNameOf(rule.targetFunction),
      principal: 'events.amazonaws.com',
      sourceArn: resource.attrArn,
    });
    dependOn(permission, targets.get(name));
  }
}

const dependOn = (resource: Construct, target: Construct | undefined): void => {
  if (target === undefined) throw new TypeError(`${resource.node.path} aims at nothing that is deployed`);
  resource.node.addDependency(target);
};
