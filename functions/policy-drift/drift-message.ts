import { runbookLine } from '../runtime/runbook.ts';

/** Findings that a page lists; the execution's output has more. */
const mostNamed = 10;

/** What people read when a cluster's findings have changed. */
export const driftMessage = (
  cluster: string,
  total: number,
  findings: readonly Readonly<Record<string, unknown>>[],
  executionArn: string,
): { readonly subject: string; readonly message: string } => ({
  subject: `mq-dr: ${total} policy findings in ${cluster}`,
  message: [
    `The policies of RabbitMQ cluster ${cluster} drift in ${total} way(s):`,
    ...findings.slice(0, mostNamed).map(({ severity, code, message }) => `- ${severity} ${code}: ${message}`),
    ...(total > mostNamed ? [`- and ${total - mostNamed} more`] : []),
    runbookLine('policy-drift'),
    `Run: ${executionArn}`,
  ].join('\n'),
});
