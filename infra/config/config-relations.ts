import type { Deployment } from './config-fields.ts';
import { controlRegionFor, regionProblem, strongRegionSets } from './regions.ts';

/** What is wrong between parts of a configuration that are right by themselves. */
export interface RelationProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Pair = Deployment['pairs'][number];

/** Regions that hold, or will hold, a broker of the pair. */
export const regionsOfPair = ({ brokers, replica }: Pick<Pair, 'brokers' | 'replica'>): readonly string[] => [
  ...brokers.map(({ region }) => region),
  ...(replica === undefined ? [] : [replica.region]),
];

/** Regions whose brokers are paired with brokers of `region`. */
export const counterpartsOf = (
  pairs: readonly Pick<Pair, 'brokers' | 'replica'>[],
  region: string,
): readonly string[] => [
  ...new Set(
    pairs
      .map(regionsOfPair)
      .filter((regions) => regions.includes(region))
      .flat()
      .filter((other) => other !== region),
  ),
];

/** Every Region that gets the control plane: those with a broker. */
export const regionsOf = ({ pairs, clusters }: Pick<Deployment, 'pairs' | 'clusters'>): readonly string[] =>
  [...new Set([...pairs.flatMap(regionsOfPair), ...clusters.map(({ broker }) => broker.region)])].toSorted();

const duplicates = (names: readonly string[], path: string, what: string): readonly RelationProblem[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: [path, index, 'name'], message: `the ${what} "${name}" is configured twice; names are unique` }]
      : [],
  );

/** Every broker with the path at which it is named. */
const namedBrokers = ({ pairs, clusters }: Deployment) => [
  ...pairs.flatMap(({ name, brokers }, index) =>
    brokers.map((broker, at) => ({ broker, owner: `pair "${name}"`, path: ['pairs', index, 'brokers', at] })),
  ),
  ...clusters.map(({ name, broker }, index) => ({
    broker,
    owner: `cluster "${name}"`,
    path: ['clusters', index, 'broker'],
  })),
];

const brokerProblems = (deployment: Deployment): readonly RelationProblem[] => {
  const owners = new Map<string, string>();
  return namedBrokers(deployment).flatMap(({ broker, owner, path }) => {
    const other = owners.get(broker.brokerId);
    owners.set(broker.brokerId, other ?? owner);
    if (other === undefined) return [];
    const engines = other.startsWith('pair') !== owner.startsWith('pair');
    return [
      {
        path,
        message: `${broker.arn} is already a broker of ${other}${engines ? ': a broker runs ActiveMQ or RabbitMQ, not both' : ''}`,
      },
    ];
  });
};

const sideProblems = ({ pairs }: Deployment): readonly RelationProblem[] =>
  pairs.flatMap((pair, index): readonly RelationProblem[] => {
    const [first, second] = pair.brokers;
    if (second !== undefined && pair.replica !== undefined) {
      return [{ path: ['pairs', index, 'replica'], message: 'both brokers are there: leave "replica" out' }];
    }
    if (second === undefined && pair.replica === undefined) {
      return [
        {
          path: ['pairs', index, 'brokers'],
          message: 'name both brokers, or one and what its "replica" will be called',
        },
      ];
    }
    const [a, b] = regionsOfPair(pair);
    if (a !== b) return [];
    const path = second === undefined ? ['pairs', index, 'replica', 'region'] : ['pairs', index, 'brokers', 1];
    return [{ path, message: `${first?.arn} is in ${a} too: the brokers of a pair must be in different Regions` }];
  });

const brokerRegionProblems = (deployment: Deployment): readonly RelationProblem[] =>
  namedBrokers(deployment).flatMap(({ broker, path }) => {
    const message = regionProblem(broker.region);
    return message === undefined ? [] : [{ path, message }];
  });

const accountProblems = (deployment: Deployment): readonly RelationProblem[] => {
  const brokers = namedBrokers(deployment);
  const [first] = brokers;
  return brokers.flatMap(({ broker, path }) =>
    broker.accountId === first?.broker.accountId && broker.partition === first.broker.partition
      ? []
      : [
          {
            path,
            message: `${broker.arn} is of another account than ${first?.broker.arn}: deploy once for each account`,
          },
        ],
  );
};

const networkProblems = ({ pairs, clusters, network }: Deployment): readonly RelationProblem[] => {
  const needs = [
    ...pairs.flatMap((pair) =>
      pair.access === 'private' ? regionsOfPair(pair).map((region) => ({ region, whose: `pair "${pair.name}"` })) : [],
    ),
    ...clusters.flatMap(({ name, access, broker }) =>
      access === 'private' ? [{ region: broker.region, whose: `cluster "${name}"` }] : [],
    ),
  ];
  return needs.flatMap(({ region, whose }) =>
    network[region] === undefined
      ? [
          {
            path: ['network', region],
            message: `${whose} has a private broker in ${region}: give the subnets and security groups that reach it`,
          },
        ]
      : [],
  );
};

const stateProblems = (deployment: Deployment): readonly RelationProblem[] => {
  const { region: home, controlRegions } = deployment.state;
  const at = (name: string, message: string): RelationProblem => ({ path: ['state', name], message });
  const sets = Object.values(strongRegionSets).map((regions) => [...regions] as readonly string[]);
  const set = sets.find((regions) => controlRegions.every((region) => regions.includes(region)));
  if (controlRegions.length !== 3 || new Set(controlRegions).size !== 3 || set === undefined) {
    return [
      at(
        'controlRegions',
        `found ${controlRegions.join(', ')}; allowed: three of one set: ${sets.map((regions) => regions.join(', ')).join(' · ')}`,
      ),
    ];
  }
  if (!controlRegions.includes(home)) {
    return [
      at('region', `found "${home}"; allowed: one of the Control table's own Regions, ${controlRegions.join(', ')}`),
    ];
  }
  return regionsOf(deployment).flatMap((region) => {
    const control = controlRegionFor(region, controlRegions, counterpartsOf(deployment.pairs, region));
    return 'missing' in control ? [at('controlRegions', `${region} has no replica to use: ${control.missing}`)] : [];
  });
};

/** Every problem between the parts of a configuration. */
export const deploymentProblems = (deployment: Deployment): readonly RelationProblem[] => [
  ...(deployment.pairs.length + deployment.clusters.length === 0
    ? [{ path: ['pairs'], message: 'the deployment has neither a pair nor a cluster' }]
    : []),
  ...duplicates(
    deployment.pairs.map(({ name }) => name),
    'pairs',
    'pair',
  ),
  ...duplicates(
    deployment.clusters.map(({ name }) => name),
    'clusters',
    'cluster',
  ),
  ...deployment.clusters.flatMap(({ name }, index) =>
    deployment.pairs.some((pair) => pair.name === name)
      ? [
          {
            path: ['clusters', index, 'name'],
            message: `"${name}" is the name of a pair; dashboards and rules go by it`,
          },
        ]
      : [],
  ),
  ...brokerRegionProblems(deployment),
  ...brokerProblems(deployment),
  ...sideProblems(deployment),
  ...accountProblems(deployment),
  ...networkProblems(deployment),
  ...stateProblems(deployment),
];
