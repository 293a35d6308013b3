import type { Clock } from '../../runtime/clock.ts';
import type { Chunk, HeldDelivery } from './queue-reader.ts';
import { transactionLimits } from './scan-limits.ts';

/** The outcome of removing messages. */
export interface RemovalCount {
  readonly removed: number;
  /** Messages that the broker did not let go to the quarantine; they stay. */
  readonly refused: readonly { readonly held: HeldDelivery; readonly why: string }[];
  /** Messages for which there was no time. */
  readonly late: readonly HeldDelivery[];
}

/** Parts of a list, each within the limits of one transaction; a message that is too large alone is a part alone. */
export const transactionsOf = <T extends { readonly bytes: { readonly length: number } }>(
  messages: readonly T[],
): readonly (readonly T[])[] => {
  const parts: T[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const last = parts.at(-1);
    const fits =
      last !== undefined &&
      last.length < transactionLimits.messages &&
      bytes + message.bytes.length <= transactionLimits.bytes;
    if (fits) last.push(message);
    else parts.push([message]);
    bytes = (fits ? bytes : 0) + message.bytes.length;
  }
  return parts;
};

/**
 * Removes messages of one chunk. Where the broker refuses a transaction, its messages are tried one by one, so that only
 * those stay that it refuses.
 *
 * @throws as QuarantineMover.move
 */
export const removeFrom = async (
  { link, path: { mover } }: Chunk,
  messages: readonly HeldDelivery[],
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): Promise<RemovalCount> => {
  let removed = 0;
  const refused: { held: HeldDelivery; why: string }[] = [];
  const late: HeldDelivery[] = [];
  const waiting = mover === undefined ? [] : [...transactionsOf(messages)];
  for (let part = waiting.shift(); part !== undefined && mover !== undefined; part = waiting.shift()) {
    if (clock.nowMs() >= deadlineMs) {
      late.push(...part);
      continue;
    }
    const why = await mover.move(link, part);
    const [only] = part;
    if (why === undefined) removed += part.length;
    else if (part.length === 1 && only !== undefined) refused.push({ held: only, why });
    else waiting.unshift(...part.map((message) => [message]));
  }
  return { removed, refused, late };
};
