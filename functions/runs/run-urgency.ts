import type { Urgency } from '../runtime/page-subject.ts';

/**
 * Workflows whose bad end may leave clients without a broker, or a failover that is needed not started. What the others
 * leave behind waits: a reboot ends by itself, and a reconciliation that stopped has lost nothing.
 */
const urgentWorkflows: readonly string[] = ['switchover', 'failover', 'failback', 'watch', 'settle-run'];

/** How soon somebody must act on a run that ended badly. @param error name of the run's first error, if it has one */
export const runUrgency = (workflow: string, error: string | undefined): Urgency =>
  urgentWorkflows.includes(workflow) || error === 'UnsafeTopology' ? 'now' : 'today';
