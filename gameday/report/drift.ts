import { driftRuns } from '../journal/drift.ts';
import type { Journal } from '../journal/journal.ts';
import { type Block, type Text, tableOf } from './document.ts';

const kindOf = (kind: string): Text => {
  if (kind === 'low') return kind;
  return kind === 'critical' || kind === 'high'
    ? { text: kind, tone: 'bad', bold: true }
    : { text: kind, tone: 'warn' };
};

/** What each run of policy-drift found, refused and postponed, and what its changes did to each queue; empty without a run. */
export const drift = ({ records: { workflows } }: Journal): readonly Block[] => {
  const runs = driftRuns(workflows);
  const findings = runs.flatMap(({ run, findings, refused, postponed }) => [
    ...findings.map((finding) => ({ ...finding, run, kind: finding.severity })),
    ...refused.map((finding) => ({ ...finding, run, kind: 'refused' })),
    ...postponed.map((finding) => ({ ...finding, run, kind: 'postponed' })),
  ]);
  const effects = runs.flatMap(({ run, effects }) => effects.map((effect) => ({ ...effect, run })));
  if (runs.length === 0) return [];
  const setting = ({ policy, definition }: (typeof effects)[number], side: 'before' | 'after'): string =>
    `${policy[side] ?? 'no policy'} ${definition[side]}`;
  return [
    ...tableOf(
      'Found, refused, postponed',
      findings,
      [
        ['Run', ({ run }) => run],
        ['Kind', ({ kind }) => kindOf(kind)],
        ['Code', ({ code }) => code],
        ['What', ({ message }) => message],
      ],
      { none: 'Nothing drifted.', captionShown: true },
    ),
    ...tableOf(
      'Queues before and after',
      effects,
      [
        ['Run', ({ run }) => run],
        ['Queue', ({ vhost, queue }) => `${vhost}: ${queue}`],
        ['Before', (effect) => setting(effect, 'before')],
        ['After', (effect) => setting(effect, 'after')],
        ['Copies', ({ copies }) => `${copies.before} → ${copies.after}`],
        ['Resync', ({ resync }) => (resync ? 'yes' : 'no')],
      ],
      { none: 'No queue was changed.', captionShown: true },
    ),
  ];
};
