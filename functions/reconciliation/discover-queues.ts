import type { ReconciliationConfig } from '../config/reconciliation-config.ts';
import type { Finding } from '../runtime/finding.ts';
import type { DestinationCounts } from './queue-counts.ts';
import { type ChosenQueues, chooseQueues, fitsPattern } from './queue-names.ts';

/** Where names of queues come from. */
export interface DiscoveryPorts {
  /** Exact counters of the destinations; undefined where none can be read. */
  readonly readCounts: () => Promise<DestinationCounts | undefined>;
  /** Queues that CloudWatch has metrics of. */
  readonly listQueues: () => Promise<readonly string[]>;
}

/** The queues of a run. */
export interface Discovery {
  readonly queues: readonly string[];
  /** Asked for, and not there or never reconciled: the run is refused. */
  readonly blockers: readonly Finding[];
  /** What the run does not cover: its result is incomplete. */
  readonly uncovered: readonly Finding[];
  readonly excluded: number;
}

/** More subscriptions than this are counted, not named: a finding is read by a person. */
const namedSubscriptions = 10;

const subscriptionFindings = (counts: DestinationCounts | undefined): readonly Finding[] => {
  if (counts !== undefined && counts.durableSubscriptions === undefined) {
    return [
      {
        code: 'SUBSCRIPTIONS_UNREADABLE',
        message: `the broker does not show its durable subscriptions, so nobody knows whether they hold messages: ${counts.subscriptionsProblem}`,
        evidence: { problem: counts.subscriptionsProblem },
      },
    ];
  }
  const waiting = counts?.durableSubscriptions?.filter(({ pending }) => pending > 0) ?? [];
  if (waiting.length === 0) return [];
  return [
    {
      code: 'DURABLE_SUBSCRIPTIONS',
      message: `${waiting.length} durable subscriptions hold messages, and none of these is reconciled`,
      evidence: {
        subscriptions: waiting
          .slice(0, namedSubscriptions)
          .map(({ clientId, name, topic, pending }) => `${clientId}/${name} on ${topic}: ${pending}`),
      },
    },
  ];
};

const namesFrom = async (
  source: ReconciliationConfig['queues']['source'],
  include: readonly string[],
  counts: DestinationCounts | undefined,
  ports: DiscoveryPorts,
): Promise<readonly string[]> => {
  switch (source) {
    case 'console':
      return counts === undefined
        ? []
        : [...counts.queues.keys(), ...(counts.oddQueues ?? []).map(({ queue }) => queue)];
    case 'metrics':
      return await ports.listQueues();
    case 'list':
      return include;
  }
};

/** So many of the queues that a pattern fits are named with the reason why they are left alone. */
const namedExclusions = 5;

/** Queues that are chosen and cannot be asked for. */
const nameFindings = ({ unaddressable }: ChosenQueues): readonly Finding[] =>
  unaddressable.map(({ queue, problem }) => ({
    code: 'QUEUE_NAME_UNADDRESSABLE',
    message: `"${queue}" cannot be scanned: ${problem}`,
    evidence: { queue },
  }));

/** What the settings include and the source does not list. A run that was asked for something else is told of that. */
const includeFindings = (
  { unmatched, queues, unaddressable }: ChosenQueues,
  { source, found }: { readonly source: string; readonly found: number },
): readonly Finding[] => [
  ...unmatched
    .filter((pattern) => pattern !== '*')
    .map((pattern) => ({
      code: 'INCLUDE_UNMATCHED',
      message: `"${pattern}" of queues.include fits none of the ${found} queues that the source "${source}" lists`,
      evidence: { pattern, source },
    })),
  ...(queues.length + unaddressable.length > 0
    ? []
    : [
        {
          code: 'NO_QUEUES',
          message: `none of the ${found} queues that the source "${source}" lists is to be reconciled: nothing was looked at`,
          evidence: { source, found },
        },
      ]),
];

/** A pattern that was asked for and that leaves nothing to do is an error in the input. */
const askedFindings = (
  asked: readonly string[],
  { queues, unaddressable, excluded, unknown }: ChosenQueues,
  from: { readonly source: string; readonly found: number },
): readonly Finding[] =>
  asked.flatMap((pattern): readonly Finding[] => {
    if (unknown.includes(pattern)) {
      const message = `no queue matches "${pattern}" among the ${from.found} that the source "${from.source}" lists`;
      return [{ code: 'QUEUE_UNKNOWN', message, evidence: { pattern, source: from.source } }];
    }
    if (queues.some((queue) => fitsPattern(queue, pattern))) return [];
    if (unaddressable.some(({ queue }) => fitsPattern(queue, pattern))) return [];
    const named = excluded
      .filter(({ queue }) => fitsPattern(queue, pattern))
      .slice(0, namedExclusions)
      .map(({ queue, reason }) => `${queue} (${reason})`);
    const message = `every queue that matches "${pattern}" is excluded: ${named.join(', ')}`;
    return [{ code: 'QUEUE_EXCLUDED', message, evidence: { pattern, excluded: named } }];
  });

/**
 * Finds the queues of a run from the source that the pair's settings name.
 *
 * @param asked names or patterns of this run; all that the settings include when undefined
 * @throws errors of the source
 */
export const discoverQueues = async (
  config: ReconciliationConfig,
  asked: readonly string[] | undefined,
  canaryQueue: string | undefined,
  ports: DiscoveryPorts,
): Promise<Discovery> => {
  const { source, include } = config.queues;
  const counts = source === 'console' ? await ports.readCounts() : undefined;
  const found = await namesFrom(source, include, counts, ports);
  const chosen = chooseQueues(found, config, asked, canaryQueue);
  const from = { source, found: found.length };
  return {
    queues: chosen.queues,
    excluded: chosen.excluded.length,
    blockers: askedFindings(asked ?? [], chosen, from),
    uncovered: [
      ...nameFindings(chosen),
      ...(asked === undefined ? includeFindings(chosen, from) : []),
      ...subscriptionFindings(counts),
    ],
  };
};
