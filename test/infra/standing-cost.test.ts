import { describe, expect, it } from 'vitest';
import { parseDeployment } from '../../infra/config/config.ts';
import { regionsOf } from '../../infra/config/config-relations.ts';
import exampleConfig from '../../infra/config.example.ts';
import {
  clusterUsage,
  endpointServices,
  endpointUsage,
  pairUsage,
  planeUsage,
} from '../../tools/cost/standing-cost.ts';
import { sumOf } from '../../tools/cost/usage.ts';
import { ofType, synthesise } from '../support/infra/synthesised.ts';

const config = parseDeployment(exampleConfig);
const regions = regionsOf(config);

describe('what is paid for being there', () => {
  const { assembly, template } = synthesise();
  const resources = (type: string) => assembly.stacks.flatMap(({ stackName }) => ofType(template(stackName), type));
  const fixed = sumOf([
    planeUsage(config, regions),
    ...config.pairs.map(pairUsage),
    ...config.clusters.map(clusterUsage),
  ]);

  it('is every alarm, dashboard and key of the templates', () => {
    const alarmMetrics = resources('AWS::CloudWatch::Alarm').map(({ Properties }) => {
      const metrics = (Properties.Metrics ?? [{ MetricStat: {} }]) as readonly Readonly<Record<string, unknown>>[];
      return metrics.filter((metric) => 'MetricStat' in metric).length;
    });
    expect(fixed.alarmMetricMonths).toBe(alarmMetrics.reduce((sum, count) => sum + count, 0));
    expect(fixed.dashboardMonths).toBe(resources('AWS::CloudWatch::Dashboard').length);
    expect(fixed.keyMonths).toBe(resources('AWS::KMS::Key').length);
  });

  it('is an endpoint in each zone for each service that functions beside private brokers call', () => {
    expect(endpointServices()).toEqual(['cloudwatch', 'events', 'mq', 'secretsmanager', 'sns']);
    expect(endpointUsage(config, regions)).toEqual({ vpcEndpointHours: 5 * 2 * 2 * 730 });
    expect(endpointUsage({ ...config, network: {} }, regions)).toEqual({ vpcEndpointHours: 5 * 2 * 2 * 730 });
  });
});
