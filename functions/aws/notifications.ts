import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { printableText } from '../runtime/printable.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { clientCache, clientSettings } from './client-settings.ts';
import { translateError } from './translate-error.ts';

const clients = clientCache((runtime, region, purpose) => new SNSClient(clientSettings(runtime, region, purpose)));

/** What operators are notified of; no secrets. */
export interface Notification {
  readonly subject: string;
  readonly message: string;
}

/**
 * SNS takes subjects of printable ASCII below 100 characters and refuses the whole page otherwise:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const maxSubjectCharacters = 99;
const notPrintableAscii = /[^ -~]/g;

/**
 * Pages operators through the topic of this Region.
 *
 * @throws ServiceUnavailable, AccessDenied, NotFound, RequestRejected
 */
export const notify = async (runtime: Runtime, topicArn: string, notification: Notification): Promise<void> => {
  const region = topicArn.split(':')[3] ?? '';
  try {
    await clients(runtime, region, 'repeatable').send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: notification.subject.replace(notPrintableAscii, '?').slice(0, maxSubjectCharacters),
        Message: printableText(notification.message),
      }),
    );
  } catch (error) {
    throw translateError(error, { service: 'sns', operation: 'Publish', region, subject: topicArn });
  }
};
