import { approvalsOf, epochsOf } from '../journal/decisions.ts';
import { failoverTimelinesOf } from '../journal/failover-timeline.ts';
import type { Journal } from '../journal/journal.ts';
import { duration, elapsed } from './format.ts';
import { html, type Markup } from './html.ts';
import { table } from './tables.ts';

/** A table of the report: what it tells, its columns and its rows. */
export interface ReportTable {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const length = (milliseconds: number | null): string => (milliseconds === null ? '–' : duration(milliseconds));

/** What went with the promotions: parts of each failover, recorded epochs, questions to people. Empty ones are left out. */
export const failoverTables = (journal: Journal): readonly ReportTable[] => {
  const startMs = Date.parse(journal.start);
  const timelines: ReportTable = {
    caption: 'Failovers after the loss of a Region, in parts',
    heads: ['Pair', 'Dark at', 'To the first signal', 'To agreement', 'To Promote', 'To the first message'],
    rows: failoverTimelinesOf(journal).map((timeline) => [
      timeline.pair,
      elapsed(timeline.blackoutAtMs - startMs),
      length(timeline.firstSignalMs),
      length(timeline.agreementMs),
      length(timeline.promoteMs),
      length(timeline.firstMessageMs),
    ]),
  };
  const epochs: ReportTable = {
    caption: 'Epochs',
    heads: ['Pair', 'Epoch', 'Mode', 'Recorded'],
    rows: epochsOf(journal.records).map(({ pair, epoch, mode, atMs }) => [
      pair,
      String(epoch),
      mode.toLowerCase(),
      elapsed(atMs - startMs),
    ]),
  };
  const approvals: ReportTable = {
    caption: 'Questions to people',
    heads: ['Pair', 'Asked', 'Question', 'Answer'],
    rows: approvalsOf(journal.records).map(({ pair, atMs, question, answer }) => [
      pair,
      elapsed(atMs - startMs),
      question,
      answer,
    ]),
  };
  return [timelines, epochs, approvals].filter(({ rows }) => rows.length > 0);
};

/** The tables for the page. */
export const failoversSection = (journal: Journal): Markup =>
  html`${failoverTables(journal).map(({ caption, heads, rows }) =>
    table(
      caption,
      heads.map((head) => ({ head })),
      rows,
      true,
    ),
  )}`;
