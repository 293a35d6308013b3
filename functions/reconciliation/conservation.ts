import type { Finding } from '../runtime/finding.ts';
import type { QueueCounts } from './queue-counts.ts';

/** What a scan of a queue counted itself. */
export interface ScanCounts {
  /** Messages that it held, each once. */
  readonly seen: number;
  /** Messages that it consumed. */
  readonly removed: number;
}

/** A note of a scan as a finding. */
export const scanNote = (queue: string, message: string): Finding => ({
  code: 'WALK_REMARK',
  message,
  evidence: { queue },
});

/**
 * Whether a finding leaves a scan complete: a note says so by itself, and without counters the scan still
 * knows the end of the queue. What consumers have in flight was not judged, whoever they are.
 */
export const isHarmless = ({ code }: Finding): boolean => harmless.includes(code);

const harmless: readonly string[] = ['WALK_REMARK', 'COUNTS_UNVERIFIED'];

/** Whether the manifest has a line for every message that the scan held. */
export const judgeLines = (queue: string, seen: number, lines: number): readonly Finding[] =>
  seen === lines
    ? []
    : [
        {
          code: 'LINES_MISMATCH',
          message: `${seen} messages of ${queue} were seen, but the manifest lists ${lines}`,
          evidence: { queue, seen, lines },
        },
      ];

const since = (before: QueueCounts, after: QueueCounts) => ({
  enqueued: after.enqueued - before.enqueued,
  dequeued: after.dequeued - before.dequeued,
});

/**
 * Whether the counts around a scan add up: exactly where nobody else used the queue meanwhile, else within what others
 * enqueued and dequeued. Gives what does not; without counters nothing can be said, and that is a finding too.
 */
export const judgeConservation = (
  queue: string,
  before: QueueCounts | undefined,
  after: QueueCounts | undefined,
  { seen, removed }: ScanCounts,
): readonly Finding[] => {
  if (before === undefined || after === undefined) {
    const message = `the counters of ${queue} could not be read, so nothing confirms that every message was seen`;
    return [{ code: 'COUNTS_UNVERIFIED', message, evidence: { queue, seen, removed } }];
  }
  const { enqueued, dequeued } = since(before, after);
  const evidence = { queue, seen, removed, sizeBefore: before.size, sizeAfter: after.size, enqueued, dequeued };
  if (enqueued < 0 || dequeued < 0) {
    const message = `the counters of ${queue} went back: the broker restarted during the scan`;
    return [{ code: 'COUNTS_RESTARTED', message, evidence }];
  }
  const findings: Finding[] = [];
  const takenByOthers = dequeued - removed;
  if (takenByOthers < 0) {
    findings.push({
      code: 'REMOVAL_MISMATCH',
      message: `${removed} messages of ${queue} were consumed by this run, but the broker counts ${dequeued}`,
      evidence,
    });
  }
  if (after.size !== before.size + enqueued - dequeued) {
    findings.push({
      code: 'SIZE_MISMATCH',
      message: `${queue} held ${before.size}, ${enqueued} arrived and ${dequeued} left, but it now holds ${after.size}`,
      evidence,
    });
  }
  const least = before.size - Math.max(takenByOthers, 0);
  const most = before.size + enqueued;
  const others = Math.max(before.consumers, after.consumers);
  if (seen < least && others > 0) {
    findings.push({
      code: 'HELD_BY_CONSUMERS',
      message: `${least - seen} messages of ${queue} were in flight with its ${others} consumers and were not classified`,
      evidence: { ...evidence, consumers: others },
    });
  } else if (seen < least || seen > most) {
    const expected = least === most ? String(most) : `${least} to ${most}`;
    findings.push({
      code: 'SEEN_MISMATCH',
      message: `${seen} messages of ${queue} were seen, but the queue held ${expected}`,
      evidence,
    });
  }
  return findings;
};
