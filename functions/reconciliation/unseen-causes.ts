/** Why a broker counts messages that it offers nobody. */
export interface UnseenCause {
  readonly cause: 'held-by-clients' | 'memory' | 'expired-and-stuck' | 'prepared-transactions' | 'undecodable';
  /** What speaks for it here. */
  readonly evidence: string;
  /** How to find out, and what helps. */
  readonly next: string;
}

const mebibyte = 1_048_576;

/** Below this a broker's memory has room: on the smallest type that is replicated it has some gigabytes. */
const muchMemoryBytes = 64 * mebibyte;

/**
 * The likely causes where no consumer is connected, the likeliest first: what the scan itself can tell of each. Sources:
 * docs/amazon-mq.md 14.8 and 14.17, and docs/adr/0014-queue-scan.md for memory.
 */
export const unseenCauses = ({
  seen,
  bytes,
  withExpiry,
}: {
  readonly seen: number;
  readonly bytes?: number;
  readonly withExpiry?: number;
}): readonly UnseenCause[] => {
  const memory: UnseenCause = {
    cause: 'memory',
    evidence:
      bytes === undefined
        ? 'how much the scan held is not known'
        : `the scan held ${seen} messages of ${Math.ceil(bytes / mebibyte)} MiB together`,
    next: 'look at the metric MemoryUsage during a scan: near 100 % the broker offers no more. Take a larger instance, or let consumers shorten the queue first',
  };
  const expired: UnseenCause = {
    cause: 'expired-and-stuck',
    evidence:
      withExpiry === undefined
        ? 'whether messages of this queue expire is not known'
        : `${withExpiry} of the ${seen} messages that were seen have an expiry`,
    next: 'messages that expired while the broker was a replica are counted and offered to nobody. Only a restart of the broker helps: reboot it, and they go to the dead-letter queue within a minute',
  };
  const hasMuch = (bytes ?? 0) >= muchMemoryBytes;
  const expires = (withExpiry ?? 0) > 0;
  return [
    ...(hasMuch ? [memory] : []),
    ...(expires ? [expired] : []),
    {
      cause: 'held-by-clients',
      evidence: 'no consumer is connected now; a client that vanished keeps what it had for half a minute',
      next: 'run again after a minute',
    },
    {
      cause: 'prepared-transactions',
      evidence: 'a scan cannot see them',
      next: 'look at the metric OpenTransactionCount: what a prepared XA transaction took or sent stays invisible until its transaction manager commits it or rolls it back',
    },
    {
      cause: 'undecodable',
      evidence: 'the broker skips what it cannot convert to AMQP, such as a stream message with bytes in it',
      next: 'look at the same number after each run: consume such a message with a JMS client',
    },
    ...(expires ? [] : [expired]),
    ...(hasMuch ? [] : [memory]),
  ];
};
