import { pricesAsOf, pricesRegion, type UnitPrice, unitPrices } from '../../gameday/journal/unit-prices.ts';
import { machines } from '../../infra/catalogue.ts';
import type { DeploymentConfig } from '../../infra/config/config.ts';
import type { ClusterDeployment, PairDeployment } from '../../infra/config/config-fields.ts';
import { regionsOfPair } from '../../infra/config/config-relations.ts';
import { type BillingTerms, replicasOf } from './execution-usage.ts';
import { type RecordedScenario, recordScenario } from './record-scenario.ts';
import { type RunCost, rehearsals, runCosts } from './run-costs.ts';
import {
  clusterUsage,
  endpointServices,
  endpointUsage,
  pairUsage,
  planeUsage,
  scheduledUsage,
} from './standing-cost.ts';
import { type CostItem, itemsOf, sumOf, totalUsd, without } from './usage.ts';

/** What mq-dr costs, in dollars; months have 730 hours. */
export interface CostReport {
  readonly currency: 'USD';
  readonly pricesAsOf: string;
  readonly pricesRegion: string;
  readonly standing: {
    readonly pair: string;
    readonly regions: readonly string[];
    /** A deployment with this pair alone, each month. */
    readonly withoutVpcEndpointsUsd: number;
    /** The same with interface endpoints in place of a way to the internet. */
    readonly withVpcEndpointsUsd: number;
    /** What of it every deployment has, and what each further pair or cluster adds. */
    readonly planeUsd: number;
    readonly furtherPairUsd: number;
    readonly clusterUsd: number | null;
    readonly vpcEndpoints: readonly string[];
    readonly items: readonly CostItem[];
  };
  readonly runs: readonly RunCost[];
  readonly unitPrices: readonly (UnitPrice & { readonly item: string })[];
  /** What is not in any figure. */
  readonly notCounted: readonly string[];
}

const notCounted = [
  'the brokers, their storage and the data that replication sends between Regions',
  'storage of both tables and of reports, which is megabytes, and the ledger’s own reads and writes by consumers',
  'a NAT gateway in place of VPC endpoints, and bytes that pass through either',
  'the trail of CloudTrail, of which the first copy is free',
  'functions of the team that hooks call, its secrets, and delivery of notifications beyond the request',
] as const;

const scenarioOf = (name: string): string => `tools/cost/scenarios/${name}.yaml`;

const quietPair = scenarioOf('quiet-pair');

/** Rehearses what has to be known and puts the bill together. */
export const costReport = async (
  config: DeploymentConfig,
  pair: PairDeployment,
  onProgress: (text: string) => void,
): Promise<CostReport> => {
  const regions = regionsOfPair(pair);
  const terms: BillingTerms = {
    replicas: replicasOf(config.state.controlRegions.length, regions.length),
    logRetentionDays: config.logRetentionDays,
  };
  const recordings = new Map<string, RecordedScenario>();
  const record = async (scenario: string): Promise<RecordedScenario> => {
    const known = recordings.get(scenario);
    if (known !== undefined) return known;
    onProgress(`rehearsing ${scenario}`);
    const recorded = await recordScenario(scenario);
    recordings.set(scenario, recorded);
    return recorded;
  };
  const scheduled = async (scenario: string, cluster?: ClusterDeployment) =>
    scheduledUsage(await record(scenario), regions, terms, cluster);
  const onePair = await scheduled(quietPair);
  const furtherPair = sumOf([pairUsage(pair), without(await scheduled(scenarioOf('quiet-two-pairs')), onePair)]);
  const [cluster] = config.clusters;
  const oneCluster =
    cluster === undefined
      ? undefined
      : sumOf([clusterUsage(cluster), without(await scheduled(scenarioOf('quiet-cluster'), cluster), onePair)]);
  const all = sumOf([planeUsage(config, regions), pairUsage(pair), onePair]);
  const endpoints = endpointUsage(config, regions);
  const runs: RunCost[] = [];
  for (const [scenario, workflows] of Object.entries(rehearsals)) {
    runs.push(...runCosts(workflows, await record(scenario), terms));
  }
  const order = machines.map(({ name }) => name);
  return {
    currency: 'USD',
    pricesAsOf,
    pricesRegion,
    standing: {
      pair: pair.name,
      regions,
      withoutVpcEndpointsUsd: totalUsd(all),
      withVpcEndpointsUsd: totalUsd(sumOf([all, endpoints])),
      planeUsd: totalUsd(without(all, furtherPair)),
      furtherPairUsd: totalUsd(furtherPair),
      clusterUsd: oneCluster === undefined ? null : totalUsd(oneCluster),
      vpcEndpoints: endpointServices(),
      items: itemsOf(sumOf([all, endpoints])),
    },
    runs: runs.sort((a, b) => order.indexOf(a.workflow) - order.indexOf(b.workflow)),
    unitPrices: Object.entries(unitPrices).map(([item, price]) => ({ item, ...price })),
    notCounted,
  };
};
