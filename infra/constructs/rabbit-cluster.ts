import { Construct } from 'constructs';
import { clusterAlarms } from '../alarms/cluster-alarms.ts';
import type { ClusterDeployment } from '../config.ts';
import { clusterDashboard } from '../dashboards/cluster-dashboard.ts';
import type { Place } from '../names.ts';
import { Alarms, type Topics } from './alarms.ts';
import { JsonDashboard } from './json-dashboard.ts';

export interface RabbitClusterProps {
  readonly cluster: ClusterDeployment;
  readonly place: Place;
  readonly topics: Topics;
}

/** What its Region has for one RabbitMQ cluster: alarms and a dashboard. */
export class RabbitCluster extends Construct {
  constructor(scope: Construct, id: string, { cluster, place, topics }: RabbitClusterProps) {
    super(scope, id);
    new Alarms(this, 'Alarms', clusterAlarms(cluster), topics);
    new JsonDashboard(this, 'Dashboard', `mq-dr-${cluster.name}-${place.region}`, clusterDashboard(cluster, place));
  }
}
