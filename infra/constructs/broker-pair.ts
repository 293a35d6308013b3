import { Construct } from 'constructs';
import { pairAlarms } from '../alarms/pair-alarms.ts';
import type { PairDeployment } from '../config/config-fields.ts';
import { pairDashboard } from '../dashboards/pair-dashboard.ts';
import { brokersOf } from '../grants/scope.ts';
import type { Place } from '../names.ts';
import { pairRules } from '../triggers.ts';
import { Alarms, type Topics } from './alarms.ts';
import { JsonDashboard } from './json-dashboard.ts';
import { TriggerRules } from './trigger-rules.ts';

export interface BrokerPairProps {
  readonly pair: PairDeployment;
  /** The Region that watches: it needs nothing of the other one. */
  readonly place: Place;
  readonly topics: Topics;
}

/**
 * What one Region has for one pair: the rules and the schedule that make mq-dr check it, alarms on the Region's own
 * broker, and a dashboard of both. What the rules call is in the Region's `ControlPlane`.
 */
export class BrokerPair extends Construct {
  constructor(scope: Construct, id: string, { pair, place, topics }: BrokerPairProps) {
    super(scope, id);
    const brokers = brokersOf(pair).filter(({ region }) => region === place.region);
    const names = brokers.map(({ brokerName }) => brokerName);
    new TriggerRules(this, 'Rules', { rules: pairRules(pair.name, names), place, about: pair.name });
    new Alarms(this, 'Alarms', pairAlarms(pair, place.region), topics);
    new JsonDashboard(this, 'Dashboard', `mq-dr-${pair.name}-${place.region}`, pairDashboard(pair, place));
  }
}
