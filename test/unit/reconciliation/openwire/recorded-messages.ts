import recorded from './recorded-messages.json' with { type: 'json' };

/** A message as ActiveMQ 5.18.3 sent it to this client, and what a JMS client reads of it (KindsTool of the real tests). */
export interface RecordedMessage {
  readonly what: string;
  readonly bytes: Buffer;
  readonly known: (typeof recorded)[number]['known'];
}

export const recordedMessages: readonly RecordedMessage[] = recorded.map(({ what, bytes, known }) => ({
  what: `${what} ${known.id}`,
  bytes: Buffer.from(bytes, 'base64'),
  known,
}));
