import * as z from 'zod';
import { ApiFault, type ApiRequest, type ApiService, type Members } from '../api/service.ts';
import { notModelledOperation, parseMembers } from './parse-members.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: subjects below 100 characters, 256 KiB of message. */
const publishInput = z.strictObject({
  TopicArn: z.string().min(1),
  Subject: z
    .string()
    .min(1)
    .max(99)
    .regex(/^[^\p{Cc}]*$/u, 'no line breaks or control characters')
    .optional(),
  Message: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 262_144, 'Message too long'),
});

/** A message that was published to a topic. */
export interface PublishedNotification {
  readonly atMs: number;
  readonly region: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
}

export interface SnsServiceOptions {
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
}

/** SNS: Publish to topics that the simulator was set up with; what is published is kept. */
export class SnsService implements ApiService {
  readonly signingName = 'sns';
  readonly #options: SnsServiceOptions;
  readonly #topics = new Set<string>();
  readonly #notifications: PublishedNotification[] = [];
  readonly #listeners: ((notification: PublishedNotification) => void)[] = [];

  constructor(options: SnsServiceOptions) {
    this.#options = options;
  }

  addTopic(topicArn: string): void {
    this.#topics.add(topicArn);
  }

  /** Calls the listener with everything that is published from now on. */
  onNotification(listener: (notification: PublishedNotification) => void): void {
    this.#listeners.push(listener);
  }

  /** Oldest first. */
  get notifications(): readonly PublishedNotification[] {
    return this.#notifications;
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    if (operation !== 'Publish') throw notModelledOperation('SNS', operation);
    const call = { service: 'SNS', operation, invalidCode: 'InvalidParameter' };
    const { TopicArn, Subject, Message } = parseMembers(publishInput, input, call);
    if (TopicArn.split(':')[3] !== region) {
      throw new ApiFault('InvalidParameter', 400, 'Invalid parameter: TopicArn');
    }
    if (!this.#topics.has(TopicArn)) throw new ApiFault('NotFound', 404, 'Topic does not exist');
    const messageId = this.#options.nextUuid();
    const notification: PublishedNotification = {
      atMs: this.#options.nowMs(),
      region,
      topicArn: TopicArn,
      messageId,
      subject: Subject,
      message: Message,
    };
    this.#notifications.push(notification);
    for (const listener of this.#listeners) listener(notification);
    return { MessageId: messageId };
  }
}
