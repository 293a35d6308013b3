import { describe, expect, it } from 'vitest';
import { functions, machines } from '../../../infra/catalogue.ts';
import { clusterRules, pairRules, regionRules } from '../../../infra/triggers.ts';
import { matchesPattern } from '../../../testbed/event-pattern.ts';
import { westRef } from '../../support/brokers.ts';
import { alarmEvent, callEvent, healthEvent, ownEvent, runEvent } from '../../support/trigger-events.ts';

const machineArn = (name: string): string => `arn:aws:states:us-west-2:111122223333:stateMachine:${name}`;
const rules = [
  ...regionRules(machineArn),
  ...pairRules('orders', [westRef.brokerName]),
  ...clusterRules('events', 'events'),
];

const matchedBy = (event: unknown): readonly string[] =>
  rules.filter((rule) => 'pattern' in rule && matchesPattern(rule.pattern, event)).map(({ name }) => name);

describe('the rules', () => {
  it.each([
    ['an alarm on what a replica receives', alarmEvent(), ['orders-alarm']],
    ['an alarm on its other instance', alarmEvent({ broker: `${westRef.brokerName}-2` }), ['orders-alarm']],
    ['an alarm on the lag of a replica', alarmEvent({ metric: 'ReplicationLag' }), ['orders-alarm']],
    ['an alarm on a full store', alarmEvent({ metric: 'StorePercentUsage' }), []],
    ["an alarm on somebody else's broker", alarmEvent({ broker: 'theirs-1' }), []],
    ['an alarm on a cluster', alarmEvent({ broker: 'events', metric: 'RabbitMQMemUsed' }), ['events-alarm']],
    ['an alarm on another cluster', alarmEvent({ broker: 'billing', metric: 'RabbitMQMemUsed' }), []],
    ['an alarm that is over', alarmEvent({ state: 'OK' }), []],
    ['an alarm without data', alarmEvent({ state: 'INSUFFICIENT_DATA' }), []],
    ['an alarm of another service', alarmEvent({ namespace: 'AWS/EC2' }), []],
    ['a promotion', callEvent('Promote'), ['broker-call']],
    ['a reboot', callEvent('RebootBroker'), ['broker-call', 'cluster-call']],
    ['an update', callEvent('UpdateBroker'), ['broker-call', 'cluster-call']],
    ['a deletion', callEvent('DeleteBroker'), ['broker-call']],
    ['a creation', callEvent('CreateBroker'), ['cluster-call']],
    ['a call to another service', callEvent('Promote', { eventSource: 'ec2.amazonaws.com' }), []],
    ['a person who asks for a look at policies', ownEvent('Policy Drift Requested'), ['cluster-event']],
    ["a line of a broker's log", ownEvent('Broker Log Match'), ['cluster-event']],
    ['a verdict of our own', ownEvent('Policy Drift Verdict Changed'), []],
    ['AWS Health on Amazon MQ', healthEvent(), ['service-health']],
    ['AWS Health on another service', healthEvent({ service: 'EC2' }), []],
    ['a run that timed out', runEvent(), ['run-ended']],
    ['a run that failed', runEvent({ status: 'FAILED' }), ['run-ended']],
    ['a run that was stopped', runEvent({ status: 'ABORTED' }), ['run-ended']],
    ['a run that succeeded', runEvent({ status: 'SUCCEEDED' }), ['run-succeeded']],
    [
      'an evaluation that succeeded, which takes nothing',
      runEvent({ status: 'SUCCEEDED', stateMachineArn: machineArn('readiness') }),
      [],
    ],
    ['a settle-run that succeeded', runEvent({ status: 'SUCCEEDED', stateMachineArn: machineArn('settle-run') }), []],
    ["somebody else's run", runEvent({ stateMachineArn: machineArn('theirs') }), []],
    ['a settle-run that failed', runEvent({ status: 'FAILED', stateMachineArn: machineArn('settle-run') }), []],
  ])('catch of %s what they should', (_label, event, expected) => {
    expect(matchedBy(event)).toEqual(expected);
  });

  it.each(machines.map(({ name }) => name).filter((name) => name !== 'settle-run'))(
    'catch the bad end of %s',
    (name) => {
      expect(matchedBy(runEvent({ stateMachineArn: machineArn(name) }))).toEqual(['run-ended']);
    },
  );

  it('have names of their own and targets that are deployed', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    const deployed = [...functions, ...machines].map(({ name }) => name);
    const targets = rules.map((rule) => ('targetMachine' in rule ? rule.targetMachine : rule.targetFunction));
    expect(targets.filter((target) => !deployed.includes(target))).toEqual([]);
  });

  it('look at policies without any event, since edits inside a broker reach no trail', () => {
    const input = { source: 'mq-dr', 'detail-type': 'Policy Drift Schedule', detail: { cluster: 'events' } };
    expect(rules).toContainEqual(
      expect.objectContaining({ targetFunction: 'receive-drift-event', everyMinutes: 30, timed: true, input }),
    );
  });

  it.each([
    ['only pairs', ['pairs'], ['run-ended', 'heartbeat', 'broker-call'], ['cluster-call', 'cluster-event']],
    ['only clusters', ['clusters'], ['run-ended', 'cluster-call'], ['heartbeat', 'fencing', 'broker-call']],
  ] as const)('of a deployment with %s leave out what is about something else', (_label, lookedAfter, has, hasNot) => {
    const names = regionRules(machineArn, lookedAfter).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...has]));
    expect(names.filter((name) => hasNot.some((other) => other === name))).toEqual([]);
  });

  it('of a pair look whether that pair is ready four times an hour', () => {
    expect(rules).toContainEqual(
      expect.objectContaining({ targetMachine: 'readiness', everyMinutes: 15, input: { pairs: ['orders'] } }),
    );
  });

  it('write a heartbeat each minute', () => {
    expect(rules).toContainEqual(
      expect.objectContaining({ targetFunction: 'write-heartbeat', everyMinutes: 1, input: {} }),
    );
  });
});

describe('matchesPattern', () => {
  const pattern = { a: { b: ['x', 'y'] } };
  it.each([
    [{ a: { b: 'x' } }, true],
    [{ a: { b: ['z', 'y'] }, more: 1 }, true],
    [{ a: [{ b: 'z' }, { b: 'y' }] }, true],
    [{ a: { b: 'z' } }, false],
    [{ a: { b: null } }, false],
    [{ a: 'x' }, false],
    [{}, false],
    [null, false],
  ])('of %j is %s', (event, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });
});
