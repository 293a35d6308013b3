import * as z from 'zod';
import { type ApiRequest, type ApiService, isMembers, type Members } from '../api/service.ts';
import { notModelledOperation, parseMembers } from './parse-members.ts';

const putEventsInput = z.strictObject({
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: up to ten entries. */
  Entries: z
    .array(
      z.strictObject({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        Detail: z.string().optional(),
        Resources: z.array(z.string()).default([]),
        /** Epoch seconds. */
        Time: z.number().optional(),
        EventBusName: z
          .string()
          .regex(/(^|\/)default$/, 'only the default event bus is modelled')
          .optional(),
      }),
    )
    .min(1)
    .max(10),
});

type Entry = z.output<typeof putEventsInput>['Entries'][number];

/** An event as rules and targets see it (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html). */
export interface DeliveredEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Members;
}

/** What an embedded service needs to say to emit an event; the bus adds the rest. */
export interface EventDraft {
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources?: readonly string[];
  /** Milliseconds since the Unix epoch; now by default. */
  readonly atMs?: number;
  readonly detail: Members;
}

export interface EventBridgeServiceOptions {
  readonly accountId: string;
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
}

/** The default event bus of every Region: PutEvents, events of AWS services, and subscribers within the simulator. */
export class EventBridgeService implements ApiService {
  readonly signingName = 'events';
  readonly #options: EventBridgeServiceOptions;
  readonly #events: DeliveredEvent[] = [];
  readonly #listeners: ((event: DeliveredEvent) => void)[] = [];

  constructor(options: EventBridgeServiceOptions) {
    this.#options = options;
  }

  /** All events so far, oldest first. */
  get events(): readonly DeliveredEvent[] {
    return this.#events;
  }

  /** Calls `listener` with every event from now on, inside the actor that emits it: spawn an actor for longer work. */
  onEvent(listener: (event: DeliveredEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Puts an event on the bus of its Region, as an AWS service does. */
  deliver(event: DeliveredEvent): void {
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Makes an event of a draft and delivers it. */
  emit(draft: EventDraft): DeliveredEvent {
    const event: DeliveredEvent = {
      version: '0',
      id: this.#options.nextUuid(),
      'detail-type': draft.detailType,
      source: draft.source,
      account: this.#options.accountId,
      time: isoSeconds(draft.atMs ?? this.#options.nowMs()),
      region: draft.region,
      resources: draft.resources ?? [],
      detail: draft.detail,
    };
    this.deliver(event);
    return event;
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    if (operation !== 'PutEvents') throw notModelledOperation('EventBridge', operation);
    const call = { service: 'EventBridge', operation, invalidCode: 'ValidationException' };
    const { Entries } = parseMembers(putEventsInput, input, call);
    const results = Entries.map((entry) => this.#put(region, entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  #put(region: string, entry: Entry): Readonly<Record<string, string>> {
    const { Source, DetailType, Detail } = entry;
    if (Source === undefined || DetailType === undefined || Detail === undefined) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Source, DetailType or Detail is not given.' };
    }
    if (Source.startsWith('aws.')) {
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    }
    const detail = parseDetail(Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const event = this.emit({
      region,
      source: Source,
      detailType: DetailType,
      resources: entry.Resources,
      detail,
      ...(entry.Time !== undefined && { atMs: entry.Time * 1_000 }),
    });
    return { EventId: event.id };
  }
}

const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const parseDetail = (text: string): Members | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
