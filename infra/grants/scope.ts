import type { BrokerRef } from '../../functions/config/broker-arn.ts';
import { cutoverOf } from '../../functions/config/cutover-config.ts';
import type { ClusterDeployment, Deployment, PairDeployment } from '../config/config-fields.ts';
import { counterpartsOf, regionsOf, regionsOfPair } from '../config/config-relations.ts';
import { controlRegionFor } from '../config/regions.ts';
import type { Place } from '../names.ts';

/** A broker as a grant names it; the id of one that create-replica has yet to make is not known. */
export type GrantedBroker = Pick<BrokerRef, 'region' | 'brokerName'> & { readonly brokerId: string | undefined };

/** Everything that a function of one Region may be granted rights to. */
export interface GrantScope extends Place {
  /** The Region whose replica of the Control table is used. */
  readonly controlRegion: string;
  /** Pairs with a broker in the Region. */
  readonly pairs: readonly PairDeployment[];
  /** RabbitMQ clusters of the Region. */
  readonly clusters: readonly ClusterDeployment[];
  readonly secretKeyArns: readonly string[];
}

/** Account and partition of a deployment: those of its brokers, which are all of one account. */
export const accountOf = ({ pairs, clusters }: Pick<Deployment, 'pairs' | 'clusters'>): Omit<Place, 'region'> => {
  const [first] = [...pairs.flatMap(({ brokers }) => brokers), ...clusters.map(({ broker }) => broker)];
  if (first === undefined) throw new TypeError('a checked deployment has a broker');
  return { partition: first.partition, accountId: first.accountId };
};

/** What functions in `region` manage. */
export const scopeOf = (deployment: Deployment, region: string): GrantScope => {
  const control = controlRegionFor(region, deployment.state.controlRegions, counterpartsOf(deployment.pairs, region));
  if ('missing' in control) throw new TypeError(`a checked deployment has a Control table for ${region}`);
  return {
    ...accountOf(deployment),
    region,
    controlRegion: control.region,
    pairs: deployment.pairs.filter((pair) => regionsOfPair(pair).includes(region)),
    clusters: deployment.clusters.filter(({ broker }) => broker.region === region),
    secretKeyArns: deployment.secretKeyArns,
  };
};

/** A scope for each Region that gets the control plane. */
export const scopesOf = (deployment: Deployment): readonly GrantScope[] =>
  regionsOf(deployment).map((region) => scopeOf(deployment, region));

/** Brokers of a pair, one that does not exist yet included. */
export const brokersOf = ({ brokers, replica }: PairDeployment): readonly GrantedBroker[] => [
  ...brokers,
  ...(replica === undefined ? [] : [{ region: replica.region, brokerName: replica.name, brokerId: undefined }]),
];

/** Regions in which the pairs' other brokers stand. */
export const counterpartRegions = (scope: GrantScope): readonly string[] => counterpartsOf(scope.pairs, scope.region);

/** What a cutover touches in the Region itself. */
export const cutoverHere = ({ pairs, region }: GrantScope) => {
  const cutovers = pairs.map(cutoverOf);
  const present = (values: readonly (string | undefined)[]): readonly string[] =>
    values.filter((value) => value !== undefined);
  return {
    mappings: cutovers.flatMap(({ holdMappings }) => holdMappings[region] ?? []),
    holdHooks: present(cutovers.map(({ holdFunctionArn }) => holdFunctionArn[region])),
    fencingHooks: present(cutovers.map(({ fencingFunctionArn }) => fencingFunctionArn[region])),
    parameters: present(cutovers.map(({ endpointParameter }) => endpointParameter[region])),
  };
};
