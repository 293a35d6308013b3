/**
 * Locks that a person's failover takes over, by the workflow that holds them: an exchange of roles that may have stalled
 * with both brokers closed, and a reconciliation, which may go on for hours. Nothing else takes a lock over.
 */
export const takenOverByFailover: readonly string[] = ['switchover', 'failback', 'reconcile'];
