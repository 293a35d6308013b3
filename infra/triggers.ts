import { machines } from './deployment.ts';

/**
 * An EventBridge event pattern: members that must be there, each with the values allowed. Only exact values are used
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html).
 */
export interface EventPattern {
  readonly [member: string]: EventPattern | readonly string[];
}

/** A rule that runs by the clock. */
interface Schedule {
  /** `rate(<n> minutes)` of EventBridge. */
  readonly everyMinutes: number;
  /** What the target gets instead of the scheduler's event. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A rule on the default bus of every Region; its target is a function or a state machine of the same Region. */
export type TriggerRule = {
  readonly name: string;
  readonly description: string;
} & (
  | { readonly targetFunction: 'receive-event'; readonly pattern: EventPattern }
  | ({ readonly targetFunction: 'write-heartbeat' | 'enforce-fencing' } & Schedule)
  | ({ readonly targetMachine: 'readiness' } & Schedule)
);

/** Calls that change a broker, as CloudTrail names them; docs/amazon-mq.md 11. */
const watchedCalls = ['Promote', 'RebootBroker', 'UpdateBroker', 'DeleteBroker'] as const;

/** Ends that a run cannot deal with itself: no Catch runs on a time-out or an abort. */
const badEnds = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/**
 * The rules of one Region. Events start no state machine directly: EventBridge may deliver one twice and gives
 * executions random names, while `receive-event` names them after the event.
 *
 * @param machineArn ARN of a state machine of the Region by its name
 */
export const triggerRules = (machineArn: (name: string) => string): readonly TriggerRule[] => [
  {
    name: 'broker-alarm',
    description: 'A CloudWatch alarm on a metric of Amazon MQ fires: the first signal for a watch.',
    targetFunction: 'receive-event',
    pattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: {
        state: { value: ['ALARM'] },
        configuration: { metrics: { metricStat: { metric: { namespace: ['AWS/AmazonMQ'] } } } },
      },
    },
  },
  {
    name: 'broker-call',
    description: 'Somebody promoted, rebooted, changed or deleted a broker: look again.',
    targetFunction: 'receive-event',
    pattern: {
      source: ['aws.amazonmq'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: { eventSource: ['amazonmq.amazonaws.com'], eventName: watchedCalls },
    },
  },
  {
    name: 'service-health',
    description: 'AWS Health reports something about Amazon MQ.',
    targetFunction: 'receive-event',
    pattern: { source: ['aws.health'], 'detail-type': ['AWS Health Event'], detail: { service: ['MQ'] } },
  },
  {
    name: 'run-ended',
    description: 'A run failed, timed out or was stopped: settle-run cleans up after it, never after itself.',
    targetFunction: 'receive-event',
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: badEnds,
        stateMachineArn: machines.filter(({ name }) => name !== 'settle-run').map(({ name }) => machineArn(name)),
      },
    },
  },
  {
    name: 'heartbeat',
    description: "Once a minute: what this Region sees of its own brokers, for the other side's eyes.",
    targetFunction: 'write-heartbeat',
    everyMinutes: 1,
    input: {},
  },
  {
    name: 'fencing',
    description: 'Once a minute: keeps clients away from brokers of this Region that lost their role in a failover.',
    targetFunction: 'enforce-fencing',
    everyMinutes: 1,
    input: {},
  },
  {
    name: 'readiness',
    description: 'Four times an hour: whether every pair could be promoted now. An event only when that changes.',
    targetMachine: 'readiness',
    everyMinutes: 15,
    input: {},
  },
];
