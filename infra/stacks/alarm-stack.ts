import { Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Topics } from '../constructs/alarms.ts';
import { BrokerPair } from '../constructs/broker-pair.ts';
import { RabbitCluster } from '../constructs/rabbit-cluster.ts';
import type { GrantScope } from '../grants/scope.ts';
import { arnOf, noticeTopicName, pageTopicName } from '../names.ts';

export interface AlarmStackProps extends StackProps {
  /** The Region, with its pairs and clusters. */
  readonly watched: GrantScope;
}

/**
 * Rules, alarms and dashboards of one Region's pairs and clusters. A stack of their own, since a stack holds 500 resources
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html) and a dozen pairs would
 * fill that of the control plane. It knows topics, functions and
 * workflows of the control plane by their names.
 */
export class AlarmStack extends Stack {
  constructor(scope: Construct, id: string, { watched, ...props }: AlarmStackProps) {
    super(scope, id, props);
    const topics: Topics = {
      page: Topic.fromTopicArn(this, 'Pages', arnOf(watched, 'sns', pageTopicName)),
      notice: Topic.fromTopicArn(this, 'Notices', arnOf(watched, 'sns', noticeTopicName)),
    };
    for (const pair of watched.pairs) new BrokerPair(this, `pair-${pair.name}`, { pair, place: watched, topics });
    for (const cluster of watched.clusters) {
      new RabbitCluster(this, `cluster-${cluster.name}`, { cluster, place: watched, topics });
    }
  }
}
