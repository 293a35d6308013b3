import type { NamedMessage } from '../../testbed/accounting.ts';
import { count, duration, elapsed } from '../../testbed/page/format.ts';
import { approvalsOf, epochsOf } from '../journal/decisions.ts';
import { failoverTimelinesOf } from '../journal/failover-timeline.ts';
import type { ApiCallCount, Journal } from '../journal/journal.ts';
import { promotionsOf } from '../journal/promotions.ts';
import { sumBy } from '../journal/summary.ts';
import { type Block, type ColumnOf, paragraph, type Text, tableOf } from './document.ts';
import { reportFindings } from './report-findings.ts';

/** Rows of a table that may grow with every message or log line; the journal has them all. */
const maxRows = 200;

const failed = (text: string): Text => ({ text, tone: 'bad', bold: true });
const warn = (text: string): Text => ({ text, tone: 'warn' });

/** Virtual time since the start of the run. */
const clockOf = (journal: Journal) => {
  const startMs = Date.parse(journal.start);
  return (atMs: number, tenths = false): string => elapsed(atMs - startMs, tenths);
};

const verdict = (met: boolean | undefined): Text => {
  if (met === undefined) return warn('not checked');
  return met ? { text: 'holds', tone: 'good' } : failed('does not hold');
};

/** What the hypothesis says, before and after. */
export const hypothesis = ({ steady_states: { before, after } }: Journal): readonly Block[] => {
  const shown = after ?? before;
  if (shown === null) return [paragraph('The hypothesis was not checked.')];
  const probes = shown.probes.map(({ activity, tolerance_met, finding }, index) => {
    const earlier = before?.probes[index]?.tolerance_met;
    const now = verdict(after === null ? undefined : tolerance_met);
    return { name: activity.name, verdict: now, finding, ...(earlier !== true && { before: verdict(earlier) }) };
  });
  return [paragraph(shown.title), { kind: 'probes', probes }];
};

const between = (fromMs: number | undefined, toMs: number | undefined, absent: string): Text =>
  fromMs === undefined || toMs === undefined ? warn(absent) : duration(toMs - fromMs);

const phase = (milliseconds: number | null): string => (milliseconds === null ? '–' : duration(milliseconds));

/** Every promotion, and what went with it: phases of each failover, recorded epochs, approvals. */
export const promotions = (journal: Journal): readonly Block[] => {
  const at = clockOf(journal);
  return [
    ...tableOf(
      'Promotions',
      promotionsOf(journal),
      [
        ['Pair', ({ pair }) => pair],
        ['Mode', ({ mode }) => mode.toLowerCase()],
        ['Promoted', ({ brokerName, region }) => `${brokerName} (${region})`, 'short'],
        ['At', ({ requestedAtMs }) => at(requestedAtMs), 'short'],
        [
          'Exchanged after',
          ({ requestedAtMs, completedAtMs }) => between(requestedAtMs, completedAtMs, 'not completed'),
          'number',
        ],
        [
          'Noticed after',
          ({ completedAtMs, detectedAtMs }) => between(completedAtMs, detectedAtMs, 'not noticed'),
          'number',
        ],
        ['Service gap', ({ unavailableMs }) => duration(unavailableMs), 'number'],
        ['Gap measured by', ({ unavailableFrom }) => unavailableFrom],
      ],
      { none: 'Nothing was promoted.' },
    ),
    ...tableOf(
      'Failovers after the loss of a Region, phase by phase',
      failoverTimelinesOf(journal),
      [
        ['Pair', ({ pair }) => pair],
        ['Lost at', ({ blackoutAtMs }) => at(blackoutAtMs), 'short'],
        ['To the first signal', ({ firstSignalMs }) => phase(firstSignalMs)],
        ['To agreement', ({ agreementMs }) => phase(agreementMs)],
        ['To Promote', ({ promoteMs }) => phase(promoteMs)],
        ['To the first message', ({ firstMessageMs }) => phase(firstMessageMs)],
      ],
      { captionShown: true },
    ),
    ...tableOf(
      'Epochs',
      epochsOf(journal.records),
      [
        ['Pair', ({ pair }) => pair],
        ['Epoch', ({ epoch }) => String(epoch)],
        ['Mode', ({ mode }) => mode.toLowerCase()],
        ['Recorded', ({ atMs }) => at(atMs), 'short'],
      ],
      { captionShown: true },
    ),
    ...tableOf(
      'Approvals',
      approvalsOf(journal.records),
      [
        ['Pair', ({ pair }) => pair],
        ['Requested', ({ atMs }) => at(atMs), 'short'],
        ['Question', ({ question }) => question],
        ['Answer', ({ answer }) => answer],
      ],
      { captionShown: true },
    ),
  ];
};

