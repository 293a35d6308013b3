import { replicaGauges } from '../functions/brokers/replication-gauges.ts';
import { policyCalls } from '../functions/policy-drift/drift-trigger.ts';
import { machines } from './catalogue.ts';

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

/** What a deployment manages. */
export type LookedAfter = 'pairs' | 'clusters';

/** What a deployment has anything of. */
export const lookedAfterBy = ({
  pairs,
  clusters,
}: Readonly<Record<LookedAfter, readonly unknown[]>>): readonly LookedAfter[] => [
  ...(pairs.length > 0 ? (['pairs'] as const) : []),
  ...(clusters.length > 0 ? (['clusters'] as const) : []),
];

/** A rule on the default bus of a Region; its target is a function or a state machine of the same Region. */
export type TriggerRule = {
  readonly name: string;
  readonly description: string;
} & (
  | { readonly targetFunction: 'receive-event' | 'receive-drift-event'; readonly pattern: EventPattern }
  | ({ readonly targetFunction: 'write-heartbeat' | 'enforce-fencing' } & Schedule)
  | ({
      readonly targetFunction: 'receive-drift-event';
      /** The input gets a `time`, that of the turn: an input transformer takes it from the scheduler's event. */
      readonly timed: true;
    } & Schedule)
  | ({ readonly targetMachine: 'readiness' } & Schedule)
);

/** Functions that rules call: Lambda keeps their events in a queue and tries them again. */
export const functionsOfRules = (rules: readonly TriggerRule[]): readonly string[] => [
  ...new Set(rules.flatMap((rule) => ('targetFunction' in rule ? [rule.targetFunction] : []))),
];

/** Calls that change a broker of a pair, as CloudTrail names them; docs/amazon-mq.md 11. */
const pairCalls = ['Promote', 'RebootBroker', 'UpdateBroker', 'DeleteBroker'] as const;

/** An alarm on a metric of Amazon MQ about one of the brokers fires; on a metric of those named, if any are. */
const brokerAlarm = (brokers: readonly string[], names?: readonly string[]): EventPattern => ({
  source: ['aws.cloudwatch'],
  'detail-type': ['CloudWatch Alarm State Change'],
  detail: {
    state: { value: ['ALARM'] },
    configuration: {
      metrics: {
        metricStat: {
          metric: {
            namespace: ['AWS/AmazonMQ'],
            ...(names !== undefined && { name: names }),
            dimensions: { Broker: brokers },
          },
        },
      },
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

/** Machines whose runs take nothing that they would have to give back, or clean up after others. */
const takesNothing: readonly string[] = ['readiness', 'settle-run'];

/** Rules of a Region about its pairs as a whole. */
const rulesOfPairs: readonly TriggerRule[] = [
  {
    name: 'broker-call',
    description: 'A broker was promoted, rebooted, changed or deleted: evaluate readiness.',
    targetFunction: 'receive-event',
    pattern: brokerCall(pairCalls),
  },
  {
    name: 'service-health',
    description: 'AWS Health reports something about Amazon MQ.',
    targetFunction: 'receive-event',
    pattern: { source: ['aws.health'], 'detail-type': ['AWS Health Event'], detail: { service: ['MQ'] } },
  },
  {
    name: 'heartbeat',
    description: "Once a minute: writes the state of this Region's brokers for the other Region to read.",
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
];

/** Rules of a Region about its clusters as a whole. */
const rulesOfClusters: readonly TriggerRule[] = [
  {
    name: 'cluster-call',
    description: 'A broker was made, changed or rebooted: a RabbitMQ cluster may have other policies now.',
    targetFunction: 'receive-drift-event',
    pattern: brokerCall(policyCalls),
  },
  {
    name: 'cluster-event',
    description: "A line of a broker's log, or an operator, asks for a check of a cluster's policies.",
    targetFunction: 'receive-drift-event',
    pattern: { source: ['mq-dr'], 'detail-type': ['Broker Log Match', 'Policy Drift Requested'] },
  },
];

/**
 * The rules of one Region as a whole: what is not known to be about one pair or cluster until a function has looked. Events
 * start no state machine directly: EventBridge may deliver one twice and gives executions random names, while
 * `receive-event` names them after the event. Events are handed over whole: functions parse the services' own shapes, with
 * tests, and a transformer that misses a member drops the event.
 *
 * @param machineArn ARN of a state machine of the Region by its name
 * @param lookedAfter what the deployment has, in either Region: both have the same rules
 */
export const regionRules = (
  machineArn: (name: string) => string,
  lookedAfter: readonly LookedAfter[] = ['pairs', 'clusters'],
): readonly TriggerRule[] => [
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
    name: 'run-succeeded',
    description: 'A run that takes locks or holds consumers succeeded: settle-run gives back what it could not.',
    targetFunction: 'receive-event',
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['SUCCEEDED'],
        stateMachineArn: machines
          .filter(({ name }) => !takesNothing.includes(name))
          .map(({ name }) => machineArn(name)),
      },
    },
  },
  ...(lookedAfter.includes('pairs') ? rulesOfPairs : []),
  ...(lookedAfter.includes('clusters') ? rulesOfClusters : []),
];

/**
 * The rules of one pair in one Region.
 *
 * @param brokerNames the pair's brokers in that Region; each instance's metrics have its name with a number
 * (docs/amazon-mq.md 10.1)
 */
export const pairRules = (pair: string, brokerNames: readonly string[]): readonly TriggerRule[] => [
  {
    name: `${pair}-alarm`,
    description: `An alarm on what the replica of ${pair} receives from its primary: the first signal for a watch.`,
    targetFunction: 'receive-event',
    // A full store or a busy processor says nothing about the other side, and a watch may end in a page.
    pattern: brokerAlarm(
      brokerNames.flatMap((name) => [`${name}-1`, `${name}-2`]),
      replicaGauges,
    ),
  },
  {
    name: `${pair}-readiness`,
    description: `Four times an hour: whether ${pair} could be promoted now. It sends an event only when that changes.`,
    targetMachine: 'readiness',
    everyMinutes: 15,
    input: { pairs: [pair] },
  },
];

/** The rules of one RabbitMQ cluster in its Region. */
export const clusterRules = (cluster: string, brokerName: string): readonly TriggerRule[] => [
  {
    name: `${cluster}-alarm`,
    description: `An alarm on a metric of Amazon MQ about ${cluster} fires: checks its policies.`,
    targetFunction: 'receive-drift-event',
    pattern: brokerAlarm([brokerName]),
  },
  {
    name: `${cluster}-policy-drift`,
    description: `Twice an hour: the policies of ${cluster}. Nothing else notices edits inside a broker.`,
    targetFunction: 'receive-drift-event',
    everyMinutes: 30,
    timed: true,
    input: { source: 'mq-dr', 'detail-type': 'Policy Drift Schedule', detail: { cluster } },
  },
];
