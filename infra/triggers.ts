import { replicaGauges } from '../functions/shared/replication-gauges.ts';
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

/** What a deployment looks after. */
export type LookedAfter = 'pairs' | 'clusters';

/** What a deployment has anything of. */
export const lookedAfterBy = ({
  pairs,
  clusters,
}: Readonly<Record<LookedAfter, readonly unknown[]>>): readonly LookedAfter[] => [
  ...(pairs.length > 0 ? (['pairs'] as const) : []),
  ...(clusters.length > 0 ? (['clusters'] as const) : []),
];

/** A rule on the default bus of every Region; its target is a function or a state machine of the same Region. */
export type TriggerRule = {
  readonly name: string;
  readonly description: string;
  /** What it is there for: a deployment without has no such rule. */
  readonly of?: LookedAfter;
} & (
  | { readonly targetFunction: 'receive-event' | 'receive-drift-event'; readonly pattern: EventPattern }
  | ({ readonly targetFunction: 'write-heartbeat' | 'enforce-fencing' | 'receive-drift-event' } & Schedule)
  | ({ readonly targetMachine: 'readiness' } & Schedule)
);

/** Functions that rules call: Lambda keeps their events in a queue and tries them again. */
export const functionsOfRules = (rules: readonly TriggerRule[]): readonly string[] => [
  ...new Set(rules.flatMap((rule) => ('targetFunction' in rule ? [rule.targetFunction] : []))),
];

/** Calls that change a broker, as CloudTrail names them; docs/amazon-mq.md 11. */
const watchedCalls = ['Promote', 'RebootBroker', 'UpdateBroker', 'DeleteBroker'] as const;

/** Calls after which the policies of a RabbitMQ broker may differ; docs/rabbitmq.md 4.6. */
const policyCalls = ['CreateBroker', 'UpdateBroker', 'RebootBroker'] as const;

/** An alarm on a metric of Amazon MQ fires; on one of those named, if any are. */
const brokerAlarm = (names?: readonly string[]): EventPattern => ({
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm State Change'],
  detail: {
    state: { value: ['ALARM'] },
    configuration: {
      metrics: { metricStat: { metric: { namespace: ['AWS/AmazonMQ'], ...(names !== undefined && { name: names }) } } },
    },
  },
});

/** A call to Amazon MQ that CloudTrail recorded. */
const brokerCall = (eventName: readonly string[]): EventPattern => ({
  source: ['aws.amazonmq'],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource: ['amazonmq.amazonaws.com'], eventName },
});

/** Ends that a run cannot deal with itself: no Catch runs on a time-out or an abort. */
const badEnds = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/**
 * The rules of one Region. Events start no state machine directly: EventBridge may deliver one twice and gives
 * executions random names, while `receive-event` names them after the event. Events are handed over whole, without an
 * input transformer: functions parse the services' own shapes, with tests, and nothing else has to know them.
 *
 * @param machineArn ARN of a state machine of the Region by its name
 * @param lookedAfter what the deployment has, in either Region: both have the same rules
 */
export const triggerRules = (
  machineArn: (name: string) => string,
  lookedAfter: readonly LookedAfter[] = ['pairs', 'clusters'],
): readonly TriggerRule[] => everyRule(machineArn).filter(({ of }) => of === undefined || lookedAfter.includes(of));

const everyRule = (machineArn: (name: string) => string): readonly TriggerRule[] => [
  {
    name: 'broker-alarm',
    of: 'pairs',
    description: 'An alarm on what a replica receives of its primary fires: the first signal for a watch.',
    targetFunction: 'receive-event',
    // A full store or a busy processor says nothing about the other side, and a watch may end in a page.
    pattern: brokerAlarm(replicaGauges),
  },
  {
    name: 'broker-call',
    of: 'pairs',
    description: 'Somebody promoted, rebooted, changed or deleted a broker: look again.',
    targetFunction: 'receive-event',
    pattern: brokerCall(watchedCalls),
  },
  {
    name: 'service-health',
    of: 'pairs',
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
    of: 'pairs',
    description: "Once a minute: what this Region sees of its own brokers, for the other side's eyes.",
    targetFunction: 'write-heartbeat',
    everyMinutes: 1,
    input: {},
  },
  {
    name: 'fencing',
    of: 'pairs',
    description: 'Once a minute: keeps clients away from brokers of this Region that lost their role in a failover.',
    targetFunction: 'enforce-fencing',
    everyMinutes: 1,
    input: {},
  },
  {
    name: 'readiness',
    of: 'pairs',
    description: 'Four times an hour: whether every pair could be promoted now. An event only when that changes.',
    targetMachine: 'readiness',
    everyMinutes: 15,
    input: {},
  },
  {
    name: 'cluster-alarm',
    of: 'clusters',
    description:
      'A CloudWatch alarm on a metric of Amazon MQ fires: what do the policies of that RabbitMQ cluster say?',
    targetFunction: 'receive-drift-event',
    pattern: brokerAlarm(),
  },
  {
    name: 'cluster-call',
    of: 'clusters',
    description: 'A broker was made, changed or rebooted: a RabbitMQ cluster may have other policies now.',
    targetFunction: 'receive-drift-event',
    pattern: brokerCall(policyCalls),
  },
  {
    name: 'cluster-event',
    of: 'clusters',
    description: "A line of a broker's log, or a person, asks for a look at a cluster's policies.",
    targetFunction: 'receive-drift-event',
    pattern: { source: ['mq-dr'], 'detail-type': ['Broker Log Match', 'Policy Drift Requested'] },
  },
  {
    name: 'policy-drift',
    of: 'clusters',
    description:
      "Twice an hour: every cluster's policies. Edits inside a broker reach no trail, so nothing else shows them.",
    targetFunction: 'receive-drift-event',
    everyMinutes: 30,
    input: { source: 'mq-dr', 'detail-type': 'Policy Drift Schedule', detail: {} },
  },
];
