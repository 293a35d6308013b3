import * as z from 'zod/mini';
import { alarmDetail, brokerDimensionsOf } from '../aws/alarm-event.ts';
import { InvalidInput } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';
import { parseInput } from '../runtime/parse-input.ts';

/** Every event has these; services add members, so all objects here are open. */
const envelope = z.looseObject({
  id: z.string().check(z.minLength(1)),
  'detail-type': z.string(),
  source: z.string(),
  region: z.string().check(z.minLength(1)),
  time: z.pipe(
    z.iso.datetime(),
    z.transform((text) => Date.parse(text)),
  ),
});

/** docs/amazon-mq.md 11.2; a call that was refused carries an `errorCode`. */
const callDetail = z.looseObject({
  eventName: z.string().check(z.minLength(1)),
  eventTime: z.pipe(
    z.iso.datetime(),
    z.transform((text) => Date.parse(text)),
  ),
  errorCode: z.optional(z.string()),
  userIdentity: z.optional(z.looseObject({ arn: z.optional(z.string()), type: z.optional(z.string()) })),
  requestParameters: z.nullish(z.looseObject({})),
  responseElements: z.nullish(z.looseObject({})),
});

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const healthDetail = z.looseObject({
  eventArn: z.string().check(z.minLength(1)),
  service: z.string(),
  eventTypeCode: z.string(),
  eventTypeCategory: z.string(),
  eventRegion: z.optional(z.string()),
  statusCode: z.optional(z.string()),
  eventDescription: z._default(z.array(z.looseObject({ latestDescription: z.string() })), []),
  affectedEntities: z._default(z.array(z.looseObject({ entityValue: z.string() })), []),
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const statusDetail = z.looseObject({
  executionArn: z.string().check(z.startsWith('arn:')),
  stateMachineArn: z.string().check(z.startsWith('arn:')),
  status: z.string(),
  redriveCount: z._default(z.int(), 0),
  input: z.nullish(z.string()),
});

interface EventOrigin {
  readonly id: string;
  readonly region: string;
  readonly atMs: number;
}

/** An event that this project reacts to, in its own terms. */
export type TriggerEvent = EventOrigin &
  (
    | {
        readonly kind: 'alarm';
        readonly alarmName: string;
        readonly state: string;
        /** When the state changed, as the alarm says it. */
        readonly since: string;
        readonly reason: string;
        /** Values of the `Broker` dimension, `-1` or `-2` at their end included. */
        readonly brokerDimensions: readonly string[];
      }
    | {
        readonly kind: 'broker-call';
        readonly operation: string;
        readonly brokerId: string | undefined;
        readonly calledAtMs: number;
        readonly caller: string;
        /** The service refused the call. */
        readonly refused: boolean;
      }
    | {
        readonly kind: 'health';
        readonly eventArn: string;
        readonly typeCode: string;
        readonly category: string;
        readonly affectedRegion: string;
        readonly status: string;
        readonly description: string;
        readonly entities: readonly string[];
      }
    | {
        readonly kind: 'run-ended';
        readonly executionArn: string;
        readonly stateMachineArn: string;
        readonly status: string;
        /** JSON text; undefined when it was too long for the event. */
        readonly input: string | undefined;
        readonly redriveCount: number;
      }
  );

type Envelope = z.output<typeof envelope>;

const originOf = ({ id, region, time }: Envelope): EventOrigin => ({ id, region, atMs: time });

const textAt = (members: Readonly<Record<string, unknown>> | null | undefined, ...names: readonly string[]) => {
  for (const name of names) {
    const value = members?.[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
};

const readers: Readonly<Record<string, (event: Envelope, what: string) => TriggerEvent>> = {
  'CloudWatch Alarm State Change': (event, what) => {
    const alarm = parseInput(alarmDetail, event.detail, what);
    const { alarmName, state } = alarm;
    return {
      ...originOf(event),
      kind: 'alarm',
      alarmName,
      state: state.value,
      since: state.timestamp ?? new Date(event.time).toISOString(),
      reason: state.reason ?? 'no reason given',
      brokerDimensions: brokerDimensionsOf(alarm),
    };
  },
  'AWS API Call via CloudTrail': (event, what) => {
    const detail = parseInput(callDetail, event.detail, what);
    return {
      ...originOf(event),
      kind: 'broker-call',
      operation: detail.eventName,
      // CloudTrail spells a path parameter as the URI does.
      brokerId:
        textAt(detail.requestParameters, 'broker-id', 'brokerId') ?? textAt(detail.responseElements, 'brokerId'),
      calledAtMs: detail.eventTime,
      caller: detail.userIdentity?.arn ?? detail.userIdentity?.type ?? 'unknown',
      refused: detail.errorCode !== undefined,
    };
  },
  'AWS Health Event': (event, what) => {
    const detail = parseInput(healthDetail, event.detail, what);
    return {
      ...originOf(event),
      kind: 'health',
      eventArn: detail.eventArn,
      typeCode: detail.eventTypeCode,
      category: detail.eventTypeCategory,
      // The envelope's Region is where the event was delivered to, not what it is about.
      affectedRegion: detail.eventRegion ?? event.region,
      status: detail.statusCode ?? 'unknown',
      description: detail.eventDescription[0]?.latestDescription ?? 'no description',
      entities: detail.affectedEntities.map(({ entityValue }) => entityValue),
    };
  },
  'Step Functions Execution Status Change': (event, what) => {
    const { executionArn, stateMachineArn, status, redriveCount, input } = parseInput(statusDetail, event.detail, what);
    const run = { executionArn, stateMachineArn, status, redriveCount, input: input ?? undefined };
    return { ...originOf(event), kind: 'run-ended', ...run };
  },
};

/**
 * Reads an EventBridge event.
 *
 * @throws InvalidInput naming the nearest known detail-type, or every member that is missing or wrong
 */
export const readTriggerEvent = (value: unknown): TriggerEvent => {
  const event = parseInput(envelope, value, 'the event');
  const detailType = event['detail-type'];
  const reader = Object.hasOwn(readers, detailType) ? readers[detailType] : undefined;
  if (reader === undefined) {
    const hint = didYouMean(detailType, Object.keys(readers));
    throw new InvalidInput(`no reaction is defined for an event with the detail-type "${detailType}"${hint}`, {
      detailType,
      source: event.source,
    });
  }
  return reader(event, `the detail of "${detailType}"`);
};
