import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { arnOf, failedQueueName, type Place, undeliveredQueueName } from '../names.ts';
import { acknowledge } from './acknowledge.ts';

/** Longest that SQS keeps a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const keptDays = 14;

/** Where events end up that were not acted on. */
export class DeadLetters extends Construct {
  readonly undelivered: Queue;
  readonly failed: Queue;

  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    this.undelivered = this.#queue('Undelivered', undeliveredQueueName);
    this.failed = this.#queue('Failed', failedQueueName);
    this.undelivered.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfMqDr',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': arnOf(place, 'events', 'rule/mq-dr-*') } },
      }),
    );
  }

  #queue(id: string, queueName: string): Queue {
    const queue = new Queue(this, id, {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(keptDays),
    });
    acknowledge(queue, { id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself, with an alarm on it.' });
    return queue;
  }
}
