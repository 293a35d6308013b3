import type { StoredMessage } from './stored-queue.ts';

/** A change of a broker's store that crosses to its replica. docs/amazon-mq.md section 3. */
export type ReplicationEvent =
  | { readonly kind: 'queue-created'; readonly queue: string }
  | { readonly kind: 'send'; readonly queue: string; readonly message: StoredMessage }
  /** A message left its queue: acknowledged, expired or dead-lettered. */
  | { readonly kind: 'ack'; readonly queue: string; readonly key: string }
  | { readonly kind: 'purge'; readonly queue: string };

/** What happened to a replicated event: `skipped` when the replica has the message already, or does not have it. */
export type ApplyResult = 'applied' | 'skipped';

/** Size of an event without a message on the link; about what a serialised acknowledgement takes. */
const plainEventBytes = 250;

/** Bytes that an event takes of a batch. */
export const eventBytes = (event: ReplicationEvent): number =>
  event.kind === 'send' ? event.message.bytes.length + plainEventBytes : plainEventBytes;
