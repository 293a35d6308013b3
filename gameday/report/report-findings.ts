import * as z from 'zod';
import type { Json } from '../../simulator/engine/expression/json.ts';
import type { Journal } from '../journal/journal.ts';
import { outcomeOf } from '../journal/refusals.ts';

/** Something that an operator should read: a refusal, a warning, an error. */
export interface ReportFinding {
  /** Virtual milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly kind: 'error' | 'refusal' | 'warning' | 'notification';
  readonly source: string;
  readonly text: string;
}

/** Failed steps, failed workflows, warnings and errors that functions logged, and notifications to operators. */
export const reportFindings = (journal: Journal): readonly ReportFinding[] => {
  const { records } = journal;
  const logs = records.logs
    .filter((log) => log.level !== 'info')
    .map((log): ReportFinding => {
      const kind = log.level === 'error' ? 'error' : 'warning';
      return { atMs: log.atMs, kind, source: `${log.function} (${log.region})`, text: log.message };
    });
  const workflows = records.workflows
    .filter((workflow) => !['SUCCEEDED', 'RUNNING'].includes(workflow.status))
    .map((workflow): ReportFinding => {
      const why = [workflow.error, workflow.cause].filter((part) => part !== undefined).join(': ');
      const atMs = workflow.endedAtMs ?? workflow.startedAtMs;
      const kind = workflow.error?.includes('Refus') === true ? 'refusal' : 'error';
      return { atMs, kind, source: workflow.run, text: why === '' ? workflow.status : `${workflow.status}: ${why}` };
    });
  const refusals = records.workflows.flatMap((workflow): readonly ReportFinding[] => {
    if (outcomeOf(workflow.output) !== 'Refused') return [];
    const atMs = workflow.endedAtMs ?? workflow.startedAtMs;
    return [{ atMs, kind: 'refusal', source: workflow.run, text: refusalText(workflow.output) }];
  });
  const notifications = records.notifications.map(
    (note): ReportFinding => ({
      atMs: note.atMs,
      kind: 'notification',
      source: `${note.topic} (${note.region})`,
      text: `${note.subject}: ${note.message}`,
    }),
  );
  return [...logs, ...workflows, ...refusals, ...notifications].sort((a, b) => a.atMs - b.atMs);
};

const refusalSchema = z.object({ blockers: z.array(z.object({ code: z.string(), message: z.string() })).min(1) });

/** Every reason with its code; the whole output where it names none. */
const refusalText = (output: Json): string => {
  const refusal = refusalSchema.safeParse(output);
  if (!refusal.success) return JSON.stringify(output);
  return refusal.data.blockers.map(({ code, message }) => `${code}: ${message}`).join('; ');
};
