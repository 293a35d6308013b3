import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from '../config/config-fields.ts';
import { noticeTopicName, type Place, pageTopicName } from '../names.ts';
import type { Topics } from './alarms.ts';

const protocols = {
  email: SubscriptionProtocol.EMAIL,
  'email-json': SubscriptionProtocol.EMAIL_JSON,
  https: SubscriptionProtocol.HTTPS,
  sms: SubscriptionProtocol.SMS,
  sqs: SubscriptionProtocol.SQS,
  lambda: SubscriptionProtocol.LAMBDA,
} as const;

/**
 * Who is notified, by urgency. Alarms cannot publish to a topic with the key that AWS owns
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html), so there is a key.
 */
export class NotificationTopics extends Construct {
  readonly topics: Topics;

  constructor(
    scope: Construct,
    id: string,
    { notifications, place }: { readonly notifications: Deployment['notifications']; readonly place: Place },
  ) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      alias: pageTopicName,
      description: 'Encrypts the notifications of mq-dr',
      enableKeyRotation: true,
    });
    const publishers = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'].map((name) => new ServicePrincipal(name));
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishEncrypted',
        effect: Effect.ALLOW,
        principals: publishers,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': place.accountId } },
      }),
    );
    const topicOf = (kind: keyof Topics, topicName: string, displayName: string): Topic => {
      const topic = new Topic(this, kind === 'page' ? 'Pages' : 'Notices', {
        topicName,
        displayName,
        masterKey: key,
        enforceSSL: true,
      });
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AlarmsOfThisAccount',
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': place.accountId },
            ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:cloudwatch:${place.region}:${place.accountId}:alarm:*` },
          },
        }),
      );
      for (const [index, { protocol, endpoint }] of notifications[kind].entries()) {
        new Subscription(this, `${kind}-${index + 1}`, { topic, protocol: protocols[protocol], endpoint });
      }
      return topic;
    };
    this.topics = {
      page: topicOf('page', pageTopicName, 'mq-dr'),
      notice: topicOf('notice', noticeTopicName, 'mq-dr notices'),
    };
  }
}
