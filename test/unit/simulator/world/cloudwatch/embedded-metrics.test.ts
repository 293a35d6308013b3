import { describe, expect, it } from 'vitest';
import { embeddedMetrics } from '../../../../../simulator/world/cloudwatch/embedded-metrics.ts';

/** The example of the specification, with one metric more. */
const line = (changes: Readonly<Record<string, unknown>> = {}) => ({
  _aws: {
    Timestamp: 1_574_109_732_004,
    CloudWatchMetrics: [
      {
        Namespace: 'lambda-function-metrics',
        Dimensions: [['functionVersion']],
        Metrics: [
          { Name: 'time', Unit: 'Milliseconds' },
          { Name: 'size', Unit: 'Count' },
        ],
      },
    ],
  },
  functionVersion: '$LATEST',
  time: 100,
  size: 0,
  requestId: '989ffbf8-9ace-4817-a57c-e4dd734019ee',
  ...changes,
});

describe('embeddedMetrics', () => {
  it('takes every metric of a line, with its dimensions', () => {
    const Dimensions = [{ Name: 'functionVersion', Value: '$LATEST' }];
    const Timestamp = 1_574_109_732.004;
    expect(embeddedMetrics(line())).toEqual([
      {
        Namespace: 'lambda-function-metrics',
        MetricData: [
          { MetricName: 'time', Unit: 'Milliseconds', Timestamp, Dimensions, Value: 100 },
          { MetricName: 'size', Unit: 'Count', Timestamp, Dimensions, Value: 0 },
        ],
      },
    ]);
  });

  it('takes none of a line without them', () => {
    expect(embeddedMetrics({ message: 'replication judged' })).toEqual([]);
  });

  it.each([
    ['a value that is not there', { time: undefined }, 'names "time" in _aws'],
    ['a value that is no number', { time: '100' }, 'names "time" in _aws'],
    ['a dimension that is not there', { functionVersion: undefined }, 'names "functionVersion" in _aws'],
    ['metadata of its own making', { _aws: { timestamp: 1 } }, 'Timestamp'],
    ['a fraction of a millisecond', { _aws: { Timestamp: 0.5, CloudWatchMetrics: [] } }, 'Timestamp'],
  ])('refuses a line with %s, which CloudWatch would ignore', (_what, changes, message) => {
    expect(() => embeddedMetrics(line(changes))).toThrow(message);
  });
});
