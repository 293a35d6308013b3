import type { ApiRequest, ApiService, Members } from '../../api/service.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { notModelledOperation, parseMembers } from '../parse-members.ts';
import type { AlarmStore } from './alarm-store.ts';
import { describeAlarmsInput, getMetricDataInput, listMetricsInput, putMetricDataInput } from './cloudwatch-input.ts';
import { describeAlarms } from './describe-alarms.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';
import type { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';

export interface CloudWatchServiceOptions {
  readonly clock: VirtualClock;
  readonly storeOf: (region: string) => MetricStore;
  readonly alarms: AlarmStore;
  /** Virtual time until readers see a custom metric. */
  readonly publicationDelayMs: number;
}

/** CloudWatch: PutMetricData, GetMetricData without metric math, ListMetrics, and DescribeAlarms. */
export class CloudWatchService implements ApiService {
  readonly signingName = 'monitoring';
  readonly #options: CloudWatchServiceOptions;

  constructor(options: CloudWatchServiceOptions) {
    this.#options = options;
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    const { clock, storeOf, alarms, publicationDelayMs } = this.#options;
    const call = { service: 'CloudWatch', operation, invalidCode: 'InvalidParameterValueException' };
    if (operation === 'GetMetricData') {
      return getMetricData(storeOf(region), parseMembers(getMetricDataInput, input, call), clock.nowMs());
    }
    if (operation === 'PutMetricData') {
      const { Namespace, MetricData } = parseMembers(putMetricDataInput, input, call);
      putMetricData(storeOf(region), Namespace, MetricData, { nowMs: clock.nowMs(), publicationDelayMs });
      return {};
    }
    if (operation === 'ListMetrics') {
      return listMetrics(storeOf(region), parseMembers(listMetricsInput, input, call), clock.nowMs());
    }
    if (operation === 'DescribeAlarms') {
      return describeAlarms(alarms.inRegion(region), parseMembers(describeAlarmsInput, input, call));
    }
    throw notModelledOperation('CloudWatch', operation);
  }
}
