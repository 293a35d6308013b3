import type { MachineSpec } from '../catalogue.ts';
import { failedQueueName, functionNameOf, machineArnOf, type Place, undeliveredQueueName } from '../names.ts';
import type { LookedAfter } from '../triggers.ts';
import type { AlarmSpec, MetricSpec } from './alarm-spec.ts';

const lambdaMetric = (functionName: string, name: string, periodSeconds: number): MetricSpec => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: functionNameOf(functionName) },
  statistic: 'Sum',
  periodSeconds,
});

/** Machines whose failure nothing else reports, or that stand between an outage and its end. */
const loud: readonly string[] = ['failover', 'settle-run', 'watch'];

const machineAlarm = ({ name }: MachineSpec, place: Place): AlarmSpec => {
  const ended = (metricName: string): MetricSpec => ({
    namespace: 'AWS/States',
    name: metricName,
    dimensions: { StateMachineArn: machineArnOf(place, name) },
    statistic: 'Sum',
    periodSeconds: 60,
  });
  return {
    name: `mq-dr-${name}-run-failed`,
    means: `A run of ${name} failed, timed out or was stopped.`,
    severity: loud.includes(name) ? 'page' : 'notice',
    runbook: 'broker-alarms#executions-that-fail',
    metrics: [ended('ExecutionsFailed'), ended('ExecutionsTimedOut'), ended('ExecutionsAborted')],
    threshold: 0,
    comparison: 'above',
    periods: { of: 1, breaching: 1 },
    missing: { is: 'not-breaching', because: 'a workflow that does not run has no points' },
  };
};

const queueAlarm = (queueName: string, means: string): AlarmSpec => ({
  name: `${queueName}-filled`,
  means,
  severity: 'page',
  runbook: 'errors',
  metrics: [
    {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queueName },
      statistic: 'Maximum',
      periodSeconds: 60,
    },
  ],
  threshold: 0,
  comparison: 'above',
  periods: { of: 1, breaching: 1 },
  missing: { is: 'not-breaching', because: 'a queue that was empty for hours stops reporting' },
});

/** Alarms on the heartbeats of a Region's pairs. */
const heartbeatAlarms: readonly AlarmSpec[] = [
  {
    name: 'mq-dr-heartbeat-silent',
    means: 'This Region has sent no heartbeat for five minutes: the other Region may consider its brokers dead.',
    severity: 'page',
    runbook: 'control-unreachable',
    metrics: [lambdaMetric('write-heartbeat', 'Invocations', 300)],
    threshold: 1,
    comparison: 'below',
    periods: { of: 1, breaching: 1 },
    missing: { is: 'breaching', because: 'it is invoked once a minute; no point means that it was not' },
  },
  {
    name: 'mq-dr-heartbeat-failing',
    means: 'The heartbeats of this Region fail: the Control table or Amazon MQ cannot be reached.',
    severity: 'page',
    runbook: 'control-unreachable',
    metrics: [lambdaMetric('write-heartbeat', 'Errors', 60)],
    threshold: 1,
    comparison: 'at-least',
    // Three in a row is the silence after which the other side counts the Region out.
    periods: { of: 3, breaching: 3 },
    missing: { is: 'not-breaching', because: 'no call has no error; the alarm on silence tells that' },
  },
];

/** Alarms of a Region on mq-dr itself: what guards must be guarded. */
export const planeAlarms = (
  place: Place,
  machines: readonly MachineSpec[],
  lookedAfter: readonly LookedAfter[],
): readonly AlarmSpec[] => [
  ...(lookedAfter.includes('pairs') ? heartbeatAlarms : []),
  queueAlarm(undeliveredQueueName, 'An event reached no function: what it should have started was not started.'),
  queueAlarm(
    failedQueueName,
    'A function failed on an event at every attempt: what it should have started was not started.',
  ),
  ...machines.map((machine) => machineAlarm(machine, place)),
];
