import { Construct } from 'constructs';
import { pairAlarms } from '../alarms/pair-alarms.ts';
import type { PairDeployment } from '../config.ts';
import { pairDashboard } from '../dashboards/pair-dashboard.ts';
import type { Place } from '../names.ts';
import { Alarms, type Topics } from './alarms.ts';
import { JsonDashboard } from './json-dashboard.ts';

export interface BrokerPairProps {
  readonly pair: PairDeployment;
  /** The Region that watches: it needs nothing of the other one. */
  readonly place: Place;
  readonly topics: Topics;
}

/** What one Region has for one pair: alarms on its own broker, and a dashboard of both. */
export class BrokerPair extends Construct {
  constructor(scope: Construct, id: string, { pair, place, topics }: BrokerPairProps) {
    super(scope, id);
    new Alarms(this, 'Alarms', pairAlarms(pair, place.region), topics);
    new JsonDashboard(this, 'Dashboard', `mq-dr-${pair.name}-${place.region}`, pairDashboard(pair, place));
  }
}
