import type { Finding } from '../runtime/finding.ts';
import { countsOf, type DestinationCounts, hasQueue, type QueueCounts, wildcardMessages } from './queue-counts.ts';
import { unseenCauses } from './unseen-causes.ts';

/** What a scan of a queue counted itself. */
export interface ScanCounts {
  /** Messages that it held, each once. */
  readonly seen: number;
  /** Messages that it consumed. */
  readonly removed: number;
  /** Bytes of what it held; undefined where it did not count them. */
  readonly bytes?: number;
  /** Messages among them that expire; undefined where it did not count them. */
  readonly withExpiry?: number;
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

const harmless: readonly string[] = ['WALK_REMARK', 'COUNTS_UNVERIFIED', 'EMPTY_OR_MISSING', 'NO_QUEUES'];

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

/** A queue that the broker does not have, or has no more: nothing attaches to it, since that would create it. */
export const goneFinding = (queue: string, seen: number): Finding => ({
  code: 'QUEUE_GONE',
  message:
    seen === 0
      ? `${queue} was listed, and the broker does not have it any more`
      : `${queue} was removed during the scan, after ${seen} messages were seen`,
  evidence: { queue, seen },
});

/** What the broker shows of its destinations before and after a scan; undefined where nothing can be read. */
export interface AroundScan {
  readonly before: DestinationCounts | undefined;
  readonly after: DestinationCounts | undefined;
}

const wildcardNotes = (queue: string, counts: DestinationCounts | undefined): readonly Finding[] => {
  const foreign = counts === undefined ? 0 : wildcardMessages(counts, queue);
  return foreign === 0
    ? []
    : [
        scanNote(
          queue,
          `${foreign} messages of queues whose names are wildcards are offered to every consumer of ${queue}, and listed with it`,
        ),
      ];
};

/**
 * Whether a scan of a queue saw what the broker says of it: `judgeConservation`, where the broker's counters say anything.
 */
export const judgeScan = (queue: string, { before, after }: AroundScan, counts: ScanCounts): readonly Finding[] => {
  if (after !== undefined && !hasQueue(after, queue)) return [goneFinding(queue, counts.seen)];
  const odd = [before, after].flatMap((shown) => shown?.oddQueues ?? []).find((each) => each.queue === queue);
  if (odd !== undefined) {
    return [
      {
        code: 'COUNTS_ODD',
        message: `the broker's counters of ${queue} are impossible, so nothing confirms that every message was seen: ${odd.problem}`,
        evidence: { queue, problem: odd.problem, ...counts },
      },
    ];
  }
  const findings = [
    ...wildcardNotes(queue, after),
    ...judgeConservation(queue, countsOf(before, queue), countsOf(after, queue), counts),
  ];
  if (before !== undefined || after !== undefined || counts.seen > 0) return findings;
  const message = `${queue} holds nothing, or the broker does not have it: without the console nothing tells which`;
  return [...findings, { code: 'EMPTY_OR_MISSING', message, evidence: { queue } }];
};

/**
 * Whether the counts around a scan add up: exactly where nobody else used the queue meanwhile, else within what others
 * enqueued and dequeued. Gives what does not; without counters nothing can be said, and that is a finding too.
 */
export const judgeConservation = (
  queue: string,
  before: QueueCounts | undefined,
  after: QueueCounts | undefined,
  counts: ScanCounts,
): readonly Finding[] => {
  const { seen, removed } = counts;
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
      evidence: seen < least ? { ...evidence, missing: least - seen, likelyCauses: unseenCauses(counts) } : evidence,
    });
  }
  return findings;
};
