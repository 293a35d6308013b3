import { describe, expect, it } from 'vitest';
import { metricFields } from '../../../functions/runtime/metric-fields.ts';

describe('metricFields', () => {
  it('name in the metadata what stands beside it, for whole milliseconds', () => {
    const dimensions = { Pair: 'orders', Mode: 'FAILOVER' };
    const values = { PromotionSeconds: 41.5 };
    expect(metricFields({ atMs: 1_762_257_600_000.4, dimensions, values, unit: 'Seconds' })).toEqual({
      _aws: {
        Timestamp: 1_762_257_600_000,
        CloudWatchMetrics: [
          {
            Namespace: 'mq-dr',
            Dimensions: [['Pair', 'Mode']],
            Metrics: [{ Name: 'PromotionSeconds', Unit: 'Seconds' }],
          },
        ],
      },
      Pair: 'orders',
      Mode: 'FAILOVER',
      PromotionSeconds: 41.5,
    });
  });
});
