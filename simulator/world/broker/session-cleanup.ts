import { createHash } from 'node:crypto';
import type { Sender, Session } from 'rhea';

/**
 * The links of a connection that ended with them attached, in the order in which the broker cleans up: session by
 * session in the order of a hash map, so that what several links held comes back in blocks that are out of order, each
 * block in its own. docs/amazon-mq.md section 14.
 *
 * @param links in the order in which they were opened
 * @param connectionId gives the hash
 */
export const inCleanupOrder = (links: readonly Sender[], connectionId: string): readonly Sender[] => {
  const numbers = new Map<Session, number>();
  for (const { session } of links) if (!numbers.has(session)) numbers.set(session, numbers.size);
  const hash = createHash('sha256').update(connectionId).digest().readUInt16BE();
  const place = ({ session }: Sender): number => (numbers.get(session) ?? 0) ^ (hash | 1);
  return links.toSorted((one, other) => place(one) - place(other));
};
