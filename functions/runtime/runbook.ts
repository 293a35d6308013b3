/** Pages of docs/runbooks that messages to operators name. */
export type Runbook =
  | 'approval-needed'
  | 'aws-health'
  | 'clock-skewed'
  | 'consumers-held'
  | 'fence-not-carried-out'
  | 'messages-reconciled'
  | 'policy-drift'
  | 'promoted-outside'
  | 'promotion-open'
  | 'run-ended'
  | 'run-failed'
  | 'switchover-stalled'
  | 'two-primaries'
  | 'watch-paged';

/** The line of a message that names the page to open; it is in the clone that `npx mq-dr` is run in. */
export const runbookLine = (page: Runbook): string => `Runbook: docs/runbooks/${page}.md`;
