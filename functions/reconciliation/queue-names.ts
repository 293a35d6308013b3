import type { ReconciliationConfig } from '../config/reconciliation-config.ts';
import { queueNameProblem } from '../ledger/destination.ts';

/**
 * Destinations that hold no application's messages: those of the replication plugin (docs/amazon-mq.md 12), advisories
 * and the broker's own statistics.
 */
const brokersOwn: readonly string[] = ['ActiveMQ.Plugin.*', 'ActiveMQ.Advisory.*', 'ActiveMQ.Statistics.*'];

/**
 * Where a broker puts what nobody could process; a copy there has the id of the original, so the ledger says nothing
 * about it. https://activemq.apache.org/components/classic/documentation/message-redelivery-and-dlq-handling
 */
const deadLetters: readonly string[] = ['ActiveMQ.DLQ', 'ActiveMQ.DLQ.*', 'DLQ', 'DLQ.*'];

/** Whether a name fits a pattern in which `*` stands for any text. */
export const fitsPattern = (name: string, pattern: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
};

const fitsAny = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => fitsPattern(name, pattern));

type QueueChoice = Pick<ReconciliationConfig, 'queues' | 'quarantinePrefix'>;

/** The outcome for each name that was found. */
export interface ChosenQueues {
  /** To be reconciled, each once, in the order of their names. */
  readonly queues: readonly string[];
  /** Left alone, with the reason. */
  readonly excluded: readonly { readonly queue: string; readonly reason: ExclusionReason }[];
  /** Chosen, but no client can ask the broker for this queue alone. */
  readonly unaddressable: readonly { readonly queue: string; readonly problem: string }[];
  /** Names that were asked for and that the broker does not have. */
  readonly unknown: readonly string[];
  /** Names and patterns of the configuration that fit none of the names that were found. */
  readonly unmatched: readonly string[];
}

type ExclusionReason = 'broker' | 'dead-letters' | 'quarantine' | 'canary' | 'configured' | 'not-included';

/**
 * Chooses the queues of a run from those that were found.
 *
 * @param asked names or patterns of this run; all that the configuration includes when undefined
 * @param canaryQueue the pair's own queue of canaries, which holds nothing else
 */
export const chooseQueues = (
  found: readonly string[],
  config: QueueChoice,
  asked: readonly string[] | undefined,
  canaryQueue: string | undefined,
): ChosenQueues => {
  const reasonFor = (queue: string): ExclusionReason | undefined => {
    if (fitsAny(queue, brokersOwn)) return 'broker';
    if (fitsAny(queue, deadLetters)) return 'dead-letters';
    if (queue.startsWith(config.quarantinePrefix)) return 'quarantine';
    if (queue === canaryQueue) return 'canary';
    // A run may name a queue that the settings leave alone: by its full name, so that no pattern does so by accident.
    if (asked?.includes(queue)) return undefined;
    if (fitsAny(queue, config.queues.exclude)) return 'configured';
    return fitsAny(queue, config.queues.include) && (asked === undefined || fitsAny(queue, asked))
      ? undefined
      : 'not-included';
  };
  const names = [...new Set(found)].sort();
  const chosen = names
    .filter((queue) => reasonFor(queue) === undefined)
    .map((queue) => ({ queue, problem: addressProblem(queue) }));
  const excluded = names.flatMap((queue) => {
    const reason = reasonFor(queue);
    return reason === undefined ? [] : [{ queue, reason }];
  });
  return {
    queues: chosen.flatMap(({ queue, problem }) => (problem === undefined ? [queue] : [])),
    unaddressable: chosen.flatMap(({ queue, problem }) => (problem === undefined ? [] : [{ queue, problem }])),
    excluded,
    unknown: unmatchedBy(names, asked ?? []),
    unmatched: unmatchedBy(names, config.queues.include),
  };
};

const unmatchedBy = (names: readonly string[], patterns: readonly string[]): readonly string[] =>
  patterns.filter((pattern) => !names.some((queue) => fitsPattern(queue, pattern)));

/** Why a client cannot ask for the queue; in a list of queues, as which a scan asks, the broker trims the names. */
const addressProblem = (queue: string): string | undefined =>
  queueNameProblem(queue) ?? (queue === queue.trim() ? undefined : 'the broker drops the space around a name');
