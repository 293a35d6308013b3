import { beforeAll, describe, expect, it } from 'vitest';
import { metricNamespace } from '../../functions/runtime/metric-fields.ts';
import { runGameDay } from '../../gameday/experiment/run-game-day.ts';
import { findScenario, scenarioNames } from '../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/experiment/scenario/load.ts';
import { clusterAlarms } from '../../infra/alarms/cluster-alarms.ts';
import { pairAlarms } from '../../infra/alarms/pair-alarms.ts';
import { functions } from '../../infra/catalogue.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { clusterDashboard } from '../../infra/dashboards/cluster-dashboard.ts';
import { pairDashboard } from '../../infra/dashboards/pair-dashboard.ts';
import { clusterUsage, pairUsage } from '../../tools/cost/standing-cost.ts';
import { sumOf } from '../../tools/cost/usage.ts';
import { furtherRuns } from '../support/infra/further-runs.ts';
import { recordTestbeds, type Usage } from '../support/infra/recorded-testbeds.ts';

/** Plays a scenario with hardly any traffic: what clients do needs no grants of ours. */
const play = async (scenarioName: string): Promise<void> => {
  const { name, file } = await findScenario(scenarioName);
  const scenario = await loadScenario(name, file);
  const { traffic } = scenario.outline;
  await runGameDay({
    scenario: {
      ...scenario,
      outline: { ...scenario.outline, ...(traffic && { traffic: { ...traffic, ratePerSecond: 0.1 } }) },
    },
    seed: scenario.outline.seed,
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
  });
};

const recorder = recordTestbeds();
let usage: Usage;

beforeAll(async () => {
  for (const name of await scenarioNames()) await play(name);
  for (const run of Object.values(furtherRuns)) await run();
  usage = recorder.usage();
}, 600_000);

describe('the grants of the functions', () => {
  it('allow every call of every run', () => {
    expect([...usage.denied]).toEqual([]);
  });

  it('are all used by a run, or say why not', () => {
    const unused = functions.flatMap(({ name, can }) =>
      can
        .filter((grant) => grant.unusedBecause === undefined && !usage.used.has(`${name} ${grant.action} ${grant.on}`))
        .map((grant) => `${name} ${grant.action} ${grant.on}`),
    );
    expect([...new Set(unused)]).toEqual([]);
  });

  it('give no reason for what a run does use', () => {
    const stale = functions.flatMap(({ name, can }) =>
      can
        .filter((grant) => grant.unusedBecause !== undefined && usage.used.has(`${name} ${grant.action} ${grant.on}`))
        .map((grant) => `${name} ${grant.action} ${grant.on}`),
    );
    expect(stale).toEqual([]);
  });

  it('put exactly those functions into the network of brokers that contact one', () => {
    const declared = functions.filter(({ contactsBrokers }) => contactsBrokers).map(({ name }) => name);
    expect([...usage.contacting].toSorted()).toEqual(declared.toSorted());
  });
});

describe('the log lines of the functions', () => {
  const place = { partition: 'aws', accountId: '111122223333', region: 'us-east-1' };
  const { pairs, clusters } = parseDeployment(exampleConfig);

  const bodies = [
    ...pairs.map((pair) => pairDashboard(pair, place)),
    ...clusters.map((cluster) => clusterDashboard(cluster, place)),
  ];
  const graphs = bodies.flatMap(({ widgets }) =>
    widgets.flatMap(({ properties: { metrics } }) => (Array.isArray(metrics) ? (metrics as unknown[][]) : [])),
  );
  /** Our own series on dashboards, `[namespace, name, dimension, value, …, options]` each, as the log measures them. */
  const shown = graphs
    .filter(([namespace]) => namespace === metricNamespace)
    .map(([namespace, name, ...rest]) =>
      [namespace, name, ...rest.slice(0, -1).filter((_value, index) => index % 2 === 0)].join(' '),
    );

  it('measure what alarms and dashboards read, and nothing that no dashboard shows', () => {
    expect([...usage.measured].toSorted()).toEqual([...new Set(shown)].toSorted());
    const watched = [...pairs.flatMap((pair) => pairAlarms(pair, place.region)), ...clusters.flatMap(clusterAlarms)]
      .flatMap(({ metrics }) => metrics)
      .filter(({ namespace }) => namespace === metricNamespace)
      .map(({ namespace, name, dimensions }) => [namespace, name, ...Object.keys(dimensions)].join(' '));
    expect(watched.length).toBeGreaterThan(1);
    expect(watched.filter((series) => !usage.measured.has(series))).toEqual([]);
  });

  it('are counted in what a pair and a cluster cost', () => {
    const everyDay = [...usage.measured].filter((series) => !series.includes('PromotionSeconds'));
    const countOf = (dimension: string) => everyDay.filter((series) => series.endsWith(` ${dimension}`)).length;
    const [pair, cluster] = [pairs.map(pairUsage), clusters.map(clusterUsage)].map(sumOf);
    expect(pair?.customMetricMonths).toBe(2 * countOf('Pair'));
    expect(cluster?.customMetricMonths).toBe(countOf('Cluster'));
  });

  it('say which execution and which pair or cluster they belong to', () => {
    expect([...usage.unattributed]).toEqual([]);
  });
});
