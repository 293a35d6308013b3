import { Construct } from 'constructs';
import { clusterAlarms } from '../alarms/cluster-alarms.ts';
import type { ClusterDeployment } from '../config/config-fields.ts';
import { clusterDashboard } from '../dashboards/cluster-dashboard.ts';
import type { Place } from '../names.ts';
import { clusterRules } from '../triggers.ts';
import { Alarms, type Topics } from './alarms.ts';
import { JsonDashboard } from './json-dashboard.ts';
import { TriggerRules } from './trigger-rules.ts';

export interface RabbitClusterProps {
  readonly cluster: ClusterDeployment;
  readonly place: Place;
  readonly topics: Topics;
}

/**
 * What its Region has for one RabbitMQ cluster: the rules and the schedule that make mq-dr check its policies, alarms and
 * a dashboard. What the rules call is in the Region's `ControlPlane`.
 */
export class RabbitCluster extends Construct {
  constructor(scope: Construct, id: string, { cluster, place, topics }: RabbitClusterProps) {
    super(scope, id);
    const rules = clusterRules(cluster.name, cluster.broker.brokerName);
    new TriggerRules(this, 'Rules', { rules, place, about: cluster.name });
    new Alarms(this, 'Alarms', clusterAlarms(cluster), topics);
    new JsonDashboard(this, 'Dashboard', `mq-dr-${cluster.name}-${place.region}`, clusterDashboard(cluster, place));
  }
}
