import * as z from 'zod/mini';
import { alarmDetail, brokerDimensionsOf } from '../aws/alarm-event.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import { InvalidInput } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';
import { parseInput } from '../runtime/parse-input.ts';
import type { DriftInput } from './drift-input.ts';

/** What triggered the run. */
export type TriggerKind = 'schedule' | 'api-call' | 'alarm' | 'broker-log' | 'manual';

/** A run to start. Its name is the same for equal events, and Step Functions starts a name only once. */
export interface DriftStart {
  readonly kind: TriggerKind;
  readonly executionName: string;
  readonly input: Pick<DriftInput, 'cluster' | 'mode' | 'reason'>;
}

/** What an event means: runs to start, or why none is. */
export type TriggerDecision =
  | { readonly starts: readonly [DriftStart, ...DriftStart[]] }
  | { readonly starts: readonly []; readonly ignored: string };

/** An EventBridge event, or what a schedule hands over in its place, with the time of its turn. */
const eventSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.iso.datetime(),
  detail: z._default(z.record(z.string(), z.unknown()), {}),
});

/** CloudTrail's record of a call to Amazon MQ; docs/amazon-mq.md 11. */
const apiCallSchema = z.object({
  eventName: z.string(),
  errorCode: z.optional(z.string()),
  requestParameters: z.nullish(
    z.looseObject({ brokerId: z.optional(z.string()), 'broker-id': z.optional(z.string()) }),
  ),
  responseElements: z.nullish(z.looseObject({ brokerId: z.optional(z.string()), brokerArn: z.optional(z.string()) })),
});

const scheduleSchema = z.strictObject({ cluster: z.string() });
const logSchema = z.object({ brokerId: z.string(), pattern: z.string() });
/** An operator's request, put on the bus; the service and its tools start the workflow itself. */
const manualSchema = z.strictObject({
  cluster: z.string(),
  mode: z._default(z.enum(['report', 'remediate', 'rollback']), 'report'),
  reason: z.string().check(z.minLength(1)),
});

/** Calls after which a broker's policies may differ (docs/rabbitmq.md 4.6); edits inside the broker never reach CloudTrail. */
export const policyCalls: readonly string[] = ['CreateBroker', 'UpdateBroker', 'RebootBroker'];

/**
 * Events of one kind about one cluster within this time are one run, in seconds: a broker's change shows as several
 * calls and alarms, and a run takes about a minute.
 */
const collapseSeconds = 300;

/** Step Functions allows 80 characters of letters, digits, hyphens and underscores in a name. */
const executionName = (cluster: string, kind: TriggerKind, atMs: number): string =>
  `drift-${cluster}-${kind}-${Math.floor(atMs / (collapseSeconds * 1_000)).toString(36)}`;

const ignored = (why: string): TriggerDecision => ({ starts: [], ignored: why });

/**
 * Decides what an event asks of policy-drift. Nothing but a person's request ever asks for more than a report.
 *
 * @param clusters the clusters of the function's own Region
 * @throws InvalidInput for what is no event, and for a person's request that names no cluster or has a wrong field
 */
export const driftTrigger = (
  event: unknown,
  clusters: readonly Pick<ClusterConfig, 'name' | 'broker'>[],
): TriggerDecision => {
  const { source, time, detail, 'detail-type': type } = parseInput(eventSchema, event, 'the event');
  const atMs = Date.parse(time);
  const start = (names: readonly string[], kind: TriggerKind, reason: string): TriggerDecision => {
    const [first, ...more] = names.map((cluster) => ({
      kind,
      executionName: executionName(cluster, kind, atMs),
      input: { cluster, mode: 'report' as const, reason },
    }));
    return first === undefined
      ? ignored(`${reason}: no cluster of this Region is meant`)
      : { starts: [first, ...more] };
  };
  const ofBroker = (id: string | undefined): readonly string[] =>
    clusters.filter(({ broker }) => broker.brokerId === id || broker.arn === id).map(({ name }) => name);

  if (source === 'mq-dr' && type === 'Policy Drift Schedule') {
    const { cluster } = parseInput(scheduleSchema, detail, 'the schedule');
    const meant = clusters.filter(({ name }) => name === cluster).map(({ name }) => name);
    return start(meant, 'schedule', 'schedule');
  }
  if (source === 'aws.amazonmq' && type === 'AWS API Call via CloudTrail') return apiCall(detail, ofBroker, start);
  if (source === 'aws.cloudwatch' && type === 'CloudWatch Alarm State Change') {
    const alarm = alarmDetail.safeParse(detail);
    if (!alarm.success || alarm.data.state.value !== 'ALARM') return ignored('the alarm is not in state ALARM');
    const brokers = brokerDimensionsOf(alarm.data);
    const meant = clusters.filter(({ broker }) => brokers.includes(broker.brokerName)).map(({ name }) => name);
    return start(meant, 'alarm', `alarm ${alarm.data.alarmName}`);
  }
  if (source === 'mq-dr' && type === 'Broker Log Match') {
    const log = logSchema.safeParse(detail);
    return log.success
      ? start(ofBroker(log.data.brokerId), 'broker-log', `log line: ${log.data.pattern}`)
      : ignored('it names no broker');
  }
  if (source === 'mq-dr' && type === 'Policy Drift Requested') return manual(detail, clusters, atMs);
  return ignored(`events of type "${type}" from ${source} are not for policy-drift`);
};

const apiCall = (
  detail: unknown,
  ofBroker: (id: string | undefined) => readonly string[],
  start: (names: readonly string[], kind: TriggerKind, reason: string) => TriggerDecision,
): TriggerDecision => {
  const call = apiCallSchema.safeParse(detail);
  if (!call.success) return ignored('the record of the call has another shape');
  const { eventName, errorCode, requestParameters, responseElements } = call.data;
  if (!policyCalls.includes(eventName)) return ignored(`${eventName} changes no policy`);
  if (errorCode !== undefined) return ignored(`${eventName} failed with ${errorCode}`);
  const ids = [
    requestParameters?.brokerId,
    requestParameters?.['broker-id'],
    responseElements?.brokerId,
    responseElements?.brokerArn,
  ];
  const names = [...new Set(ids.flatMap((id) => (id === undefined ? [] : ofBroker(id))))];
  return start(names, 'api-call', eventName);
};

const manual = (detail: unknown, clusters: readonly Pick<ClusterConfig, 'name'>[], atMs: number): TriggerDecision => {
  const { cluster, mode, reason } = parseInput(manualSchema, detail, 'the request');
  const names = clusters.map(({ name }) => name);
  // The event reaches one Region only, so that nobody else knows the cluster either.
  if (!names.includes(cluster)) {
    throw new InvalidInput(`no cluster "${cluster}" is configured in this Region${didYouMean(cluster, names)}`, {
      cluster,
      configured: names,
    });
  }
  const name = `${executionName(cluster, 'manual', atMs)}-${mode}`;
  return { starts: [{ kind: 'manual', executionName: name, input: { cluster, mode, reason } }] };
};
