import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { arnOf, functionNameOf, type Place } from '../names.ts';
import type { DrFunction } from './dr-function.ts';

export interface RuleTargetsProps {
  /** Functions that rules call. */
  readonly functions: readonly DrFunction[];
  readonly place: Place;
  /** Takes events whose function failed every time. */
  readonly failed: Queue;
}

/**
 * How long an event may be late, in seconds: an alarm or a failed run of an hour ago says nothing about now that a
 * schedule has not seen since.
 */
export const maxEventAgeSeconds = 3_600;

/** Attempts after the first one that Lambda makes when the function fails; https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const retriesOfFailures = 2;

/**
 * What functions need to be targets of rules: any rule of mq-dr in the account and Region may call them, whichever stack it
 * is in, and events on which one failed every time are kept.
 */
export class RuleTargets extends Construct {
  constructor(scope: Construct, id: string, { functions, place, failed }: RuleTargetsProps) {
    super(scope, id);
    for (const target of functions) {
      const { name } = target;
      const made = [
        new CfnEventInvokeConfig(this, `${name}-failures`, {
          functionName: functionNameOf(name),
          qualifier: '$LATEST',
          maximumEventAgeInSeconds: maxEventAgeSeconds,
          maximumRetryAttempts: retriesOfFailures,
          destinationConfig: { onFailure: { destination: failed.queueArn } },
        }),
        new CfnPermission(this, `${name}-permission`, {
          action: 'lambda:InvokeFunction',
          functionName: functionNameOf(name),
          principal: 'events.amazonaws.com',
          // The ARN says the account; rules are not known to send it by itself.
          sourceArn: arnOf(place, 'events', 'rule/mq-dr-*'),
        }),
      ];
      for (const resource of made) resource.node.addDependency(target);
    }
  }
}
