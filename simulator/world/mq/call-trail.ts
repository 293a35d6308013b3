import { redactSecrets } from '../../api/redaction.ts';
import type { ApiRequest } from '../../api/service.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { EventDraft } from '../event-bridge.ts';

export interface CallTrailOptions {
  readonly clock: VirtualClock;
  readonly accountId: string;
  /** Virtual time from a call to its event. */
  readonly delayMs: number;
  readonly emit: (draft: EventDraft) => void;
}

/** Calls that reach EventBridge via CloudTrail; reads do not. docs/amazon-mq.md 11. */
const recordedCalls: readonly string[] = ['CreateBroker', 'UpdateBroker', 'RebootBroker', 'DeleteBroker', 'Promote'];

/** Puts calls that change a broker on the event bus, some time after they were made. */
export class CallTrail {
  readonly #options: CallTrailOptions;

  constructor(options: CallTrailOptions) {
    this.#options = options;
  }

  /** Records a call with its answer, or with the code of the error that it got. */
  record(request: ApiRequest, outcome: { readonly answer: unknown } | { readonly errorCode: string }): void {
    const { operation, region, caller } = request;
    if (!recordedCalls.includes(operation)) return;
    const { clock, accountId, delayMs, emit } = this.#options;
    const { brokerId, ...members } = request.input;
    const eventTime = `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
    const detail = {
      eventVersion: '1.08',
      userIdentity: { type: 'AssumedRole', arn: `arn:aws:sts::${accountId}:assumed-role/${caller ?? 'unknown'}` },
      eventTime,
      eventSource: 'amazonmq.amazonaws.com',
      eventName: operation,
      awsRegion: region,
      // CloudTrail spells a path parameter as the URI does.
      requestParameters: redactSecrets({ ...(brokerId !== undefined && { 'broker-id': brokerId }), ...members }),
      ...('errorCode' in outcome
        ? { errorCode: outcome.errorCode, responseElements: null }
        : { responseElements: outcome.answer }),
    };
    clock.spawn(`cloudtrail ${region}: ${operation}`, async () => {
      await clock.sleepMs(delayMs);
      emit({ region, source: 'aws.amazonmq', detailType: 'AWS API Call via CloudTrail', detail });
    });
  }
}
