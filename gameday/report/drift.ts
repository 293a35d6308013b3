import type { Json } from '../experiment/step.ts';
import { driftRuns, memberOf, textOf } from '../journal/drift.ts';
import type { Journal } from '../journal/journal.ts';
import { type Fragment, html, type Markup } from './html.ts';
import { table } from './tables.ts';

/** What each run of policy-drift found, refused and postponed: run, kind, code and sentence. */
export const driftFindings = (journal: Journal): readonly (readonly string[])[] =>
  driftRuns(journal.records.workflows).flatMap(({ run, findings, refused, postponed }) => {
    const rows = (list: readonly Json[], kindOf: (entry: Json) => string): readonly (readonly string[])[] =>
      list.map((entry) => [run, kindOf(entry), textOf(entry, 'code'), textOf(entry, 'message')]);
    return [
      ...rows(findings, (entry) => textOf(entry, 'severity')),
      ...rows(refused, () => 'refused'),
      ...rows(postponed, () => 'postponed'),
    ];
  });

/** Queue by queue, what a change did: run, queue, setting before and after, copies, and whether it resynchronised. */
export const driftEffects = (journal: Journal): readonly (readonly string[])[] =>
  driftRuns(journal.records.workflows).flatMap(({ run, effects }) =>
    effects.map((effect) => {
      const setting = (side: 'before' | 'after'): string => {
        const policy = textOf(memberOf(effect, 'policy'), side) || 'no policy';
        return `${policy} ${textOf(memberOf(effect, 'definition'), side)}`;
      };
      const copies = memberOf(effect, 'copies');
      return [
        run,
        `${textOf(effect, 'vhost')}: ${textOf(effect, 'queue')}`,
        setting('before'),
        setting('after'),
        `${textOf(copies, 'before')} → ${textOf(copies, 'after')}`,
        textOf(effect, 'resync') === 'true' ? 'yes' : 'no',
      ];
    }),
  );

const toned = (kind: string): Fragment => {
  if (kind === 'critical' || kind === 'high') return html`<strong class="bad">${kind}</strong>`;
  return kind === 'low' ? kind : html`<span class="warn">${kind}</span>`;
};

/** Findings of every run, and what the changes did to each queue. */
export const driftSection = (journal: Journal): Markup => {
  const found = driftFindings(journal).map(([run = '', kind = '', code = '', text = '']): readonly Fragment[] => [
    run,
    toned(kind),
    code,
    text,
  ]);
  const findingColumns = [{ head: 'Run' }, { head: 'Kind' }, { head: 'Code' }, { head: 'What' }];
  const effects = driftEffects(journal);
  const effectColumns = ['Run', 'Queue', 'Before', 'After', 'Copies', 'Resync'].map((head) => ({ head }));
  return html`${found.length === 0 ? html`<p>Nothing drifted.</p>` : table('Found, refused, postponed', findingColumns, found, true)}
${effects.length === 0 ? html`<p>No queue was changed.</p>` : table('Queues before and after', effectColumns, effects, true)}`;
};
