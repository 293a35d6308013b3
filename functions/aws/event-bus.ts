import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { RequestRejected, ServiceUnavailable } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache(
  (runtime, region, purpose) => new EventBridgeClient(clientSettings(runtime, region, purpose)),
);

/** The source of every event of this project. */
export const eventSource = 'mq-dr';

/**
 * Codes of an entry that may be put again, as PutEvents lists them:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const transientCodes: readonly string[] = ['ThrottlingException', 'InternalFailure', 'InternalException'];

/** What is announced on the default bus; the detail holds no secrets. */
export interface BusEvent {
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Puts one event on a Region's default bus. An event may arrive more than once.
 *
 * @throws ServiceUnavailable, AccessDenied, RequestRejected
 */
export const putEvent = async (runtime: Runtime, region: string, { detailType, detail }: BusEvent): Promise<void> => {
  const call = { service: 'events', operation: 'PutEvents', region, subject: detailType };
  const entry = { Source: eventSource, DetailType: detailType, Detail: JSON.stringify(detail) };
  let code: string | undefined;
  try {
    const answer = await clients(runtime, region, 'repeatable').send(new PutEventsCommand({ Entries: [entry] }));
    code = answer.Entries?.[0]?.ErrorCode;
  } catch (error) {
    throw translateError(error, call);
  }
  // A call that was answered may still have refused its entry.
  if (code === undefined) return;
  const message = `events:PutEvents in ${region} did not take the event "${detailType}": ${code}`;
  if (transientCodes.includes(code)) throw new ServiceUnavailable(message, { ...call, code });
  throw new RequestRejected(message, { ...call, code });
};
