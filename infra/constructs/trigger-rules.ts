import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { arnOf, functionArnOf, machineArnOf, type Place, roleNameOf, undeliveredQueueName } from '../names.ts';
import type { TriggerRule } from '../triggers.ts';
import { maxEventAgeSeconds } from './rule-targets.ts';

/** Attempts of EventBridge to reach a target of the same Region; each is about a minute later than the one before. */
const deliveryAttempts = 20;

const everyText = (minutes: number): string => `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;

/** The time of a turn, which the scheduler's own event has; every event has one. */
const turn = { inputPathsMap: { time: '$.time' }, placeholder: '<time>' } as const;

const inputOf = (rule: TriggerRule) => {
  if (!('everyMinutes' in rule)) return {};
  if (!('timed' in rule)) return { input: JSON.stringify(rule.input) };
  // Without quotes of its own, as EventBridge wants a placeholder for text.
  const inputTemplate = JSON.stringify({ ...rule.input, time: turn.placeholder }).replace(
    JSON.stringify(turn.placeholder),
    turn.placeholder,
  );
  return { inputTransformer: { inputPathsMap: turn.inputPathsMap, inputTemplate } };
};

export interface TriggerRulesProps {
  readonly rules: readonly TriggerRule[];
  readonly place: Place;
  /** What they are about, for the name of the role that starts workflows, where one of them does. */
  readonly about: string;
}

/**
 * Rules as `triggers.ts` lists them. They know their targets, and the queue of what cannot be delivered, by their names:
 * a `ControlPlane` of the same Region has these.
 */
export class TriggerRules extends Construct {
  constructor(scope: Construct, id: string, { rules, place, about }: TriggerRulesProps) {
    super(scope, id);
    const machines = [...new Set(rules.flatMap((rule) => ('targetMachine' in rule ? [rule.targetMachine] : [])))];
    const starter = machines.length === 0 ? undefined : this.#starter(place, about, machines);
    for (const rule of rules) this.#rule(rule, place, starter);
  }

  #starter(place: Place, about: string, machines: readonly string[]): Role {
    return new Role(this, 'Starter', {
      roleName: roleNameOf(`schedules-${about}`, place.region),
      description: `Lets schedules of ${about} start workflows of mq-dr in ${place.region}`,
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

  #rule(rule: TriggerRule, place: Place, starter: Role | undefined): void {
    new CfnRule(this, rule.name, {
      name: `mq-dr-${rule.name}`,
      description: rule.description,
      ...('pattern' in rule ? { eventPattern: rule.pattern } : { scheduleExpression: everyText(rule.everyMinutes) }),
      targets: [
        {
          id: 'target',
          arn:
            'targetMachine' in rule
              ? machineArnOf(place, rule.targetMachine)
              : functionArnOf(place, rule.targetFunction),
          deadLetterConfig: { arn: arnOf(place, 'sqs', undeliveredQueueName) },
          retryPolicy: { maximumEventAgeInSeconds: maxEventAgeSeconds, maximumRetryAttempts: deliveryAttempts },
          ...inputOf(rule),
          ...('targetMachine' in rule && starter !== undefined && { roleArn: starter.roleArn }),
        },
      ],
    });
  }
}
