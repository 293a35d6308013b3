import { pageSubject } from '../runtime/page-subject.ts';
import { runbookLine } from '../runtime/runbook.ts';

/** Findings that a page lists; the execution's output has more. */
const mostNamed = 10;

/** The page about a cluster whose findings have changed. */
export const driftMessage = (
  cluster: string,
  total: number,
  findings: readonly Readonly<Record<string, unknown>>[],
  executionArn: string,
): { readonly subject: string; readonly message: string } => ({
  subject: pageSubject('today', `policy findings in ${cluster}: ${total}`),
  message: [
    `The policies of RabbitMQ cluster ${cluster} have drifted; open findings: ${total}.`,
    ...findings.slice(0, mostNamed).map(({ severity, code, message }) => `- ${severity} ${code}: ${message}`),
    ...(total > mostNamed ? [`- and ${total - mostNamed} more`] : []),
    runbookLine('policy-drift'),
    `Run: ${executionArn}`,
  ].join('\n'),
});
