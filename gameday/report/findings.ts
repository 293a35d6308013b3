import type { Journal } from '../journal/journal.ts';

/** Something that an operator should read: a refusal, a warning, an error. */
export interface Finding {
  /** Virtual milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly kind: 'error' | 'refusal' | 'warning' | 'notification';
  readonly source: string;
  readonly text: string;
}

/** Failed steps, failed workflows, warnings and errors that functions logged, and what operators were told. */
export const findingsOf = (journal: Journal): readonly Finding[] => {
  const { records } = journal;
  const logs = records.logs
    .filter((log) => log.level !== 'info')
    .map((log): Finding => {
      const kind = log.level === 'error' ? 'error' : 'warning';
      return { atMs: log.atMs, kind, source: `${log.function} (${log.region})`, text: log.message };
    });
  const workflows = records.workflows
    .filter((workflow) => !['SUCCEEDED', 'RUNNING'].includes(workflow.status))
    .map((workflow): Finding => {
      const why = [workflow.error, workflow.cause].filter((part) => part !== undefined).join(': ');
      const atMs = workflow.endedAtMs ?? workflow.startedAtMs;
      const kind = workflow.error?.includes('Refus') === true ? 'refusal' : 'error';
      return { atMs, kind, source: workflow.run, text: why === '' ? workflow.status : `${workflow.status}: ${why}` };
    });
  const refusals = records.workflows.flatMap((workflow): readonly Finding[] => {
    const outcome = outcomeOf(workflow.output);
    if (outcome !== 'Refused') return [];
    const atMs = workflow.endedAtMs ?? workflow.startedAtMs;
    return [{ atMs, kind: 'refusal', source: workflow.run, text: JSON.stringify(workflow.output) }];
  });
  const notifications = records.notifications.map(
    (note): Finding => ({
      atMs: note.atMs,
      kind: 'notification',
      source: `${note.topic} (${note.region})`,
      text: `${note.subject}: ${note.message}`,
    }),
  );
  return [...logs, ...workflows, ...refusals, ...notifications].sort((a, b) => a.atMs - b.atMs);
};

const outcomeOf = (output: unknown): unknown =>
  output !== null && typeof output === 'object' && 'outcome' in output ? output.outcome : undefined;
