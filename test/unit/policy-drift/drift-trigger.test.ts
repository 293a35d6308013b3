import { describe, expect, it } from 'vitest';
import { driftTrigger } from '../../../functions/policy-drift/drift-trigger.ts';
import { eventsBroker } from '../../support/rabbit.ts';

const clusters = [{ name: 'events', broker: eventsBroker }];
const event = (source: string, type: string, detail: object, time = '2026-01-05T09:00:00Z') => ({
  source,
  'detail-type': type,
  time,
  detail,
});
const call = (detail: object, time?: string) => event('aws.amazonmq', 'AWS API Call via CloudTrail', detail, time);

describe('a trigger', () => {
  it.each([
    ['schedule', event('aws.events', 'Scheduled Event', {})],
    ['api-call', call({ eventName: 'RebootBroker', requestParameters: { brokerId: eventsBroker.brokerId } })],
    ['api-call', call({ eventName: 'CreateBroker', responseElements: { brokerArn: eventsBroker.arn } })],
    [
      'alarm',
      event('aws.cloudwatch', 'CloudWatch Alarm State Change', {
        alarmName: 'depth',
        state: { value: 'ALARM' },
        configuration: { metrics: [{ metricStat: { metric: { dimensions: { Broker: 'events' } } } }] },
      }),
    ],
    ['broker-log', event('mq-dr', 'Broker Log Match', { brokerId: eventsBroker.brokerId, pattern: 'policy' })],
  ] as const)('of kind %s starts a report and nothing more', (kind, given) => {
    const { starts } = driftTrigger(given, clusters);
    expect(starts).toMatchObject([{ kind, input: { cluster: 'events', mode: 'report' } }]);
    expect(starts[0]?.executionName).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });

  it('by a person may ask for more', () => {
    const detail = { cluster: 'events', mode: 'remediate', reason: 'asked' };
    expect(driftTrigger(event('mq-dr', 'Policy Drift Requested', detail), clusters).starts).toMatchObject([
      { input: detail },
    ]);
    const unknown = driftTrigger(event('mq-dr', 'Policy Drift Requested', { ...detail, cluster: 'x' }), clusters);
    expect(unknown).toMatchObject({ starts: [], ignored: expect.stringContaining('"x"') });
  });

  it.each([
    ['another call', call({ eventName: 'DescribeBroker', requestParameters: { brokerId: eventsBroker.brokerId } })],
    [
      'a call that failed',
      call({
        eventName: 'RebootBroker',
        errorCode: 'Forbidden',
        requestParameters: { brokerId: eventsBroker.brokerId },
      }),
    ],
    ['another broker', call({ eventName: 'RebootBroker', requestParameters: { brokerId: 'b-2' } })],
    [
      'an alarm that is over',
      event('aws.cloudwatch', 'CloudWatch Alarm State Change', { alarmName: 'a', state: { value: 'OK' } }),
    ],
    ['a log line without a broker', event('mq-dr', 'Broker Log Match', {})],
    ['another source', event('aws.health', 'AWS Health Event', {})],
    [
      'a request with an unknown field',
      event('mq-dr', 'Policy Drift Requested', { cluster: 'events', reason: 'x', mod: 1 }),
    ],
    ['no event at all', 7],
  ])('of %s starts nothing and says why', (_name, given) => {
    expect(driftTrigger(given, clusters)).toMatchObject({ starts: [], ignored: expect.any(String) });
  });

  it('has the same name for equal events within five minutes, and another one later or for another kind', () => {
    const reboot = { eventName: 'RebootBroker', requestParameters: { brokerId: eventsBroker.brokerId } };
    const nameAt = (time: string) => driftTrigger(call(reboot, time), clusters).starts[0]?.executionName;
    expect(nameAt('2026-01-05T09:00:00Z')).toBe(nameAt('2026-01-05T09:04:59Z'));
    expect(nameAt('2026-01-05T09:05:00Z')).not.toBe(nameAt('2026-01-05T09:04:59Z'));
    const schedule = driftTrigger(event('aws.events', 'Scheduled Event', {}), clusters).starts[0]?.executionName;
    expect(schedule).not.toBe(nameAt('2026-01-05T09:00:00Z'));
  });
});
