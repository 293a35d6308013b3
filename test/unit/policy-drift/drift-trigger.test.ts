import { describe, expect, it } from 'vitest';
import { driftTrigger } from '../../../functions/policy-drift/drift-trigger.ts';
import { startDriftRuns } from '../../../functions/policy-drift/start-drift-runs.ts';
import { ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { eventsBroker } from '../../support/rabbit.ts';

const clusters = [{ name: 'events', broker: eventsBroker }];
const trigger = (event: unknown) => driftTrigger(event, clusters);
const event = (source: string, type: string, detail: object, time = '2026-01-05T09:00:00Z') => ({
  source,
  'detail-type': type,
  time,
  detail,
});
const schedule = (detail: object = { cluster: 'events' }, time?: string) =>
  event('mq-dr', 'Policy Drift Schedule', detail, time);
const call = (detail: object, time?: string) => event('aws.amazonmq', 'AWS API Call via CloudTrail', detail, time);

describe('a trigger', () => {
  it.each([
    ['schedule', schedule()],
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
    const { starts } = trigger(given);
    expect(starts).toMatchObject([{ kind, input: { cluster: 'events', mode: 'report' } }]);
    expect(starts[0]?.executionName).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });

  it('by a person may ask for more', () => {
    const detail = { cluster: 'events', mode: 'remediate', reason: 'asked' };
    expect(trigger(event('mq-dr', 'Policy Drift Requested', detail)).starts).toMatchObject([{ input: detail }]);
  });

  it.each([
    ['a cluster that is not configured', { cluster: 'event', reason: 'x' }, 'did you mean "events"'],
    ['an unknown field', { cluster: 'events', reason: 'x', mod: 1 }, 'unknown field "mod"'],
    ['a mode that does not exist', { cluster: 'events', reason: 'x', mode: 'fix' }, 'mode'],
    ['no reason', { cluster: 'events' }, 'reason'],
  ])('by a person with %s is refused by name', (_what, detail, named) => {
    expect(() => trigger(event('mq-dr', 'Policy Drift Requested', detail))).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(named) }),
    );
  });

  it.each([
    ['names no cluster', {}, 'cluster'],
    ['has an unknown field', { cluster: 'events', mode: 'remediate' }, 'unknown field "mode"'],
  ])('by a schedule that %s is refused by name', (_what, detail, named) => {
    expect(() => trigger(schedule(detail))).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(named) }),
    );
  });

  it('that is no event is refused by name', () => {
    expect(() => trigger({ source: 'mq-dr' })).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining('detail-type') }),
    );
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
      'an alarm that names the broker elsewhere than in its metrics',
      event('aws.cloudwatch', 'CloudWatch Alarm State Change', {
        alarmName: 'events',
        state: { value: 'ALARM', reason: 'the queue "events" is deep' },
        configuration: { metrics: [{ metricStat: { metric: { dimensions: { Broker: 'orders', Queue: 'events' } } } }] },
      }),
    ],
    [
      'an alarm that is over',
      event('aws.cloudwatch', 'CloudWatch Alarm State Change', { alarmName: 'a', state: { value: 'OK' } }),
    ],
    ['a log line without a broker', event('mq-dr', 'Broker Log Match', {})],
    ['the schedule of a cluster that is not configured here any more', schedule({ cluster: 'gone' })],
    ['another source', event('aws.health', 'AWS Health Event', {})],
  ])('of %s starts nothing and says why', (_name, given) => {
    expect(trigger(given)).toMatchObject({ starts: [], ignored: expect.any(String) });
  });

  it('has the same name for equal events within five minutes, and another one later or for another kind', () => {
    const reboot = { eventName: 'RebootBroker', requestParameters: { brokerId: eventsBroker.brokerId } };
    const nameAt = (time: string) => trigger(call(reboot, time)).starts[0]?.executionName;
    expect(nameAt('2026-01-05T09:00:00Z')).toBe(nameAt('2026-01-05T09:04:59Z'));
    expect(nameAt('2026-01-05T09:05:00Z')).not.toBe(nameAt('2026-01-05T09:04:59Z'));
    const alarm = {
      alarmName: 'depth',
      state: { value: 'ALARM' },
      configuration: { metrics: [{ metricStat: { metric: { dimensions: { Broker: 'events' } } } }] },
    };
    const alarmed = event('aws.cloudwatch', 'CloudWatch Alarm State Change', alarm, '2026-01-05T09:00:00Z');
    expect(trigger(alarmed).starts[0]?.executionName).not.toBe(nameAt('2026-01-05T09:00:00Z'));
  });

  it('of a schedule has the name of its turn, however late it is handed over', () => {
    const nameAt = (time: string) => trigger(schedule(undefined, time)).starts[0]?.executionName;
    expect(nameAt('2026-01-05T09:00:00Z')).toBe(nameAt('2026-01-05T09:00:01Z'));
    expect(nameAt('2026-01-05T09:00:00Z')).not.toBe(nameAt('2026-01-05T09:30:00Z'));
  });
});

describe('starting runs', () => {
  const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:policy-drift';
  const two = [...clusters, { name: 'billing', broker: eventsBroker }];

  it('starts one for each cluster, and one that fails does not keep the others from theirs', async () => {
    const started: string[] = [];
    const logged = event('mq-dr', 'Broker Log Match', { brokerId: eventsBroker.brokerId, pattern: 'policy' });
    const running = startDriftRuns(logged, {
      clusters: two,
      machineArn,
      start: async (_arn, name) => {
        if (name.includes('events')) throw new ServiceUnavailable('states got no answer');
        started.push(name);
        return 'started';
      },
    });
    await expect(running).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(started).toEqual([expect.stringContaining('drift-billing-broker-log-')]);
  });

  it('says when the machine is not deployed', async () => {
    const start = async () => 'started' as const;
    const running = startDriftRuns(schedule(), { clusters, machineArn: undefined, start });
    await expect(running).rejects.toMatchObject({ name: 'NotFound', message: expect.stringContaining('policy-drift') });
  });
});