/** The delivery accounting of every pair with traffic, and each message that needs a name. */
export const messages = (journal: Journal): readonly Block[] => {
  const at = clockOf(journal);
  const { traffic } = journal;
  const named: readonly ColumnOf<NamedMessage>[] = [
    ['Message', ({ id }) => id],
    ['Queue', ({ queue }) => queue],
    ['Sent', ({ sentAtMs }) => at(sentAtMs, true), 'short'],
    ['Processed', ({ processedAtMs }) => processedAtMs.map((atMs) => at(atMs, true)).join(', ') || 'never'],
    ['Stored on', ({ storedOn }) => storedOn.join(', ') || 'none'],
  ];
  return [
    ...tableOf(
      'Messages at the end of the run',
      traffic,
      [
        ['Pair', ({ pair }) => pair],
        ['Sent', (pair) => count(pair.messages.sent), 'number'],
        ['Confirmed', (pair) => count(pair.messages.confirmed), 'number'],
        ['Once', (pair) => count(pair.messages.processedOnce), 'number'],
        ['Twice', (pair) => count(pair.messages.processedTwice), 'number'],
        ['Lost', (pair) => count(pair.messages.lost), 'number'],
        ['Stranded', (pair) => count(pair.messages.stranded), 'number'],
        ['On a queue', (pair) => count(pair.messages.queued), 'number'],
        ['Unknown outcome', (pair) => count(pair.messages.unknown.total), 'number'],
        ['Drained', ({ drained }) => (drained ? 'yes' : warn('no'))],
      ],
      { none: 'This scenario has no traffic.' },
    ),
    ...traffic.flatMap(({ messages: { named: classes } }) =>
      (
        [
          ['Lost: confirmed, never processed, on no broker', classes.lost],
          ['Processed more than once', classes.processedTwice],
          ['Stranded: confirmed, and only on a broker that takes no clients', classes.stranded],
        ] as const
      ).flatMap(([caption, list]) => tableOf(caption, list, named, { captionShown: true, maxRows })),
    ),
  ];
};

/** Refusals, warnings, errors and notifications in order of time. */
export const findings = (journal: Journal): readonly Block[] => {
  const at = clockOf(journal);
  const kindOf = (kind: string): Text => {
    if (kind === 'notification') return kind;
    return { text: kind, tone: kind === 'warning' ? 'warn' : 'bad' };
  };
  return tableOf(
    'Refusals, warnings, errors, notifications',
    reportFindings(journal),
    [
      ['At', ({ atMs }) => at(atMs), 'short'],
      ['Kind', ({ kind }) => kindOf(kind)],
      ['From', ({ source }) => source],
      ['What', ({ text }) => text],
    ],
    { none: 'None.', maxRows },
  );
};

/** The method and the rollbacks as they went, and each workflow run with what AWS would count. */
export const steps = (journal: Journal): readonly Block[] => {
  const at = clockOf(journal);
  return [
    ...tableOf(
      'Method and rollbacks',
      [...journal.run, ...journal.rollbacks],
      [
        ['Step', ({ activity }) => activity.name],
        ['Began', ({ start }) => at(Date.parse(start)), 'short'],
        ['Took', (step) => duration(step.duration * 1_000), 'number'],
        [
          'Status',
          ({ status }) => {
            if (status === 'succeeded') return status;
            return status === 'skipped' ? warn(status) : failed(status);
          },
        ],
        ['Why', ({ exception = '' }) => exception],
      ],
      { captionShown: true, none: 'No step was taken.' },
    ),
    ...tableOf(
      'Workflow runs',
      journal.records.workflows,
      [
        ['Run', ({ run }) => run],
        ['Region', ({ region }) => region, 'short'],
        ['Status', ({ status }) => (status === 'SUCCEEDED' ? 'succeeded' : failed(status.toLowerCase()))],
        ['Began', ({ startedAtMs }) => at(startedAtMs), 'short'],
        [
          'Took',
          ({ startedAtMs, endedAtMs }) =>
            endedAtMs === undefined ? 'still running' : duration(endedAtMs - startedAtMs),
          'number',
        ],
        ['Transitions', ({ transitions }) => count(transitions), 'number'],
        ['History events', ({ historyEvents }) => count(historyEvents), 'number'],
      ],
      { captionShown: true, none: 'No workflow ran.' },
    ),
  ];
};

/** How often each operation was called in each Region, and how often it failed. */
export const apiCalls = ({ records: { apiCallCounts: counts } }: Journal): readonly Block[] => {
  const regions = [...new Set(counts.map(({ region }) => region))].sort();
  const nameOf = ({ service, operation }: ApiCallCount): string => `${service}:${operation}`;
  const perRegion = sumBy(counts, (each) => [`${nameOf(each)} ${each.region}`, each.calls]);
  const failures = sumBy(
    counts.filter(({ outcome }) => outcome !== 'ok'),
    (failed) => [nameOf(failed), failed.calls],
  );
  return tableOf(
    'API calls by operation and Region',
    Object.entries(sumBy(counts, (each) => [nameOf(each), each.calls])),
    [
      ['Operation', ([operation]) => operation],
      ...regions.map((region): ColumnOf<[string, number]> => {
        return [region, ([operation]) => count(perRegion[`${operation} ${region}`] ?? 0), 'number'];
      }),
      ['Calls', ([, calls]) => count(calls), 'number'],
      ['Errors', ([operation]) => count(failures[operation] ?? 0), 'number'],
    ],
    { none: 'None.' },
  );
};

/** What the run was made of, and the command that repeats it. */
export const environment = ({ environment: made, start, end }: Journal): readonly Block[] => [
  paragraph('To repeat this run exactly:'),
  { kind: 'command', text: made.command },
  ...tableOf(
    'Versions and settings',
    [
      ['Scenario', made.scenario],
      ['Seed', String(made.seed)],
      ['mq-dr', made.version],
      ['Node.js', `${made.node} on ${made.platform}`],
      ...Object.entries(made.packages),
      ['Virtual time', `${start} to ${end}`],
      ['Wall time', `${duration(made.wall.milliseconds)}, began ${made.wall.startedAt}`],
    ] as const,
    [
      ['What', ([what]) => what],
      ['Value', ([, value]) => value],
    ],
  ),
];
