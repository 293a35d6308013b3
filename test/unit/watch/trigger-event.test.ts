import { describe, expect, it } from 'vitest';
import { readTriggerEvent } from '../../../functions/watch/trigger-event.ts';
import { noonMs, westRef } from '../../support/brokers.ts';
import { alarmEvent, callEvent, healthEvent, runEvent } from '../../support/trigger-events.ts';

describe('readTriggerEvent', () => {
  it('reads which broker an alarm is about, also from metric math', () => {
    expect(readTriggerEvent(alarmEvent())).toEqual({
      kind: 'alarm',
      id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
      region: 'us-west-2',
      atMs: noonMs,
      alarmName: 'orders-replica-wait',
      state: 'ALARM',
      since: '2026-11-04T11:59:58.120+0000',
      reason: 'Threshold Crossed: 1 datapoint [190000.0] was greater than the threshold (180000.0).',
      brokerDimensions: ['orders-west-1'],
    });
  });

  it('reads a call with its broker and its caller', () => {
    expect(readTriggerEvent(callEvent())).toMatchObject({
      kind: 'broker-call',
      operation: 'Promote',
      brokerId: westRef.brokerId,
      calledAtMs: noonMs - 120_000,
      caller: 'arn:aws:sts::111122223333:assumed-role/Operators/alice',
      refused: false,
    });
  });

  it.each([
    ['under its other spelling', { requestParameters: { brokerId: 'b-2' } }, 'b-2'],
    ['in the answer alone', { requestParameters: null, responseElements: { brokerId: 'b-3' } }, 'b-3'],
    ['nowhere', { requestParameters: null, responseElements: null }, undefined],
  ])('finds the broker of a call %s', (_label, changes, brokerId) => {
    expect(readTriggerEvent(callEvent('Promote', changes))).toMatchObject({ brokerId });
  });

  it('knows a call that the service refused', () => {
    const event = callEvent('Promote', { errorCode: 'BadRequestException', responseElements: null });
    expect(readTriggerEvent(event)).toMatchObject({ refused: true });
  });

  it('takes the Region that AWS Health writes about, not the one that it writes to', () => {
    expect(readTriggerEvent(healthEvent())).toMatchObject({
      kind: 'health',
      region: 'us-west-2',
      affectedRegion: 'us-east-1',
      category: 'issue',
      status: 'open',
      description: 'Brokers may not be reachable.',
    });
  });

  it('reads the end of a run', () => {
    expect(readTriggerEvent(runEvent())).toMatchObject({ kind: 'run-ended', status: 'TIMED_OUT', redriveCount: 0 });
  });

  it('refuses an unknown detail-type by name, with the nearest known one', () => {
    const event = { ...alarmEvent(), 'detail-type': 'CloudWatch Alarm State Chang' };
    expect(() => readTriggerEvent(event)).toThrow(
      'no reaction is defined for an event with the detail-type "CloudWatch Alarm State Chang" (did you mean "CloudWatch Alarm State Change"?)',
    );
    expect(() => readTriggerEvent({ ...alarmEvent(), 'detail-type': 'toString' })).toThrow('allowed: ');
  });

  it.each([
    ['no envelope', { detail: {} }, /id: .*; detail-type: /],
    ['an alarm without a state', { ...alarmEvent(), detail: { alarmName: 'a' } }, /the detail of .*state/],
    ['a call without a time', { ...callEvent(), detail: { eventName: 'Promote' } }, /eventTime/],
    ['a run without an ARN', { ...runEvent(), detail: { status: 'FAILED' } }, /executionArn/],
    ['nothing', null, /the event was refused/],
  ])('refuses %s and says what is missing', (_label, event, message) => {
    expect(() => readTriggerEvent(event)).toThrow(message);
  });
});
